package io.scratchvm.maven.toolchain;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** Keeps the toolchain that was chosen, so that a build with nothing to do starts no compiler. */
record ToolchainMemory(Path file) {
    private static final String SEPARATOR = "\n";

    /** The toolchain chosen from these candidates, if the files of both are as they were. */
    Optional<Toolchain> recall(String wanted, List<String> candidates) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        Properties kept = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            kept.load(reader);
            if (!kept.equals(properties(toolchain(kept), wanted, candidates))) {
                return Optional.empty();
            }
            return Optional.of(toolchain(kept));
        } catch (IOException | RuntimeException e) {
            // A tool is gone, or the file is not ours any more: choose anew.
            return Optional.empty();
        }
    }

    void keep(Toolchain toolchain, String wanted, List<String> candidates) throws IOException {
        Files.createDirectories(file.getParent());
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties(toolchain, wanted, candidates).store(writer, null);
        }
    }

    private static Properties properties(Toolchain toolchain, String wanted, List<String> candidates)
            throws IOException {
        Properties properties = new Properties();
        properties.setProperty("wanted", wanted);
        properties.setProperty("candidates", String.join(SEPARATOR, candidates));
        properties.setProperty("identity", String.join(SEPARATOR, toolchain.identity()));
        properties.setProperty("name", toolchain.name());
        properties.setProperty("compiler", toolchain.compiler().toString());
        properties.setProperty("target", String.join(SEPARATOR, toolchain.target()));
        properties.setProperty("headers", toolchain.headers().toString());
        properties.setProperty("linker", String.join(SEPARATOR, toolchain.linker()));
        return properties;
    }

    private static Toolchain toolchain(Properties kept) {
        return new Toolchain(
                kept.getProperty("name"),
                Path.of(kept.getProperty("compiler")),
                split(kept.getProperty("target")),
                Path.of(kept.getProperty("headers")),
                split(kept.getProperty("linker")));
    }

    private static List<String> split(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(SEPARATOR));
    }
}
