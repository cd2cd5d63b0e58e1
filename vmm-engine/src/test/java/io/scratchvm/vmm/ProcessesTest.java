package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Static programs of several processes and threads, unmodified: the VM shows what the host shows. */
@Timeout(300)
class ProcessesTest {
    private static final Path SOURCES = Path.of("src/test/resources/processes").toAbsolutePath();

    /** How often a program is saved and restored from its beginning to its end; {@code -Dvmm.saves=N} for more. */
    private static final int SAVES = Integer.getInteger("vmm.saves", 12);

    private static final String SCRIPT =
            """
            cd files; for f in *; do wc -l $f; done | sort -n
            grep -c 1 long | tr 0-9 a-j; sort -r long | head -3 | sed 's/^/> /'
            x=$(cat short | wc -c); echo "[$x]"
            (exit 7); echo $?
            seq 1 1000 | while read n; do s=$((s + n)); [ $n = 1000 ] && echo $s; done
            yes | head -2
            sleep 1 & wait; echo woken
            { echo one; echo two >&2; } 2>&1 | cat
            ./script a "b c"; ./missing; echo $?
            trap 'echo trapped' USR1; kill -USR1 $$; echo after
            cat <<END | tr a-z A-Z
            here
            END
            find . -type f | sort | xargs -n1 basename
            exit 5
            """;

    @TempDir
    Path directory;

    private Path root;

    /** A place that is the same for the program on the host and in the VM, whose root it is. */
    @BeforeEach
    void makeRoot() throws Exception {
        HostTools.requireLinuxOnX86();
        root = Files.createDirectories(directory.resolve("root"));
        Path files = Files.createDirectories(root.resolve("files"));
        Files.writeString(files.resolve("short"), "a\nb\n");
        Files.writeString(
                files.resolve("long"),
                String.join(
                        "\n",
                        Stream.iterate(1, n -> n + 1)
                                .limit(120)
                                .map(String::valueOf)
                                .toList()));
    }

    private HostTools.Ending inVm(Path program, String... arguments) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        VmConfiguration configuration = VmConfiguration.builder()
                .root(root)
                .standardInput(new ByteArrayInputStream(new byte[0]))
                .standardOutput(output)
                .build();
        try (VirtualMachine vm = VirtualMachine.blank(configuration)) {
            vm.load(new Start.Program(program, List.of(arguments)));
            return new HostTools.Ending(vm.run().status(), output.toByteArray(), new byte[0]);
        }
    }

    private void isAsOnTheHost(Path program, String... arguments) throws Exception {
        String[] command = Stream.concat(Stream.of(program.toString()), Stream.of(arguments))
                .toArray(String[]::new);
        HostTools.Ending expected = HostTools.end(root, Path.of("/dev/null"), command);
        HostTools.Ending ending = inVm(program, arguments);
        assertThat(text(ending)).isEqualTo(text(expected));
        assertThat(ending.status()).isEqualTo(expected.status());
    }

    private static String text(HostTools.Ending ending) {
        return new String(ending.output(), StandardCharsets.ISO_8859_1);
    }

    private Path compiled(String compiler, String source) throws Exception {
        HostTools.require(compiler);
        Path program = directory.resolve(source + "-" + compiler);
        String file = SOURCES.resolve(source).toString();
        HostTools.transcript(compiler, "-O1", "-static", "-pthread", "-w", "-o", program.toString(), file);
        return program;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void processes(String compiler) throws Exception {
        isAsOnTheHost(compiled(compiler, "family.c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void pipes(String compiler) throws Exception {
        isAsOnTheHost(compiled(compiler, "pipes.c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void threads(String compiler) throws Exception {
        isAsOnTheHost(compiled(compiler, "threads.c"));
    }

    /** BusyBox runs its own tools, by executing itself. */
    @Test
    void aScriptOfBusyBox() throws Exception {
        isAsOnTheHost(shell("/bin/busybox"), "sh", "-c", SCRIPT);
    }

    /** Bash has BusyBox's tools, by their names. */
    @Test
    void aScriptOfBash() throws Exception {
        Path bash = shell("/bin/bash-static");
        String tools = "for t in wc sort grep tr sed head cat seq yes sleep find xargs basename; do"
                + " eval \"$t() { /bin/busybox $t \\\"\\$@\\\"; }\"; done; unset -f basename xargs; ";
        String script = SCRIPT.replace("xargs -n1 basename", "/bin/busybox xargs -n1 /bin/busybox basename");
        isAsOnTheHost(bash, "--norc", "-c", tools + script);
    }

    /** A shell of the host's, which must be static; the root gets BusyBox where the host has it. */
    private Path shell(String name) throws Exception {
        Path busybox = Path.of("/bin/busybox");
        HostTools.require("busybox");
        HostTools.require(Path.of(name).getFileName().toString());
        Files.copy(busybox, Files.createDirectories(root.resolve("bin")).resolve("busybox"));
        Path script = root.resolve("files/script");
        Files.writeString(script, "#!/bin/busybox sh\necho $# \"$1\" \"$2\"\nexit 4\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return Path.of(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void executions(String compiler) throws Exception {
        Path program = compiled(compiler, "executions.c");
        isAsOnTheHost(Files.copy(program, root.resolve("executions")));
    }

    @Test
    void threadsOfCxx() throws Exception {
        isAsOnTheHost(compiled("g++", "futures.cpp"));
    }
}
