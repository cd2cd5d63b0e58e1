package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What /proc/self/exe leads to in a program that the user started: programs look for their files beside it. */
class ProgramPathTest {
    @TempDir
    Path directory;

    private Start.Program program;

    @BeforeEach
    void compile() throws Exception {
        Path tools = Files.createDirectories(directory.resolve("root/tools"));
        program = BareProgram.compile(
                tools,
                """
                static char path[100];
                long length = call(89, "/proc/self/exe", path, 100);
                return call(1, 1, path, length) - length;
                """);
    }

    private String pathUnder(Path root, Path file) throws Exception {
        RecordedRun run = new RecordedRun(root);
        Start start = new Start.Program(file, List.of());
        assertThat(new Session(run.configuration().build()).run(start).status()).isZero();
        return run.output();
    }

    @Test
    void isItsPlaceBelowTheRoot() throws Exception {
        assertThat(pathUnder(directory.resolve("root"), program.program())).isEqualTo("/tools/guest");
        assertThat(pathUnder(directory, program.program())).isEqualTo("/root/tools/guest");
        assertThat(pathUnder(directory, directory.resolve("root/../root/tools/guest")))
                .isEqualTo("/root/tools/guest");
    }

    @Test
    void isItsNameWhereItLiesOutside() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        assertThat(pathUnder(elsewhere, program.program())).isEqualTo("/guest");
        Path besides = Files.createDirectory(directory.resolve("root/tool"));
        assertThat(pathUnder(besides, program.program())).isEqualTo("/guest");
    }
}
