package io.scratchvm.vmm.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * What a user says about a VM in words, the same ones on the command line ({@code --max-instructions}) and in a Maven
 * build ({@code vmm.maxInstructions}). Each applies itself to a {@link VmConfiguration.Builder}, so that both faces read
 * a word in the same way.
 */
public enum Setting {
    MEMORY,
    ROOT,
    FILES,
    KEY,
    LAZY,
    ENGINE,
    CLOCK,
    RANDOM,
    SAVE_CALL,
    SAVE_IMAGE,
    FIRST_DESCRIPTOR,
    MAX_INSTRUCTIONS,
    TIMEOUT,
    MAX_OUTPUT,
    TO,
    LISTEN,
    JOURNAL,
    WAIT,
    PEER_TIMEOUT,
    TLS,
    TLS_PASSWORD,
    STORAGE,
    OVERWRITE,
    MAX_FILES,
    ON_FAILURE,
    LIVE,
    MAX_DOWNTIME,
    MAX_ROUNDS;

    private static final int LONGEST_KEY = 1 << 16;

    /**
     * Sets this on {@code configuration}.
     *
     * @throws VmmException if {@code text} is not a value of this setting; the message does not name the setting
     * @throws IOException if {@code text} names a file to be read and that fails
     */
    public void apply(VmConfiguration.Builder configuration, String text) throws IOException {
        switch (this) {
            case MEMORY -> configuration.memorySize(Notation.size(text));
            case ROOT -> configuration.root(path(text));
            case FILES -> configuration.files(Notation.choice(FilesPolicy.class, text));
            case KEY -> configuration.imageKey(key(path(text)));
            case LAZY -> configuration.lazy(Boolean.parseBoolean(text));
            case ENGINE -> configuration.engine(Notation.choice(EngineKind.class, text));
            case CLOCK -> configuration.clock(Notation.choice(TimeSource.class, text));
            case RANDOM -> configuration.random(Notation.choice(RandomSource.class, text));
            case SAVE_CALL -> configuration.saveCall(Notation.smallCount(text));
            case SAVE_IMAGE -> configuration.saveImage(path(text));
            case FIRST_DESCRIPTOR -> configuration.firstDescriptor(Notation.smallCount(text));
            case MAX_INSTRUCTIONS -> configuration.maxInstructions(limit(text) ? Notation.count(text) : Long.MAX_VALUE);
            case TIMEOUT -> configuration.timeout(limit(text) ? Notation.duration(text) : null);
            case MAX_OUTPUT -> configuration.maxOutput(limit(text) ? Notation.size(text) : Long.MAX_VALUE);
            default -> apply(configuration.migration(), text);
        }
    }

    private void apply(MigrationConfiguration.Builder migration, String text) throws IOException {
        switch (this) {
            case TO, LISTEN -> migration.peer(PeerAddress.of(text));
            case JOURNAL -> migration.journal(path(text));
            case WAIT -> migration.patience(Notation.duration(text));
            case PEER_TIMEOUT -> migration.stepLimit(Notation.duration(text));
            case TLS -> migration.tls(path(text));
            case TLS_PASSWORD -> migration.tlsPassword(password(path(text)));
            case STORAGE -> migration.storage(Notation.choice(Storage.class, text));
            case OVERWRITE -> migration.overwrite(Boolean.parseBoolean(text));
            case MAX_FILES -> migration.maxFiles(limit(text) ? Notation.size(text) : Long.MAX_VALUE);
            case ON_FAILURE -> migration.onFailure(Notation.choice(OnFailure.class, text));
            case LIVE -> migration.live(Boolean.parseBoolean(text));
            case MAX_DOWNTIME -> migration.maxDowntime(Notation.duration(text));
            case MAX_ROUNDS -> migration.maxRounds(Notation.smallCount(text));
            default -> throw new IllegalStateException(name());
        }
    }

    /**
     * A path that a user wrote.
     *
     * @throws VmmException if the host can have no such path
     */
    public static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new VmmException("'" + text + "' cannot be a path: " + e.getReason());
        }
    }

    private static boolean limit(String text) {
        return !Notation.isNone(text);
    }

    private static char[] password(Path file) throws IOException {
        String line = new String(shortFile(file, "password"), StandardCharsets.UTF_8);
        return line.stripTrailing().toCharArray();
    }

    private static byte[] key(Path file) throws IOException {
        byte[] key = shortFile(file, "key");
        if (key.length == 0) {
            throw new VmmException(file + " is empty, so it is no key; 32 random bytes make a good one");
        }
        return key;
    }

    private static byte[] shortFile(Path file, String what) throws IOException {
        if (Files.isDirectory(file)) {
            throw new VmmException(file + " is a directory; a " + what + " is a file");
        }
        if (Files.isRegularFile(file) && Files.size(file) > LONGEST_KEY) {
            throw new VmmException(file + " is too long for a " + what + " (" + LONGEST_KEY + " bytes at most)");
        }
        return Files.readAllBytes(file);
    }
}
