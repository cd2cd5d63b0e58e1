package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.ImageReader;
import io.scratchvm.vmm.image.ImageWriter;
import io.scratchvm.vmm.image.MoveMark;
import io.scratchvm.vmm.image.ReadOptions;
import io.scratchvm.vmm.image.RunDigests;
import io.scratchvm.vmm.image.SampleMachine;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head and memory that were gathered apart are an image like any other. */
class StagedImageTest {
    private static final Path NAME = Path.of("the image that was sent");

    @TempDir
    Path directory;

    private final PhysicalMemory memory = SampleMachine.memory();
    private final RunDigests digests = new RunDigests(memory);
    private StagedMemory staged;

    @BeforeEach
    void stage() throws IOException {
        staged = StagedMemory.open(directory.resolve("T.memory"), memory.size());
        byte[] all = new byte[(int) memory.size()];
        memory.read(0, all, 0, all.length);
        staged.write(0, all, 0, all.length);
    }

    @AfterEach
    void close() throws IOException {
        staged.close();
    }

    private byte[] head() {
        return ImageWriter.head(SampleMachine.state(), memory, SampleMachine.options(), digests);
    }

    private Image open(byte[] head, ReadOptions.Runs runs) throws IOException {
        ReadOptions options = ReadOptions.with(null).checkingRuns(runs);
        return ImageReader.open(NAME, new StagedImage(head, staged), options);
    }

    @Test
    void isPublishedAsTheFileThatASaveWrites() throws IOException {
        Path saved = directory.resolve("saved");
        Path published = directory.resolve("published");
        ImageWriter.publish(saved, SampleMachine.state(), memory, SampleMachine.options());
        MoveMark mark = new MoveMark("0123456789abcdef0123456789abcdef");
        try (Image image = open(head(), ReadOptions.Runs.AT_OPEN)) {
            ImageWriter.publish(published, image, mark);
        }
        assertThat(MoveMark.of(published)).isEqualTo(mark);
        MoveMark.remove(published);
        assertThat(published).hasSameBinaryContentAs(saved);
    }

    @Test
    void loadsTheMemory() throws IOException {
        PhysicalMemory loaded = new PhysicalMemory(memory.size());
        try (Image image = open(head(), ReadOptions.Runs.AT_USE)) {
            image.loadMemory(loaded);
        }
        for (long page = 0; page < memory.size(); page += 8) {
            assertThat(loaded.read64(page)).isEqualTo(memory.read64(page));
        }
    }

    @Test
    void memoryThatIsNotTheHeadsIsRefused() throws IOException {
        staged.write(0xd008, new byte[] {1}, 0, 1);
        assertThatThrownBy(() -> open(head(), ReadOptions.Runs.AT_OPEN))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("memory at physical 0xd000");
        memory.write64(0xd008, 1);
        open(head(), ReadOptions.Runs.AT_OPEN).close();
    }

    @Test
    void whatIsNotWrittenInTheHeadIsNotInTheImage() throws IOException {
        staged.write(0x1000, new byte[] {1}, 0, 1);
        Path published = directory.resolve("published");
        try (Image image = open(head(), ReadOptions.Runs.AT_OPEN)) {
            ImageWriter.publish(published, image, null);
            assertThat(Files.size(published))
                    .isEqualTo(image.memoryStart() + image.memory().stored());
        }
    }

    @Test
    void aHeadWithAnyByteChangedOrMissingIsRefused() throws IOException {
        byte[] head = head();
        for (int i = 0; i < head.length; i++) {
            byte[] changed = head.clone();
            changed[i] ^= (byte) (1 << i % 8);
            assertRefused(changed);
            assertRefused(Arrays.copyOf(head, i));
        }
        open(Arrays.copyOf(head, head.length), ReadOptions.Runs.AT_OPEN).close();
    }

    private void assertRefused(byte[] head) {
        assertThatThrownBy(() -> open(head, ReadOptions.Runs.AT_USE))
                .isInstanceOf(VmmException.class)
                .hasMessageStartingWith(NAME.toString());
    }
}
