package io.scratchvm.vmm;

import io.scratchvm.vmm.api.MigrationStatistics;
import io.scratchvm.vmm.api.Nullable;

/**
 * What became of a {@link Session}.
 *
 * @param stop why the VM stopped, as the user is to see it: a guest that ended before its save has status 125 here
 * @param instructions instructions that this session executed
 * @param nanoseconds how long it executed them
 * @param engine the engine's name
 * @param migration what the VM's migration took; null where it did not move
 */
public record Outcome(
        Stop stop,
        long instructions,
        long nanoseconds,
        String engine,
        @Nullable MigrationStatistics migration) {
    /** Of a VM that stayed where it is. */
    Outcome(Stop stop, long instructions, long nanoseconds, String engine) {
        this(stop, instructions, nanoseconds, engine, null);
    }

    /** What a command that ends thus exits with. */
    public int status() {
        return stop.status();
    }

    /** One line for a person; empty where there is nothing to explain. */
    public String message() {
        return stop.message();
    }

    /**
     * The line of {@code --stats}: {@code instructions=N seconds=S mips=M engine=E}.
     */
    public String statistics() {
        // By hand, not by String.format: loading a Formatter takes longer than many a guest runs.
        long milliseconds = nanoseconds / 1_000_000;
        long tenthsOfMips = nanoseconds == 0 ? 0 : (long) (instructions * 10_000.0 / nanoseconds);
        return "instructions=" + instructions
                + " seconds=" + milliseconds / 1000 + '.' + threeDigits(milliseconds % 1000)
                + " mips=" + tenthsOfMips / 10 + '.' + tenthsOfMips % 10
                + " engine=" + engine;
    }

    private static String threeDigits(long number) {
        return (number < 100 ? number < 10 ? "00" : "0" : "") + number;
    }
}
