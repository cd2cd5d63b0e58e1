package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Limits;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals of programs in the VM are those of the host's kernel: each program says the same and ends the same. */
@Timeout(120)
class SignalsOnHostTest {
    private static final int ENDINGS = 15;

    @TempDir
    Path directory;

    private TimeSource clock = TimeSource.VIRTUAL;

    @ParameterizedTest
    @CsvSource({
        "frames.c, gcc",
        "frames.c, musl-gcc",
        "actions.c, gcc",
        "actions.c, musl-gcc",
        "faults.c, gcc",
        "waits.c, gcc",
        "jumps.c, gcc",
        "forged.c, gcc"
    })
    void areThoseOfTheHost(String source, String compiler) throws Exception {
        compile(source, compiler, "-O1", "-w", "-static");
        compare();
    }

    @Test
    void comeByTheHostsClockToo() throws Exception {
        clock = TimeSource.HOST;
        compile("waits.c", "gcc", "-O1", "-w", "-static");
        compare();
    }

    /** The unwinder knows the handler's frame by the code of its restorer, and reads the registers from it. */
    @Test
    void areThrownThroughAsOnTheHost() throws Exception {
        compile("unwind.cpp", "g++", "-O1", "-static", "-fnon-call-exceptions");
        compare();
    }

    @Test
    void endProgramsAsOnTheHost() throws Exception {
        compile("endings.c", "gcc", "-O1", "-w", "-static");
        for (int ending = 0; ending < ENDINGS; ending++) {
            compare(String.valueOf(ending));
        }
    }

    @Test
    void areTakenByTheThreadsAndProcessesThatTheyAreFor() throws Exception {
        compile("processes.c", "gcc", "-O1", "-w", "-static", "-pthread");
        compare();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 6, 7})
    void nameASignalThatEndsAProgramAndWhere(int ending) throws Exception {
        compile("endings.c", "gcc", "-O1", "-w", "-static");
        Stop stop = run(new ByteArrayOutputStream(), List.of(String.valueOf(ending)));
        String name = List.of("SIGABRT", "", "", "", "", "SIGTERM", "SIGALRM", "SIGKILL")
                .get(ending);
        assertThat(stop.message())
                .matches(name + ": sent to the program, RIP 0x[0-9a-f]+ \\([_a-z.0-9]+\\+0x[0-9a-f]+\\)");
    }

    private void compare(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(directory.resolve("prog").toString()));
        command.addAll(List.of(arguments));
        HostTools.Ending host = HostTools.end(directory, Path.of("/dev/null"), command.toArray(String[]::new));
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Stop stop = run(output, List.of(arguments));
        assertThat(output.toString(StandardCharsets.UTF_8))
                .as(List.of(arguments) + " " + stop.message())
                .isEqualTo(new String(host.output(), StandardCharsets.UTF_8));
        assertThat(stop.status()).as(List.of(arguments) + " " + stop.message()).isEqualTo(host.status());
    }

    private Stop run(ByteArrayOutputStream output, List<String> arguments) throws Exception {
        VmConfiguration configuration = VmConfiguration.builder()
                .root(directory)
                .standardOutput(output)
                .clock(clock)
                .limits(new Limits(20_000_000_000L, Duration.ofSeconds(60), 1 << 20))
                .build();
        try (VirtualMachine machine = VirtualMachine.blank(configuration)) {
            machine.load(new Start.Program(directory.resolve("prog"), arguments));
            return machine.run();
        }
    }

    private void compile(String source, String... compiler) throws Exception {
        HostTools.requireLinuxOnX86();
        HostTools.require(compiler[0]);
        for (String name : List.of("signals.h", source)) {
            try (InputStream in = SignalsOnHostTest.class.getResourceAsStream("signals/" + name)) {
                Files.copy(in, directory.resolve(name));
            }
        }
        List<String> command = new ArrayList<>(List.of(compiler));
        command.addAll(List.of(source, "-o", "prog"));
        HostTools.run(directory, command.toArray(String[]::new));
    }
}
