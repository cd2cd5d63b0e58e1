package io.scratchvm.maven.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepTest {
    @TempDir
    Path directory;

    private Path source;
    private Path header;
    private Path dependencies;
    private Path output;

    @BeforeEach
    void makeOnce() throws IOException {
        source = Files.writeString(directory.resolve("a.c"), "source");
        header = Files.writeString(directory.resolve("a.h"), "header");
        dependencies = directory.resolve("a.d");
        output = directory.resolve("deep/a.o");
        assertThat(step().isUpToDate()).as("never made").isFalse();
        step().forget();
        Files.writeString(output, "object");
        Files.writeString(dependencies, "object: " + source + " a.h\n");
        step().remember();
    }

    @Test
    void whatHasNotChangedIsUpToDate() throws IOException {
        assertThat(step().isUpToDate()).isTrue();
    }

    @Test
    void aNewTimeAloneIsNoChange() throws IOException {
        Files.setLastModifiedTime(source, FileTime.fromMillis(0));

        assertThat(step().isUpToDate()).isTrue();
    }

    @Test
    void theCommandCounts() throws IOException {
        assertThat(step(List.of("cc", "-O3"), List.of("cc 12")).isUpToDate()).isFalse();
        assertThat(step(List.of("cc", "-O", "2"), List.of("cc 12")).isUpToDate())
                .isFalse();
    }

    @Test
    void theToolCounts() throws IOException {
        assertThat(step(List.of("cc", "-O2"), List.of("cc 13")).isUpToDate()).isFalse();
    }

    @Test
    void theSourceCounts() throws IOException {
        Files.writeString(source, "Source");

        assertThat(step().isUpToDate()).isFalse();
    }

    @Test
    void aHeaderCounts() throws IOException {
        Files.writeString(header, "Header");

        assertThat(step().isUpToDate()).isFalse();
    }

    @Test
    void aHeaderThatIsGoneCounts() throws IOException {
        Files.delete(header);

        assertThat(step().isUpToDate()).isFalse();
    }

    @Test
    void theFileMadeCounts() throws IOException {
        Files.writeString(output, "damaged");

        assertThat(step().isUpToDate()).isFalse();
    }

    @Test
    void aMissingFileIsMadeAgain() throws IOException {
        for (Path missing : List.of(output, dependencies)) {
            byte[] content = Files.readAllBytes(missing);
            Files.delete(missing);
            assertThat(step().isUpToDate()).as(missing.toString()).isFalse();
            Files.write(missing, content);
        }
        assertThat(step().isUpToDate()).isTrue();
    }

    @Test
    void aBuildThatBrokeOffIsNotBelieved() throws IOException {
        step().forget();

        assertThat(step().isUpToDate()).isFalse();
    }

    private Step step() {
        return step(List.of("cc", "-O2"), List.of("cc 12"));
    }

    private Step step(List<String> command, List<String> tools) {
        return new Step(
                "a.c",
                directory,
                List.of(command),
                tools,
                List.of(source),
                dependencies,
                output,
                directory.resolve("memory/a.sha256"));
    }
}
