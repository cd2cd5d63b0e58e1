package io.scratchvm.maven.toolchain;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs, without a shell and with a limit of time.
 *
 * @param directory where they run
 * @param limit after which one is ended
 */
record Command(Path directory, Duration limit) {
    /** More than this of a program's output is not kept. */
    private static final int OUTPUT_LIMIT = 1 << 20;

    /**
     * 1980-01-01, the day that {@code __DATE__} becomes, so that builds are equal; GCC and clang from version 16 on heed
     * it.
     */
    private static final String SOURCE_DATE_EPOCH = "315532800";

    /**
     * How a run ended.
     *
     * @param status the exit status
     * @param output standard output and standard error, in one
     */
    record Result(int status, String output) {
        boolean succeeded() {
            return status == 0;
        }
    }

    /**
     * Runs a program to its end.
     *
     * @throws VmmException if it takes longer than the limit
     * @throws IOException if it cannot be started
     */
    Result run(List<String> arguments) throws IOException {
        Path output = Files.createTempFile("vmm", ".out");
        try {
            Process process = start(arguments, output);
            process.getOutputStream().close();
            await(process, arguments);
            return new Result(process.exitValue(), read(output));
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private Process start(List<String> arguments, Path output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(arguments)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putIfAbsent("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);
        return builder.start();
    }

    private void await(Process process, List<String> arguments) throws IOException {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new VmmException(
                        arguments.get(0) + " was ended after " + limit.toSeconds() + " s (vmm.compilerTimeout)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + arguments.get(0), e);
        } finally {
            // A compiler's driver has children of its own.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String read(Path output) throws IOException {
        try (var in = Files.newInputStream(output)) {
            return new String(in.readNBytes(OUTPUT_LIMIT), StandardCharsets.UTF_8).strip();
        }
    }
}
