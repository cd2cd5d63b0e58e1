package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.ImageReader;
import io.scratchvm.vmm.image.MoveMark;
import io.scratchvm.vmm.image.ReadOptions;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine around memory that somebody else has filled is the one that a restore builds. */
class MachineTest {
    @TempDir
    Path directory;

    private VmConfiguration configuration;
    private Path file;

    @BeforeEach
    void saveTheLabsGuest() throws IOException {
        configuration = new RecordedRun(directory).configuration().build();
        file = directory.resolve("vm.vmimg");
        new Session(configuration).save(TestGuests.booted("ay_caramba"), new SavePoint.SaveCall(), file);
    }

    @Test
    void aroundFilledMemoryItIsTheSame() throws IOException {
        Path copied = directory.resolve("copied.vmimg");
        Path filled = directory.resolve("filled.vmimg");
        try (Image image = ImageReader.open(file, ReadOptions.with(null));
                Machine machine = Machine.restore(image, configuration)) {
            machine.save(copied, null);
        }
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            PhysicalMemory memory = new PhysicalMemory(image.manifest().memorySize());
            image.loadMemory(memory);
            try (Machine machine = Machine.restore(image, memory, configuration)) {
                assertThat(machine.hardware.memory).isSameAs(memory);
                machine.save(filled, null);
            }
        }
        assertThat(filled).hasSameBinaryContentAs(copied);
    }

    @Test
    void memoryOfAnotherSizeIsNotTheImages() throws IOException {
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            PhysicalMemory memory = new PhysicalMemory(image.manifest().memorySize() + 4096);
            assertThatThrownBy(() -> Machine.restore(image, memory, configuration))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void isNotBuiltFromAnImageWhoseVmHasMoved() throws IOException {
        MoveMark mark = new MoveMark("0123456789abcdef0123456789abcdef");
        mark.put(file);
        Session session = new Session(configuration);
        assertThatThrownBy(() -> session.restore(file))
                .isInstanceOf(VmmException.class)
                .hasMessage(mark.refusal(file));
        MoveMark.remove(file);
        assertThat(session.restore(file).status()).isZero();
    }
}
