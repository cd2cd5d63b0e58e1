package io.scratchvm.vmm.api;

import java.time.Duration;

/**
 * What a run may use up before it is stopped.
 *
 * @param instructions instructions retired by this run, {@link Long#MAX_VALUE} for no limit
 * @param time wall-clock time of this run, null for no limit
 * @param output bytes written by this run to standard output, standard error and files together, a new file or
 *     directory counting as 256 more; {@link Long#MAX_VALUE} for no limit
 */
public record Limits(long instructions, Duration time, long output) {
    public static final Limits NONE = new Limits(Long.MAX_VALUE, null, Long.MAX_VALUE);

    public Limits {
        if (instructions < 0 || output < 0 || time != null && time.isNegative()) {
            throw new VmmException("a limit cannot be negative");
        }
    }
}
