package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is saved is what is read. */
class ImageRoundTripTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameImage() {
        file = directory.resolve("vm.vmimg");
    }

    @Test
    void aSavedVmReadsBackWhole() throws Exception {
        PhysicalMemory memory = SampleMachine.memory();
        ImageWriter.publish(file, SampleMachine.state(), memory, SampleMachine.options());
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            assertThat(image.state().vcpu()).isEqualTo(SampleMachine.state().vcpu());
            assertThat(image.state())
                    .usingRecursiveComparison()
                    .ignoringFields("lineage")
                    .isEqualTo(SampleMachine.state());
            assertThat(image.manifest().instructions()).isEqualTo(1234);
            PhysicalMemory restored = new PhysicalMemory(image.manifest().memorySize());
            image.loadMemory(restored);
            assertThat(bytes(restored)).isEqualTo(bytes(memory));
        }
    }

    @Test
    void theSameVmGivesTheSameBytes() throws Exception {
        Path other = directory.resolve("other.vmimg");
        ImageWriter.publish(file, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        ImageWriter.publish(other, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        assertThat(file).hasSameBinaryContentAs(other);
    }

    @Test
    void onlyPagesThatHoldSomethingAreStored() throws Exception {
        ImageWriter.publish(file, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            // The page at 0xa000 is zero, but a debugger that has the app's file would show its bytes there.
            assertThat(image.memory().runs())
                    .extracting(MemoryMap.Run::address, MemoryMap.Run::length)
                    .containsExactly(
                            org.assertj.core.api.Assertions.tuple(0x8000L, 0x3000L),
                            org.assertj.core.api.Assertions.tuple(0xd000L, 0x1000L));
            assertThat(Files.size(file)).isEqualTo(image.memoryStart() + 0x4000);
        }
    }

    @Test
    void aGenerationFollowsItsParent() throws Exception {
        Manifest first =
                ImageWriter.publish(file, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        MachineState child = SampleMachine.state(SampleMachine.vcpu(), first.lineage(), SampleMachine.setup());
        Manifest second = ImageWriter.publish(file, child, SampleMachine.memory(), SampleMachine.options());
        assertThat(first.generation()).isEqualTo(1);
        assertThat(first.parentText()).isNull();
        assertThat(second.generation()).isEqualTo(2);
        assertThat(second.parentText()).isEqualTo(first.uuidText());
        assertThat(second.uuidText())
                .isNotEqualTo(first.uuidText())
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    }

    @Test
    void aGzipWrapperIsSeenThrough() throws Exception {
        ImageWriter.publish(file, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        Path wrapped = directory.resolve("vm.vmimg.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(wrapped))) {
            Files.copy(file, out);
        }
        try (Image image = ImageReader.open(wrapped, ReadOptions.with(null))) {
            PhysicalMemory restored = new PhysicalMemory(image.manifest().memorySize());
            image.loadMemory(restored);
            assertThat(bytes(restored)).isEqualTo(bytes(SampleMachine.memory()));
        }
    }

    @Test
    void aKeyIsNeededExactlyWhereOneWasUsed() throws Exception {
        byte[] key = {1, 2, 3};
        ImageWriter.publish(
                file, SampleMachine.state(), SampleMachine.memory(), new SaveOptions("vmm test", key, true));
        ImageReader.open(file, ReadOptions.with(key)).close();
        assertThatThrownBy(() -> ImageReader.open(file, ReadOptions.with(null)))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("sealed with a key");
        assertThatThrownBy(() -> ImageReader.open(file, ReadOptions.with(new byte[] {1, 2, 4})))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("or the key is another");
        ImageWriter.publish(file, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        assertThatThrownBy(() -> ImageReader.open(file, ReadOptions.with(key)))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("sealed without a key");
    }

    @Test
    void theHeadAloneIsThatOfTheFile() throws Exception {
        PhysicalMemory memory = SampleMachine.memory();
        RunDigests digests = new RunDigests(memory);
        for (int i = 0; i < 3; i++) {
            ImageWriter.publish(file, SampleMachine.state(), memory, SampleMachine.options());
            byte[] head = ImageWriter.head(SampleMachine.state(), memory, SampleMachine.options(), digests);
            try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
                assertThat(image.head()).isEqualTo(head).isEqualTo(Arrays.copyOf(Files.readAllBytes(file), (int)
                        image.memoryStart()));
            }
            memory.write64(0x8000 + 0x1800 * i, i);
        }
    }

    @Test
    void aRunCanBeReadByItself() throws Exception {
        PhysicalMemory memory = SampleMachine.memory();
        ImageWriter.publish(file, SampleMachine.state(), memory, SampleMachine.options());
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            byte[] buffer = new byte[1 << 20];
            MemoryMap.Run run = image.readRun(1, buffer);
            byte[] expected = new byte[0x1000];
            memory.read(0xd000, expected, 0, 0x1000);
            assertThat(run).isEqualTo(image.memory().runs().get(1));
            assertThat(Arrays.copyOf(buffer, 0x1000)).isEqualTo(expected);
        }
    }

    @Test
    void aCopyIsTheSameFileAndHasOnlyTheMarkThatItIsGiven() throws Exception {
        Path copy = directory.resolve("copy.vmimg");
        MoveMark mark = new MoveMark("0123456789abcdef0123456789abcdef");
        byte[] key = {1, 2, 3};
        Manifest manifest = ImageWriter.publish(
                file, SampleMachine.state(), SampleMachine.memory(), new SaveOptions("vmm test", key, true));
        try (Image image = ImageReader.open(file, ReadOptions.with(key))) {
            assertThat(ImageWriter.publish(copy, image, mark).uuid()).isEqualTo(manifest.uuid());
        }
        assertThat(MoveMark.of(copy)).isEqualTo(mark);
        try (Image image = ImageReader.open(copy, ReadOptions.with(key))) {
            ImageWriter.publish(copy, image, null);
        }
        assertThat(copy).hasSameBinaryContentAs(file);
    }

    @Test
    void aCopyOfADamagedImageIsNotPublished() throws Exception {
        ImageWriter.publish(file, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        Path copy = directory.resolve("copy.vmimg");
        ReadOptions lazily = ReadOptions.with(null).checkingRuns(ReadOptions.Runs.AT_USE);
        try (Image image = ImageReader.open(file, lazily)) {
            assertThatThrownBy(() -> ImageWriter.publish(copy, image, null))
                    .isInstanceOf(VmmException.class)
                    .hasMessageContaining("memory at physical 0xd000");
        }
        assertThat(directory).isDirectoryNotContaining("glob:**copy*");
    }

    private static byte[] bytes(PhysicalMemory memory) {
        byte[] all = new byte[(int) memory.size()];
        memory.read(0, all, 0, all.length);
        return all;
    }
}
