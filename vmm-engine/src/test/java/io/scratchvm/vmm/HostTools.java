package io.scratchvm.vmm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Compilers, debuggers and other tools of the host, for tests that compare with what we did not write. A test that needs
 * one which a user may lack is skipped, with a reason.
 */
public final class HostTools {
    private static final long PATIENCE_SECONDS = 120;

    private HostTools() {}

    /** Skips the test where one of these tools is not installed. */
    public static void require(String... tools) {
        for (String tool : tools) {
            assumeTrue(has(tool), tool + " is not installed");
        }
    }

    /** Skips the test where the machine forbids it, whatever is installed. {@code .ci/run} lets that pass, and says so. */
    public static void requireLeave(boolean given, String what) {
        assumeTrue(given, "this machine does not allow it: " + what);
    }

    /** Skips the test where the host's own CPU and kernel do not run what the guest runs. */
    public static void requireLinuxOnX86() {
        String host = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        assumeTrue(host.equals("Linux on amd64"), "needs Linux on amd64 to compare with, not " + host);
    }

    /** Skips the test where this file is not there. */
    public static void requireFile(String file, String debianPackage) {
        assumeTrue(Files.exists(Path.of(file)), "Debian's package " + debianPackage + " is not installed");
    }

    /** Skips the test where this source of a program is not there. {@code .ci/run} lets that pass if it cannot be had. */
    public static void requireSource(String file) {
        assumeTrue(Files.exists(Path.of(file)), file + " is not there; it is put there by .ci/sources");
    }

    /** Skips the test where the host's CPU lacks one of these features, by their names in {@code /proc/cpuinfo}. */
    public static void requireCpuFeatures(String... features) throws IOException {
        List<String> missing = new ArrayList<>(List.of(features));
        missing.removeAll(cpuFeatures());
        requireLeave(missing.isEmpty(), "instructions that its CPU lacks, " + missing);
    }

    /** The features of the host's CPU, a Linux host's. */
    public static List<String> cpuFeatures() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
            if (line.startsWith("flags")) {
                return List.of(line.substring(line.indexOf(':') + 2).split(" "));
            }
        }
        return List.of();
    }

    /** Whether a tool is installed. */
    public static boolean has(String tool) {
        return find(tool).isPresent();
    }

    /** Where a tool is installed. Skips the test where it is not. */
    public static Path installed(String tool) {
        require(tool);
        return find(tool).orElseThrow();
    }

    private static Optional<Path> find(String tool) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Runs a command in {@code directory}, without input; its standard output. It must succeed. */
    public static String run(Path directory, String... command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("tool", ".err");
        try {
            return outputOf(builder(command).directory(directory.toFile()).redirectError(errors.toFile()), errors);
        } finally {
            Files.delete(errors);
        }
    }

    /** Runs a command without input; all that it says, warnings with the rest. It must succeed. */
    public static String transcript(String... command) throws IOException, InterruptedException {
        return outputOf(builder(command).redirectErrorStream(true), null);
    }

    /**
     * How a command ended.
     *
     * @param status 128 + n where signal n ended it
     * @param output its standard output
     * @param errors its standard error
     */
    public record Ending(int status, byte[] output, byte[] errors) {}

    /** Runs a command in {@code directory}, its standard input being the file {@code input}, to whatever end it comes. */
    public static Ending end(Path directory, Path input, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("tool", ".out");
        Path errors = Files.createTempFile("tool", ".err");
        try {
            int status = statusOf(builder(command)
                    .directory(directory.toFile())
                    .redirectInput(input.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile()));
            return new Ending(status, Files.readAllBytes(output), Files.readAllBytes(errors));
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    private static ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private static String outputOf(ProcessBuilder builder, Path errors) throws IOException, InterruptedException {
        List<String> command = builder.command();
        Path output = Files.createTempFile("tool", ".out");
        try {
            int status = statusOf(builder.redirectOutput(output.toFile()));
            String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            if (status != 0) {
                throw new IOException(command + " failed:\n" + text + (errors == null ? "" : Files.readString(errors)));
            }
            return text;
        } finally {
            Files.delete(output);
        }
    }

    private static int statusOf(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(builder.command() + " did not end");
        }
        return process.exitValue();
    }
}
