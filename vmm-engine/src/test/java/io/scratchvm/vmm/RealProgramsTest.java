package io.scratchvm.vmm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that people use, static and otherwise unmodified, over real scripts: the VM gives what the host gives. */
@Timeout(300)
class RealProgramsTest {
    private static final String LINES = "one line\nanother, with ümläuts\n\nthe last without an end";

    @TempDir
    Path directory;

    @Test
    void cPlusPlusWithExceptionsStreamsAndRegularExpressions() throws Exception {
        Path program = built("g++ -std=c++17 -O2", "library.cpp");
        new RealProgram(directory, program, LINES).runsAsOnTheHost();
    }

    @Test
    void cPlusPlusWithThreadsAndFiles() throws Exception {
        Path program = built("g++ -std=c++20 -O2 -fopenmp", "parallel.cpp");
        new RealProgram(directory, program, "").runsAsOnTheHost();
    }

    @ParameterizedTest
    @CsvSource({"busybox, builtins.sh", "bash-static, builtins.sh", "bash-static, bash.sh", "zsh-static, builtins.sh"})
    void aShellByItself(String shell, String script) throws Exception {
        shell(shell, script);
    }

    /** busybox's shell runs its tools as processes of its own program; bash executes the file in its root. */
    @ParameterizedTest
    @ValueSource(strings = {"busybox", "bash-static"})
    void aShellWithPipelinesAndOtherPrograms(String shell) throws Exception {
        String prefix = shell.equals("busybox") ? "BB=\n" : "BB=./busybox\n";
        String script = prefix + RealProgram.resource("pipelines.sh");
        RealProgram program = new RealProgram(
                        directory, HostTools.installed(shell), LINES, arguments(shell, "script.sh"))
                .with("script.sh", script)
                .with("in/a.txt", "one\ntwo words\nthree\n");
        program.withProgram("busybox", HostTools.installed("busybox")).runsAsOnTheHost();
    }

    /** Debian builds the same shell with C libraries that nobody else uses. */
    @ParameterizedTest
    @ValueSource(strings = {"diet", "klibc", "x86_64-linux-musl"})
    void theKornShellWithOtherLibraries(String library) throws Exception {
        String program = "/usr/lib/" + library + "/bin/mksh";
        HostTools.requireFile(program, "mksh");
        RealProgram shell = new RealProgram(directory, Path.of(program), LINES, "ksh.sh")
                .with("ksh.sh", RealProgram.resource("ksh.sh"))
                .with("in/a.txt", "one\ntwo words\nthree\n");
        for (String tool : List.of("cat", "sed", "sleep")) {
            shell.withProgram("bin/" + tool, HostTools.installed("busybox"));
        }
        shell.runsAsOnTheHost();
    }

    @Test
    void vectorsOf256Bits() throws Exception {
        new RealProgram(directory, built("gcc -O3 -march=x86-64-v3", "vectors.c", "-lm"), "").runsAsOnTheHost();
    }

    @Test
    void filesThatAreMapped() throws Exception {
        new RealProgram(directory, built("gcc -O1", "mappings.c"), "").runsAsOnTheHost();
    }

    /** A kernel need not have the page (vsyscall=none). */
    @Test
    void callsAtFixedAddresses() throws Exception {
        Path program = built("gcc -O1", "vsyscall.c");
        boolean hostHasThem = Files.readString(Path.of("/proc/self/maps")).contains("[vsyscall]");
        HostTools.requireLeave(hostHasThem, "calls into the vsyscall page");
        new RealProgram(directory, program, "").runsAsOnTheHost();
    }

    private void shell(String shell, String script) throws Exception {
        Path program = HostTools.installed(shell);
        new RealProgram(directory, program, LINES, arguments(shell, script))
                .with(script, RealProgram.resource(script))
                .with("in/a.txt", "one\ntwo words\nthree\n")
                .with("in/b.txt", "x\nyy\nzzz\n\n")
                .runsAsOnTheHost();
    }

    private static String[] arguments(String shell, String script) {
        return shell.equals("busybox") ? new String[] {"sh", script} : new String[] {script};
    }

    private Path built(String compiler, String source, String... libraries) throws Exception {
        HostTools.requireLinuxOnX86();
        HostTools.require(compiler.split(" ")[0]);
        Path file = Files.writeString(directory.resolve(source), RealProgram.resource(source));
        Path program = directory.resolve("program");
        List<String> command = new ArrayList<>(List.of(compiler.split(" ")));
        command.addAll(List.of("-static", "-w", file.toString(), "-o", program.toString()));
        command.addAll(List.of(libraries));
        HostTools.run(directory, command.toArray(String[]::new));
        return program;
    }
}
