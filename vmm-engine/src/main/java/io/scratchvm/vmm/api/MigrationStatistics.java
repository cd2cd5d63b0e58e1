package io.scratchvm.vmm.api;

/**
 * What a migration took, seen from one side.
 *
 * @param token 32 hexadecimal digits
 * @param bytes that went over the link, both directions, in all its connections, TLS's own not counted
 * @param memoryBytes of guest memory that were sent, repeated ones too
 * @param fileBytes of open files that were sent
 * @param rounds live rounds over the memory; 0 for a VM that was stopped first
 * @param connections how often the two sides were connected
 * @param converged whether the live rounds ended because the rest was small enough for {@code --max-downtime}; true where
 *     there are none
 * @param downtime nanoseconds from the stop at the source until it knew that the destination runs; at the destination,
 *     from the last data until the VM ran
 * @param nanoseconds from the first connection until the end
 */
public record MigrationStatistics(
        String token,
        long bytes,
        long memoryBytes,
        long fileBytes,
        int rounds,
        int connections,
        boolean converged,
        long downtime,
        long nanoseconds) {}
