package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.scratchvm.vmm.api.Limits;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * gcc's own execution tests (gcc.c-torture/execute), static: each that passes on the host's CPU passes here, with the
 * same output. The ordinary build takes one in forty of them; {@code -Dvmm.gcc.stride=1} takes them all,
 * {@code -Dvmm.gcc.compiler=gcc} builds them with glibc, and {@code -Dvmm.gcc.level=-O3} at this level alone.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GccExecutionTest {
    private static final Path ARCHIVES = Path.of("/usr/src/gcc-12");
    private static final String TESTS = "gcc/testsuite/gcc.c-torture/execute";
    private static final int STRIDE = Integer.getInteger("vmm.gcc.stride", 40);
    private static final String COMPILER = System.getProperty("vmm.gcc.compiler", "musl-gcc");
    private static final String ONLY_LEVEL = System.getProperty("vmm.gcc.level");

    /** An option that a test asks for, on every target. */
    private static final Pattern OPTIONS = Pattern.compile("dg-(?:additional-)?options \"([^\"]*)\" }");

    /** The longest of them takes 0.3 thousand million. */
    private static final Limits LIMITS = new Limits(2_000_000_000L, Duration.ofMinutes(2), 1 << 24);

    private Path directory;
    private List<Path> sources;

    @BeforeAll
    void unpack(@TempDir Path directory) throws Exception {
        HostTools.requireLinuxOnX86();
        HostTools.require(COMPILER, "tar", "xz");
        assumeTrue(Files.isDirectory(ARCHIVES), "Debian's package gcc-12-source is not installed");
        this.directory = directory;
        Files.createDirectory(directory.resolve("tmp"));
        HostTools.run(
                directory, "tar", "-xJf", archive().toString(), "--strip-components=4", "--wildcards", "*/" + TESTS);
        sources = new ArrayList<>();
        for (String folder : List.of("execute", "execute/ieee")) {
            try (Stream<Path> files = Files.list(directory.resolve(folder).normalize())) {
                files.filter(file -> file.toString().endsWith(".c")).sorted().forEach(sources::add);
            }
        }
    }

    private static Path archive() throws IOException {
        try (Stream<Path> files = Files.list(ARCHIVES)) {
            return files.filter(file -> file.getFileName().toString().matches("gcc-12.*\\.tar\\.xz"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** What came of the tests at one level of optimization. */
    private static final class Tally {
        final AtomicInteger passed = new AtomicInteger();
        final Collection<String> failedHere = new ConcurrentLinkedQueue<>();
        final Collection<String> notOnHost = new ConcurrentLinkedQueue<>();
    }

    /** @param first where the sample begins, so that the three samples are of different programs */
    @ParameterizedTest
    @CsvSource({"-O0, 0", "-O2, 13", "-O3, 26"})
    void whatPassesOnTheHostPassesHere(String optimization, int first) throws Exception {
        assumeTrue(ONLY_LEVEL == null || ONLY_LEVEL.equals(optimization), "only " + ONLY_LEVEL + " was asked for");
        assertThat(sources).hasSizeGreaterThan(1600);
        Tally tally = new Tally();
        IntStream.range(0, sources.size())
                .filter(i -> i % STRIDE == first % STRIDE)
                .mapToObj(sources::get)
                .parallel()
                .forEach(source -> judge(source, optimization, tally));
        System.out.println("gcc.c-torture/execute, " + COMPILER + " " + optimization + ": " + tally.passed + " pass, "
                + tally.failedHere.size() + " fail, " + tally.notOnHost.size() + " not on the host: "
                + tally.notOnHost);
        assertThat(tally.failedHere).isEmpty();
        assertThat(tally.passed.get()).isGreaterThan(1600 / STRIDE * 9 / 10);
    }

    private void judge(Path source, String optimization, Tally tally) {
        String name = source.getParent().getFileName() + "/" + source.getFileName();
        try {
            Path program = compile(source, optimization);
            HostTools.Ending host = program == null ? null : ended(program);
            if (host == null || host.status() != 0) {
                tally.notOnHost.add(name);
                return;
            }
            String difference = difference(program, host.output());
            if (difference == null) {
                tally.passed.incrementAndGet();
            } else {
                tally.failedHere.add(name + " " + optimization + ": " + difference);
            }
            Files.delete(program);
        } catch (Exception e) {
            tally.failedHere.add(name + " " + optimization + ": " + e);
        }
    }

    /** The program; null if it cannot be built. */
    private Path compile(Path source, String optimization) throws Exception {
        Path program = directory.resolve(
                source.getFileName() + optimization + source.getParent().getFileName());
        List<String> command = new ArrayList<>(List.of(COMPILER, "-static", "-w", optimization));
        Matcher options = OPTIONS.matcher(Files.readString(source, StandardCharsets.ISO_8859_1));
        while (options.find()) {
            command.addAll(List.of(options.group(1).trim().split(" +")));
        }
        command.addAll(List.of(source.toString(), "-o", program.toString(), "-lm"));
        try {
            HostTools.run(directory, command.toArray(String[]::new));
        } catch (IOException e) {
            return null;
        }
        return program;
    }

    /** How it ended on the host; null if it did not: 930529-1.c counts past the last integer, and on. */
    private HostTools.Ending ended(Path program) throws Exception {
        try {
            return onHost(program);
        } catch (IOException e) {
            return null;
        }
    }

    private HostTools.Ending onHost(Path program) throws Exception {
        return HostTools.end(directory, Path.of("/dev/null"), program.toString());
    }

    /** What the VM does otherwise than the host; null for nothing. */
    private String difference(Path program, byte[] expected) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        VmConfiguration configuration = VmConfiguration.builder()
                .root(directory)
                .standardOutput(output)
                .limits(LIMITS)
                .build();
        Stop stop;
        try (VirtualMachine vm = VirtualMachine.blank(configuration)) {
            vm.load(new Start.Program(program, List.of()));
            stop = vm.run();
        }
        if (stop.status() != 0) {
            return "status " + stop.status() + " " + stop.message();
        }
        // Some print addresses, which differ from run to run there, too.
        boolean same = Arrays.equals(output.toByteArray(), expected)
                || !Arrays.equals(onHost(program).output(), expected);
        return same ? null : "output " + output + " instead of " + new String(expected);
    }
}
