package io.scratchvm.vmm.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code java -jar vmm.jar ...} in a process of its own, its standard streams being files. */
final class JarProcess {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private final Path directory;
    private final Process process;

    private JarProcess(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /** What a process left. */
    record Result(int status, byte[] out, String err) {
        String text() {
            return new String(out, StandardCharsets.UTF_8);
        }
    }

    static Path jar() {
        return Path.of(System.getProperty("vmm.jar"));
    }

    /** Starts the command in {@code directory}. */
    static JarProcess start(Path directory, byte[] input, String... arguments) throws IOException {
        return start(directory, input, List.of(), arguments);
    }

    static JarProcess start(Path directory, byte[] input, List<String> javaOptions, String... arguments)
            throws IOException {
        Path in = Files.write(directory.resolve(".in"), input);
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(javaOptions);
        command.addAll(List.of("-jar", jar().toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(directory.resolve(".out").toFile())
                .redirectError(directory.resolve(".err").toFile())
                .start();
        return new JarProcess(directory, process);
    }

    /** Runs the command in {@code directory} to its end, without input. */
    static Result run(Path directory, String... arguments) throws IOException, InterruptedException {
        return start(directory, new byte[0], arguments).result();
    }

    Process process() {
        return process;
    }

    /** Waits for the end. */
    Result result() throws IOException, InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException("the command did not end: " + err());
        }
        return new Result(process.exitValue(), Files.readAllBytes(directory.resolve(".out")), err());
    }

    private String err() throws IOException {
        return Files.readString(directory.resolve(".err"), StandardCharsets.UTF_8);
    }
}
