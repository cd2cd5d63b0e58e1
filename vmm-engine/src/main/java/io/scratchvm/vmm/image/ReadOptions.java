package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;

/**
 * How an image is read.
 *
 * @param key what the image must be sealed with; null for an image that is sealed with a checksum
 * @param maxMemory the most guest memory that is accepted, in bytes; bounds what reading allocates
 * @param runs when the memory runs are checked
 */
public record ReadOptions(@Nullable byte[] key, long maxMemory, Runs runs) {
    /** What any VM may have. */
    public static final long DEFAULT_MAX_MEMORY = VmConfiguration.MAX_MEMORY;

    /** When the memory runs are checked against their digests. */
    public enum Runs {
        /** While the image is opened. */
        AT_OPEN,
        /** Each before its bytes are used. */
        AT_USE
    }

    public ReadOptions {
        if (maxMemory <= 0) {
            throw new VmmException(
                    "the most memory that an image may have is " + maxMemory + ", not a positive number");
        }
    }

    /** Everything checked at open; {@code key} may be null. */
    public static ReadOptions with(byte[] key) {
        return new ReadOptions(key, DEFAULT_MAX_MEMORY, Runs.AT_OPEN);
    }

    public ReadOptions checkingRuns(Runs when) {
        return new ReadOptions(key, maxMemory, when);
    }

    public ReadOptions maxMemory(long bytes) {
        return new ReadOptions(key, bytes, runs);
    }
}
