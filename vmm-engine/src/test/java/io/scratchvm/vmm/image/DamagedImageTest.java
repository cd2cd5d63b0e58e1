package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No damage to an image goes unseen, and each kind is called by its name. */
class DamagedImageTest {
    @TempDir
    Path directory;

    private Path file;
    private byte[] good;
    private int memoryStart;

    @BeforeEach
    void save() throws IOException {
        file = directory.resolve("vm.vmimg");
        ImageWriter.publish(file, SampleMachine.state(), onePage(), SampleMachine.options());
        good = Files.readAllBytes(file);
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            memoryStart = (int) image.memoryStart();
        }
    }

    /** As little as an image can hold: the file is opened once for each of its bytes, and twice. */
    private static PhysicalMemory onePage() {
        PhysicalMemory memory = new PhysicalMemory(SampleMachine.MEMORY_SIZE);
        memory.write64(0xd000, 42);
        return memory;
    }

    @Test
    void everyByteChangedIsRefusedNamingWhatItIsPartOf() throws IOException {
        Map<String, Integer> kinds = new TreeMap<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < good.length; i++) {
                write(channel, i, good[i] ^ 1 << i % 8);
                kinds.merge(kindOf(refusal(i), i), 1, Integer::sum);
                write(channel, i, good[i]);
            }
        }
        ImageReader.open(file, ReadOptions.with(null)).close();
        assertThat(kinds.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(good.length);
        assertThat(kinds.get("memory")).isEqualTo(good.length - memoryStart);
        assertThat(kinds.keySet())
                .containsExactlyInAnyOrder(
                        "ELF header", "program header", "padding", "note", "version", "seal", "memory");
    }

    private static void write(FileChannel channel, int at, int value) throws IOException {
        channel.write(ByteBuffer.wrap(new byte[] {(byte) value}), at);
    }

    private String refusal(int changed) {
        try {
            ImageReader.open(file, ReadOptions.with(null)).close();
        } catch (VmmException e) {
            assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
            return e.getMessage().substring(file.toString().length());
        } catch (IOException e) {
            throw new AssertionError("byte " + changed, e);
        }
        throw new AssertionError("byte " + changed + " was changed and nobody minded");
    }

    private String kindOf(String message, int at) {
        if (at >= memoryStart) {
            assertThat(message).contains("memory at physical 0x", "do not match their SHA-256");
            return "memory";
        }
        if (at < CoreHeader.SIZE && !message.contains("e_phnum")) {
            assertThat(message).contains("is not a VM image");
            return "ELF header";
        }
        return headKindOf(message, at);
    }

    private static String headKindOf(String message, int at) {
        if (message.contains("byte 0x" + Integer.toHexString(at) + ": the padding")) {
            return "padding";
        }
        if (message.contains("its format is version")) {
            return "version";
        }
        if (message.contains("do not match their checksum")) {
            return "seal";
        }
        if (message.contains("program header 0")) {
            return "program header";
        }
        assertThat(message).as("byte %d", at).containsAnyOf("note ", "notes", "sealed with a key");
        return "note";
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        for (int length = good.length - 1; length >= 0; length--) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(length);
            }
            String expected = length < 4 ? "is not a VM image" : "cut short";
            assertThatThrownBy(() -> ImageReader.open(file, ReadOptions.with(null)))
                    .isInstanceOf(VmmException.class)
                    .hasMessageContaining(expected);
        }
    }

    @Test
    void whatFollowsTheEndIsRefused() throws IOException {
        Files.write(file, new byte[1], StandardOpenOption.APPEND);
        assertRefused("goes on after the " + good.length + " bytes");
    }

    @Test
    void aRunThatIsDamagedIsFoundAtItsUse() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            write(channel, good.length - 1, 7);
        }
        ReadOptions lazily = ReadOptions.with(null).checkingRuns(ReadOptions.Runs.AT_USE);
        try (Image image = ImageReader.open(file, lazily)) {
            assertThatThrownBy(() -> image.loadMemory(SampleMachine.memory()))
                    .isInstanceOf(VmmException.class)
                    .hasMessageContaining("memory at physical 0xd000");
        }
    }

    @Test
    void moreMemoryThanAllowedIsRefused() {
        ReadOptions small = ReadOptions.with(null).maxMemory(0xe000);
        assertThatThrownBy(() -> ImageReader.open(file, small))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("61440 bytes of memory, more than the 57344 that are allowed");
    }

    @Test
    void anotherElfFileIsNoImage() throws IOException {
        byte[] other = good.clone();
        other[16] = 2;
        Files.write(file, other);
        assertRefused("is not a VM image, or is damaged: ELF header field e_type at byte 16 is 0x2, not 0x4");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> ImageReader.open(file, ReadOptions.with(null)))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining(message);
    }
}
