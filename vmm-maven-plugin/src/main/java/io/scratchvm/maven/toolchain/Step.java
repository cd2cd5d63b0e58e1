package io.scratchvm.maven.toolchain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The commands that make one file, and the memory of what it was last made from: it is up to date while the commands,
 * the tools, every file read and the file made are as they were, by content. Times of files do not count.
 *
 * @param what the file made, or what it is made from, as messages name it
 * @param directory where the commands run
 * @param commands programs and their arguments, to be run in this order
 * @param tools the tools' identity
 * @param inputs the files that the commands are given
 * @param dependencies where it is written which other files were read, or null
 * @param output the file made
 * @param memory where the digests are kept
 */
record Step(
        String what,
        Path directory,
        List<List<String>> commands,
        List<String> tools,
        List<Path> inputs,
        Path dependencies,
        Path output,
        Path memory) {
    boolean isUpToDate() throws IOException {
        return Files.isRegularFile(memory)
                && Files.isRegularFile(output)
                && (dependencies == null || Files.isRegularFile(dependencies))
                && Files.readString(memory).equals(fingerprint());
    }

    /** To be called before the commands run: a build that breaks off must not leave a half-made file believed. */
    void forget() throws IOException {
        Files.createDirectories(memory.getParent());
        Files.createDirectories(output.getParent());
        Files.deleteIfExists(memory);
    }

    /** To be called when the commands have made the file. */
    void remember() throws IOException {
        Files.writeString(memory, fingerprint());
    }

    private String fingerprint() throws IOException {
        MessageDigest digest = sha256();
        for (String word : words()) {
            digest.update(word.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return hex(digest) + "\n";
    }

    private List<String> words() throws IOException {
        List<String> words = new ArrayList<>();
        commands.forEach(words::addAll);
        words.addAll(tools);
        for (Path input : allInputs()) {
            words.add(input.toString());
            words.add(contentOf(input));
        }
        words.add(contentOf(output));
        return words;
    }

    private List<Path> allInputs() throws IOException {
        List<Path> all = new ArrayList<>(inputs);
        if (dependencies != null) {
            all.addAll(DependencyFile.read(dependencies, directory));
        }
        return all;
    }

    private static String contentOf(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return "missing";
        }
        MessageDigest digest = sha256();
        digest.update(Files.readAllBytes(file));
        return hex(digest);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
