package io.scratchvm.maven.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DependencyFileTest {
    @TempDir
    Path directory;

    @Test
    void namesAreSeparatedBySpacesAndContinuedLines() {
        assertThat(DependencyFile.parse("object: a.c b.h \\\n c.h\\\r\n d.h\n"))
                .containsExactly("a.c", "b.h", "c.h", "d.h");
    }

    @Test
    void nothingAfterTheColonIsNoFile() {
        assertThat(DependencyFile.parse("object:\n")).isEmpty();
        assertThat(DependencyFile.parse("")).isEmpty();
    }

    @Test
    void aBackslashBeforeAnythingElseIsPartOfAWindowsPath() {
        assertThat(DependencyFile.parse("object: C:\\src\\a.c")).containsExactly("C:\\src\\a.c");
    }

    /** The compilers are the judges of how they write. */
    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void whatACompilerWritesIsRead(String compiler) throws IOException {
        String tool = Tools.require(compiler);
        Path header = Files.writeString(directory.resolve("a #1 $x größe.h"), "int x;\n");
        Path source = Files.writeString(directory.resolve("my source.c"), "#include \"a #1 $x größe.h\"\n");
        Path rules = directory.resolve("rules.d");

        Command.Result result = new Command(directory, Duration.ofMinutes(1))
                .run(List.of(
                        tool,
                        "-MD",
                        "-MF",
                        rules.toString(),
                        "-MT",
                        "object",
                        "-c",
                        source.toString(),
                        "-o",
                        directory.resolve("o").toString()));

        assertThat(result.status()).as(result.output()).isZero();
        assertThat(DependencyFile.read(rules, directory)).contains(source, header);
    }
}
