package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.FilesPolicy;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.ImageReader;
import io.scratchvm.vmm.image.Manifest;
import io.scratchvm.vmm.image.ReadOptions;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images that earlier minor versions of the format wrote go on as they would have then: {@code images/program.c}. */
class EarlierFormatsTest {
    private static final Path IMAGES = Path.of("src/test/resources/images");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"1.0, 40, ''", "1.1, 43, child", "1.2, 59, child"})
    void areRestored(String version, int status, String output) throws Exception {
        Path image = directory.resolve(version + ".vmimg");
        try (InputStream packed = Files.newInputStream(IMAGES.resolve(version + ".vmimg.gz"))) {
            Files.copy(new GZIPInputStream(packed), image);
        }
        Path root = Files.createDirectory(directory.resolve("root"));
        RecordedRun run = new RecordedRun(root);
        Session session =
                new Session(run.configuration().files(FilesPolicy.EMBED).build());

        assertThat(session.restore(image).status()).isEqualTo(status);
        assertThat(run.output().strip()).isEqualTo(output);
        assertThat(root.resolve("notes")).hasContent("before\nafter\n");
        try (Image read = ImageReader.open(image, ReadOptions.with(null))) {
            assertThat(read.manifest().major() + "." + read.manifest().minor()).isEqualTo(version);
        }
    }

    /** Who makes a new minor version adds an image of the one before. */
    @Test
    void allHaveAnImage() {
        for (int minor = 0; minor < Manifest.MINOR; minor++) {
            assertThat(IMAGES.resolve(Manifest.MAJOR + "." + minor + ".vmimg.gz"))
                    .exists();
        }
    }
}
