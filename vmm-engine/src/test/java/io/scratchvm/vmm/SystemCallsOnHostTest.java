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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that look closely at a family of system calls say in the VM what they say under the host's kernel. */
@Timeout(120)
class SystemCallsOnHostTest {
    private static final Path SOURCES = Path.of("src/test/resources/calls").toAbsolutePath();

    /** Instructions before the first save. */
    private static final long FIRST_SAVE = 20_000;

    /** The same from one save to the next, {@code -Dvmm.distance=N}; 0 for the distance that fits a program. */
    private static final long DISTANCE = Long.getLong("vmm.distance", 0);

    @TempDir
    Path directory;

    private Path compiled(String source, String compiler) throws Exception {
        HostTools.requireLinuxOnX86();
        HostTools.require(compiler);
        Path program = directory.resolve("prog");
        String file = SOURCES.resolve(source).toString();
        HostTools.transcript(compiler, "-O1", "-static", "-w", "-o", program.toString(), file);
        return program;
    }

    private String onHost(Path program) throws Exception {
        Path root = Files.createDirectory(directory.resolve("host"));
        HostTools.Ending ending = HostTools.end(root, Path.of("/dev/null"), program.toString());
        return ending.status() + "\n" + new String(ending.output(), StandardCharsets.UTF_8);
    }

    private VmConfiguration configuration(ByteArrayOutputStream output) throws Exception {
        return VmConfiguration.builder()
                .root(Files.createDirectories(directory.resolve("root")))
                .standardInput(new ByteArrayInputStream(new byte[0]))
                .standardOutput(output)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "locks.c, gcc",
        "locks.c, musl-gcc",
        "events.c, gcc",
        "events.c, musl-gcc",
        "attributes.c, gcc",
        "sockets.c, gcc",
        "cputime.c, gcc"
    })
    void areAnsweredAsByTheHostsKernel(String source, String compiler) throws Exception {
        Path program = compiled(source, compiler);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (VirtualMachine vm = VirtualMachine.blank(configuration(output))) {
            vm.load(new Start.Program(program, List.of()));
            assertThat(shown(vm.run(), output)).isEqualTo(onHost(program));
        }
    }

    /** Waits, locks, counters, and what was told of them outlive a save. */
    @ParameterizedTest
    @CsvSource({"locks.c, 7001", "events.c, 7001", "attributes.c, 7001", "sockets.c, 7001", "cputime.c, 2000003"})
    void areAnsweredTheSameAfterRestores(String source, long distance) throws Exception {
        long next = DISTANCE == 0 ? distance : DISTANCE;
        Path program = compiled(source, "gcc");
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        VirtualMachine vm = VirtualMachine.blank(configuration(output));
        try {
            vm.load(new Start.Program(program, List.of()));
            Stop stop = vm.runTo(new SavePoint.Instructions(FIRST_SAVE));
            while (stop.reason() == Stop.Reason.SAVE_POINT) {
                Path image = directory.resolve("vm.vmimg");
                vm.save(image);
                vm.close();
                vm = VirtualMachine.blank(configuration(output));
                try (VmImage saved = VmImage.read(image, null)) {
                    vm.restore(saved);
                }
                stop = vm.runTo(new SavePoint.Instructions(vm.instructions() + next));
            }
            assertThat(shown(stop, output)).isEqualTo(onHost(program));
        } finally {
            vm.close();
        }
    }

    private static String shown(Stop stop, ByteArrayOutputStream output) {
        return stop.status() + "\n" + output.toString(StandardCharsets.UTF_8);
    }
}
