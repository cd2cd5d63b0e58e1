package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is staged is what was written last, whatever is in the file's holes. */
class StagedMemoryTest {
    private static final int SIZE = (4 << 20) + 0x3000;

    @TempDir
    Path directory;

    private StagedMemory open(long size) throws IOException {
        return StagedMemory.open(directory.resolve("T.memory"), size);
    }

    @Test
    void holdsWhatWasWrittenAndNotClearedSince() throws IOException {
        Random random = new Random(11);
        byte[] expected = new byte[SIZE];
        byte[] piece = new byte[300_000];
        StagedMemory memory = open(SIZE);
        for (int i = 0; i < 400; i++) {
            int address = random.nextInt(SIZE);
            int length = random.nextInt(Math.min(piece.length, SIZE - address) + 1);
            random.nextBytes(piece);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    memory.write(address, piece, piece.length - length, length);
                    System.arraycopy(piece, piece.length - length, expected, address, length);
                }
                case 2 -> {
                    int end = Math.min(SIZE, address + random.nextInt(3 << 20));
                    memory.clear(address, end - address);
                    Arrays.fill(expected, address, end, (byte) 0);
                }
                default -> {
                    memory.force();
                    memory.close();
                    memory = open(SIZE);
                }
            }
            byte[] read = new byte[length + 2];
            memory.read(address, read, 1, length);
            assertThat(Arrays.copyOfRange(read, 1, length + 1))
                    .isEqualTo(Arrays.copyOfRange(expected, address, address + length));
            if (i % 20 == 0) {
                assertThat(loaded(memory)).isEqualTo(expected);
            }
        }
        memory.close();
    }

    private static byte[] loaded(StagedMemory memory) throws IOException {
        PhysicalMemory loaded = new PhysicalMemory(SIZE);
        memory.load(loaded);
        byte[] bytes = new byte[SIZE];
        loaded.read(0, bytes, 0, SIZE);
        return bytes;
    }

    @Test
    void pagesOfZerosAreNotWritten() throws IOException {
        PhysicalMemory loaded = new PhysicalMemory(SIZE);
        try (StagedMemory memory = open(SIZE)) {
            memory.write(0x10_2000, new byte[] {1}, 0, 1);
            memory.write(0x20_0000, new byte[0x1000], 0, 0x1000);
            memory.load(loaded);
        }
        for (long page = 0; page < SIZE; page += 0x1000) {
            assertThat(loaded.writtenSince(page, 1)).isEqualTo(page == 0x10_2000);
        }
    }

    @Test
    @Timeout(60)
    void aLargeMemoryWithLittleInItTakesLittleTimeAndSpace() throws Exception {
        long size = 1L << 40;
        try (StagedMemory memory = open(size)) {
            memory.write(0x5000, new byte[] {1}, 0, 1);
            for (int i = 0; i < 1000; i++) {
                memory.write(size - 1, new byte[] {2}, 0, 1);
                memory.clear(0, size);
            }
            byte[] last = {9};
            memory.read(size - 1, last, 0, 1);
            assertThat(last[0]).isZero();
        }
        HostTools.require("du");
        String blocks =
                HostTools.transcript("du", "-k", directory.resolve("T.memory").toString());
        assertThat(Integer.parseInt(blocks.split("\\s")[0])).isLessThan(10_000);
    }

    @Test
    void nothingIsWrittenOutsideTheMemory() throws IOException {
        long[][] outside = {{SIZE, 1}, {SIZE - 1, 2}, {-1, 1}, {-1, 2}, {0, SIZE + 1}, {Long.MAX_VALUE, 1}};
        byte[] bytes = new byte[SIZE + 1];
        try (StagedMemory memory = open(SIZE)) {
            for (long[] run : outside) {
                assertThatThrownBy(() -> memory.write(run[0], bytes, 0, (int) run[1]))
                        .isInstanceOf(ProtocolException.class)
                        .hasMessageContaining("not inside the memory of " + SIZE + " bytes");
                assertThatThrownBy(() -> memory.clear(run[0], run[1])).isInstanceOf(ProtocolException.class);
            }
            for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertThatThrownBy(() -> memory.clear(1, length)).isInstanceOf(ProtocolException.class);
            }
        }
        assertThat(Files.size(directory.resolve("T.memory"))).isZero();
    }

    @Test
    void isGoneOnceDeleted() throws IOException {
        StagedMemory memory = open(SIZE);
        memory.write(0, new byte[1], 0, 1);
        memory.delete();
        assertThat(directory).isEmptyDirectory();
        memory.delete();
    }
}
