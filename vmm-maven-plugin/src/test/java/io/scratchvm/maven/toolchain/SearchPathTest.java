package io.scratchvm.maven.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchPathTest {
    @TempDir
    Path root;

    private Path first;
    private Path second;

    @BeforeEach
    void makeDirectories() throws IOException {
        first = Files.createDirectory(root.resolve("first one"));
        second = Files.createDirectory(root.resolve("second"));
    }

    @Test
    void theFirstDirectoryWithAnExecutableWins() throws IOException {
        Files.createFile(first.resolve("cc"));
        Path executable = program(second.resolve("cc"));
        program(second.resolve("ld"));
        program(first.resolve("ld"));

        assertThat(path().find("cc")).contains(executable);
        assertThat(path().find("ld")).contains(first.resolve("ld"));
        assertThat(path().find("as")).isEmpty();
    }

    @Test
    void aDirectoryIsNoProgram() throws IOException {
        Files.createDirectory(first.resolve("cc"));

        assertThat(path().find("cc")).isEmpty();
    }

    @Test
    void aNameWithASeparatorIsTakenAsAPath() throws IOException {
        Path elsewhere =
                program(Files.createDirectory(root.resolve("elsewhere")).resolve("cc"));

        assertThat(path().find(elsewhere.toString())).contains(elsewhere);
        assertThat(path().find(first.resolve("none").toString())).isEmpty();
    }

    @Test
    void windowsFindsAnExe() throws IOException {
        Path executable = program(second.resolve("clang.exe"));

        assertThat(new SearchPath(List.of(first, second), List.of(".exe", "")).find("clang"))
                .contains(executable);
    }

    @Test
    void theEnvironmentIsReadAsTheHostWritesIt() {
        SearchPath windows = SearchPath.of(Map.of("Path", "\"C-one two\";;third"), ";", true);
        SearchPath unix = SearchPath.of(Map.of("PATH", "/bin::/usr/bin"), ":", false);

        assertThat(windows.directories()).containsExactly(Path.of("C-one two"), Path.of("third"));
        assertThat(windows.suffixes()).containsExactly(".exe", "");
        assertThat(unix.directories()).containsExactly(Path.of("/bin"), Path.of("/usr/bin"));
        assertThat(SearchPath.of(Map.of(), ":", false).directories()).isEmpty();
    }

    private SearchPath path() {
        return new SearchPath(List.of(first, second), List.of(""));
    }

    private static Path program(Path file) throws IOException {
        Files.createFile(file);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
