package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link KilledSaveTest} kills it; this is what happens without. */
class PublicationTest {
    @TempDir
    Path directory;

    @Test
    void replacesAFilesContent() throws IOException {
        Path file = directory.resolve("T.send");
        byte[] large = new byte[(3 << 16) + 5];
        new Random(1).nextBytes(large);
        for (byte[] content : new byte[][] {{1, 2, 3}, large, {}, {4}}) {
            Publication.replace(file, content);
            assertThat(file).hasBinaryContent(content);
        }
        assertThat(directory.toFile().list()).containsExactly("T.send");
    }

    @Test
    void withoutPublishingNothingChanges() throws IOException {
        Path file = Files.write(directory.resolve("T.send"), new byte[] {1});
        try (Publication publication = Publication.of(file)) {
            FileBytes.write(publication.channel(), 0, new byte[] {2});
            publication.force();
            assertThat(directory.toFile().list()).hasSize(2);
        }
        assertThat(file).hasBinaryContent(new byte[] {1});
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void whatIsNoFileIsNotReplaced() {
        assertThatThrownBy(() -> Publication.replace(directory, new byte[1]))
                .isInstanceOf(VmmException.class)
                .hasMessage(directory + " is a directory; name a file");
    }
}
