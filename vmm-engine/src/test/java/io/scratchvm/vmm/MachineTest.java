package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.scratchvm.vmm.api.Limits;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.ImageReader;
import io.scratchvm.vmm.image.ImageWriter;
import io.scratchvm.vmm.image.MachineState;
import io.scratchvm.vmm.image.MoveMark;
import io.scratchvm.vmm.image.ReadOptions;
import io.scratchvm.vmm.image.SaveOptions;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.FilesState;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    /** An image may say that a file of any size was open: it is read to compare, for as long as the user allows. */
    @Test
    void aFileThatTakesTooLongToCompareEndsTheRestore() throws IOException {
        long size = 1L << 43;
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            PhysicalMemory memory = new PhysicalMemory(image.manifest().memorySize());
            image.loadMemory(memory);
            SaveOptions options = new SaveOptions("vmm test", null, false);
            ImageWriter.publish(file, withFilesOfSize(image.state(), size), memory, options);
        }
        try (RandomAccessFile large =
                new RandomAccessFile(directory.resolve("ay_caramba").toFile(), "rw")) {
            assumeTrue(hasGrown(large, size), "the file system has no files of 8 TiB");
        }
        VmConfiguration limited = new RecordedRun(directory)
                .configuration()
                .limits(new Limits(Long.MAX_VALUE, Duration.ofMillis(300), Long.MAX_VALUE))
                .build();
        assertThatThrownBy(() -> new Session(limited).restore(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the restore was stopped while it read the guest's open file /ay_caramba")
                .hasMessageContaining("allow more time");
    }

    private static boolean hasGrown(RandomAccessFile file, long size) {
        try {
            file.setLength(size);
            return true;
        } catch (IOException tooLarge) {
            return false;
        }
    }

    private static MachineState withFilesOfSize(MachineState state, long size) {
        List<OpenFileState> files = new ArrayList<>();
        for (OpenFileState f : state.files().files()) {
            boolean grows = f.kind() == FileKind.FILE;
            files.add(
                    grows
                            ? new OpenFileState(
                                    f.id(),
                                    f.kind(),
                                    f.path(),
                                    f.flags(),
                                    f.offset(),
                                    size,
                                    f.mode(),
                                    false,
                                    new byte[32],
                                    null)
                            : f);
        }
        return new MachineState(
                state.lineage(),
                state.cpuFeatures(),
                state.setup(),
                state.vcpu(),
                new FilesState(files, state.files().descriptors()),
                state.pendingIo(),
                state.process(),
                state.addressSpace(),
                state.devices(),
                state.clock(),
                state.random(),
                state.interrupts(),
                state.processes());
    }
}
