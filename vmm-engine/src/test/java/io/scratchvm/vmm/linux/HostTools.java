package io.scratchvm.vmm.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Compilers and other tools of the host, for tests that compare with what we did not write. */
public final class HostTools {
    private HostTools() {}

    /** Skips the test, with a reason, where a tool is not installed. */
    public static void require(String... tools) {
        for (String tool : tools) {
            boolean found = false;
            for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
                found |= Files.isExecutable(Path.of(directory, tool));
            }
            assumeTrue(found, tool + " is not installed");
        }
    }

    /** Runs a command in {@code directory}; standard output, if it succeeded. */
    public static String run(Path directory, String... command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("tool", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectError(errors.toFile())
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(List.of(command) + " failed:\n" + output + Files.readString(errors));
            }
            return output;
        } finally {
            Files.delete(errors);
        }
    }
}
