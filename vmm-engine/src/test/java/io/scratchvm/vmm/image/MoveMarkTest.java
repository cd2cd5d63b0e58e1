package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.VirtualMachine;
import io.scratchvm.vmm.VmImage;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image whose VM has moved says so, is as good as before, and is not restored. */
class MoveMarkTest {
    private static final MoveMark MARK = new MoveMark("00112233445566778899aabbccddeeff");
    private static final MoveMark OTHER = new MoveMark("0123456789abcdef0123456789abcdef");

    @TempDir
    Path directory;

    private Path file;
    private byte[] unmarked;
    private byte[] marked;

    @BeforeEach
    void save() throws IOException {
        file = directory.resolve("vm.vmimg");
        ImageWriter.publish(file, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        unmarked = Files.readAllBytes(file);
        ImageWriter.publish(
                file, SampleMachine.state(), SampleMachine.memory(), new SaveOptions("vmm test", null, true, MARK));
        marked = Files.readAllBytes(file);
    }

    private MoveMark open() throws IOException {
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            return image.moveMark();
        }
    }

    @Test
    void isReadableTextAfterAnImageThatIsTheSameOtherwise() throws IOException {
        assertThat(marked).hasSize(unmarked.length + MoveMark.SIZE).startsWith(unmarked);
        assertThat(new String(marked, unmarked.length, MoveMark.SIZE, StandardCharsets.US_ASCII))
                .isEqualTo("\nVM moved or is moving, token: " + MARK.token() + "\n");
        assertThat(open()).isEqualTo(MARK);
        assertThat(MoveMark.of(file)).isEqualTo(MARK);
    }

    @Test
    void isRemovedAndPutAgain() throws IOException {
        MoveMark.remove(file);
        assertThat(Files.readAllBytes(file)).isEqualTo(unmarked);
        assertThat(open()).isNull();
        assertThat(MoveMark.of(file)).isNull();
        MoveMark.remove(file);
        assertThat(Files.readAllBytes(file)).isEqualTo(unmarked);
        MARK.put(file);
        MARK.put(file);
        assertThat(Files.readAllBytes(file)).isEqualTo(marked);
    }

    @Test
    void anotherOneIsNotPutInItsPlace() throws IOException {
        assertThatThrownBy(() -> OTHER.put(file))
                .isInstanceOf(VmmException.class)
                .hasMessage(MARK.refusal(file));
        assertThat(Files.readAllBytes(file)).isEqualTo(marked);
    }

    @Test
    void whatAnInterruptedAttemptLeftIsCompletedAndNotRestoredMeanwhile() throws IOException {
        for (int length = unmarked.length + 1; length < marked.length; length++) {
            Files.write(file, Arrays.copyOf(marked, length));
            assertGoesOn();
            if (length > unmarked.length + 32) {
                assertThatThrownBy(() -> OTHER.put(file)).hasMessageContaining("does not end as an image does");
            }
            MARK.put(file);
            assertThat(Files.readAllBytes(file)).isEqualTo(marked);
        }
    }

    @Test
    void withAnyByteChangedItIsAnotherTokensOrDamage() throws IOException {
        int tokenStart = marked.length - 33;
        int otherTokens = 0;
        for (int i = unmarked.length; i < marked.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] garbled = marked.clone();
                garbled[i] ^= (byte) (1 << bit);
                Files.write(file, garbled);
                if (i >= tokenStart && i < tokenStart + 32 && "0123456789abcdef".indexOf(garbled[i]) >= 0) {
                    assertThat(open()).isNotNull().isNotEqualTo(MARK);
                    otherTokens++;
                } else {
                    assertDamaged(garbled);
                }
            }
        }
        assertThat(otherTokens).isBetween(32, 4 * 32);
    }

    private void assertDamaged(byte[] garbled) throws IOException {
        assertGoesOn();
        assertThat(MoveMark.of(file)).isNull();
        MoveMark.remove(file);
        assertThat(Files.readAllBytes(file)).isEqualTo(garbled);
    }

    @Test
    void nothingFollowsIt() throws IOException {
        for (int more : new int[] {1, 63, 64, 4096 - 64, 4096}) {
            byte[] longer = Arrays.copyOf(marked, marked.length + more);
            System.arraycopy(MARK.bytes(), 0, longer, marked.length, Math.min(more, 64));
            Files.write(file, longer);
            assertGoesOn();
            assertThat(MoveMark.of(file)).isNull();
        }
    }

    private void assertGoesOn() {
        assertThatThrownBy(this::open)
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("goes on after the " + unmarked.length + " bytes");
    }

    @Test
    void damageToTheImageIsStillFound() throws IOException {
        marked[unmarked.length - 1] ^= 1;
        Files.write(file, marked);
        assertThatThrownBy(this::open).hasMessageContaining("do not match their SHA-256");
        Files.write(file, Arrays.copyOfRange(marked, 4096, marked.length));
        assertThatThrownBy(this::open).isInstanceOf(VmmException.class);
    }

    @Test
    void isSeenThroughAGzipWrapper() throws IOException {
        Path wrapped = directory.resolve("vm.vmimg.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(wrapped))) {
            out.write(marked);
        }
        file = wrapped;
        assertThat(open()).isEqualTo(MARK);
        assertThatThrownBy(this::restore).hasMessage(MARK.refusal(wrapped));
    }

    @Test
    void aKeyedImageIsMarkedWithoutTheKey() throws IOException {
        byte[] key = {5};
        ImageWriter.publish(
                file, SampleMachine.state(), SampleMachine.memory(), new SaveOptions("vmm test", key, true));
        MARK.put(file);
        try (Image image = ImageReader.open(file, ReadOptions.with(key))) {
            assertThat(image.moveMark()).isEqualTo(MARK);
        }
    }

    @Test
    void keepsTheImageFromBeingRestored() throws IOException {
        assertThatThrownBy(this::restore)
                .isInstanceOf(VmmException.class)
                .hasMessage(file + " was moved or is moving to another VMM, token " + MARK.token()
                        + "; 'vmm send --resume " + MARK.token() + "' goes on, 'vmm send --abort " + MARK.token()
                        + "' takes it back");
    }

    private void restore() throws IOException {
        try (VmImage image = VmImage.readLazily(file, null);
                VirtualMachine machine =
                        VirtualMachine.blank(VmConfiguration.builder().build())) {
            assertThat(image.moveToken()).isEqualTo(MARK.token());
            machine.restore(image);
        }
    }
}
