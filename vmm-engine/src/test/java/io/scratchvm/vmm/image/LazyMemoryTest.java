package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory that is fetched when it is touched is the memory that was saved. */
class LazyMemoryTest {
    private static final long SIZE = (5 << 20) + 0x3000;

    @TempDir
    Path directory;

    private Path file;
    private final PhysicalMemory memory = new PhysicalMemory(SIZE);

    @BeforeEach
    void save() throws Exception {
        file = directory.resolve("vm.vmimg");
        for (long address : new long[] {0, 0xf_f000, 0x10_0000, 0x10_2000, 0x30_5000, SIZE - 8}) {
            memory.write64(address, address + 1);
        }
        ImageWriter.publish(file, SampleMachine.state(), memory, SampleMachine.options());
    }

    private Image open() throws Exception {
        return ImageReader.open(file, ReadOptions.with(null).checkingRuns(ReadOptions.Runs.AT_USE));
    }

    @Test
    void everyByteIsThere() throws Exception {
        try (Image image = open()) {
            PhysicalMemory lazy = new PhysicalMemory(SIZE);
            lazy.setSource(image.lazyMemory());
            byte[] expected = new byte[(int) SIZE];
            byte[] actual = new byte[(int) SIZE];
            memory.read(0, expected, 0, expected.length);
            lazy.read(0, actual, 0, actual.length);
            assertThat(actual).isEqualTo(expected);
        }
    }

    @Test
    void onlyWhatIsTouchedIsFetchedAndThatOnce() throws Exception {
        List<Long> fetched = new ArrayList<>();
        try (Image image = open()) {
            PhysicalMemory.ChunkSource source = image.lazyMemory();
            PhysicalMemory lazy = new PhysicalMemory(SIZE);
            lazy.setSource(new PhysicalMemory.ChunkSource() {
                @Override
                public boolean holds(long address) {
                    return source.holds(address);
                }

                @Override
                public void fetch(long address, byte[] to) {
                    fetched.add(address);
                    source.fetch(address, to);
                }
            });
            lazy.write64(0x10_0008, 7);
            assertThat(lazy.read64(0x10_0000)).isEqualTo(0x10_0001);
            assertThat(lazy.read64(0x10_0008)).isEqualTo(7);
            assertThat(lazy.read64(0x20_0000)).isZero();
            assertThat(lazy.isZeroPage(0x30_5000)).isFalse();
            assertThat(fetched).containsExactly(0x10_0000L, 0x30_0000L);
        }
    }

    @Test
    void aSaveOfALazilyRestoredVmIsWhole() throws Exception {
        Path second = directory.resolve("second.vmimg");
        try (Image image = open()) {
            PhysicalMemory lazy = new PhysicalMemory(SIZE);
            lazy.setSource(image.lazyMemory());
            ImageWriter.publish(second, SampleMachine.state(), lazy, SampleMachine.options());
        }
        assertThat(second).hasSameBinaryContentAs(file);
    }

    @Test
    void damageStopsTheAccessThatMeetsIt() throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 9] ^= 1;
        Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        try (Image image = open()) {
            PhysicalMemory lazy = new PhysicalMemory(SIZE);
            lazy.setSource(image.lazyMemory());
            assertThat(lazy.read64(0)).isEqualTo(1);
            assertThatThrownBy(() -> lazy.read64(SIZE - 8))
                    .isInstanceOf(VmmException.class)
                    .hasMessageContaining("memory at physical 0x502000");
        }
    }

    @Test
    void aGzipFileCannotBeReadLazily() throws Exception {
        Path wrapped = directory.resolve("vm.vmimg.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(wrapped))) {
            Files.copy(file, out);
        }
        try (Image image = ImageReader.open(wrapped, ReadOptions.with(null))) {
            assertThatThrownBy(image::lazyMemory)
                    .isInstanceOf(VmmException.class)
                    .hasMessageContaining("gzip");
        }
    }
}
