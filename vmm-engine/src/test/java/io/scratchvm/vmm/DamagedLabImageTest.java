package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image of the lab's guest with one byte changed, each of those before the memory and samples of the memory, or with
 * its end missing: refused before anything runs.
 */
class DamagedLabImageTest {
    private static final String[] NAMES_OF_WHAT_IS_WRONG = {
        "byte 0x",
        "at byte ",
        "there is no note",
        "its format is version",
        "not a VM image",
        "sealed with a key",
        "cut short"
    };
    private static final int STEP = 23;

    @TempDir
    Path directory;

    private RecordedRun run;
    private Path image;
    private byte[] good;

    @BeforeEach
    void saveTheLabsGuest() throws IOException {
        run = new RecordedRun(directory);
        image = directory.resolve("vm.vmimg");
        new Session(run.configuration().build()).save(TestGuests.booted("ay_caramba"), new SavePoint.SaveCall(), image);
        good = Files.readAllBytes(image);
        run.trace.clear();
    }

    @Test
    void changedBytesAreRefused() throws IOException {
        long memoryStart = memoryStart();
        assertThat(memoryStart).isGreaterThan(4096);
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.WRITE)) {
            for (int i = 0; i < good.length; i += i < memoryStart ? 1 : STEP) {
                write(file, i, good[i] ^ 1 << i % 8);
                assertRefused("byte " + i);
                write(file, i, good[i]);
            }
        }
        assertThat(run.trace).isEmpty();
        assertThat(new Session(run.configuration().build()).restore(image).status())
                .isZero();
    }

    @Test
    void truncationsAreRefused() throws IOException {
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.WRITE)) {
            for (int length = good.length - 1; length >= 0; length -= STEP) {
                file.truncate(length);
                assertRefused("length " + length);
            }
        }
        assertThat(run.trace).isEmpty();
    }

    private long memoryStart() throws IOException {
        try (VmImage opened = VmImage.read(image, null)) {
            return opened.image().memoryStart();
        }
    }

    private static void write(FileChannel file, int at, int value) throws IOException {
        file.write(ByteBuffer.wrap(new byte[] {(byte) value}), at);
    }

    private void assertRefused(String change) throws IOException {
        try {
            new Session(run.configuration().build()).restore(image);
        } catch (VmmException e) {
            assertThat(e.getMessage())
                    .as(change)
                    .startsWith(image.toString())
                    .containsAnyOf(NAMES_OF_WHAT_IS_WRONG)
                    .doesNotContain("\n");
            return;
        }
        throw new AssertionError(change + ": nobody minded");
    }
}
