package io.scratchvm.vmm.api;

/**
 * How far a migration is. Emitted now and then while data moves, by a thread that must not be held up; the last one of
 * a transfer has {@code bytes == total}.
 *
 * @param phase what is moving
 * @param bytes moved in this phase
 * @param total bytes to move in this phase, as far as it is known now
 */
public record MigrationProgress(Phase phase, long bytes, long total) {
    /** What is moving. */
    public enum Phase {
        /** Memory, while the guest runs on at the source. */
        LIVE,
        /** Memory and files of a VM that stands. */
        TRANSFER
    }
}
