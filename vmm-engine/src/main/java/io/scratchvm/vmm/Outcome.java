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
        Stop stop, long instructions, long nanoseconds, String engine, @Nullable MigrationStatistics migration) {
    /** Of a VM that stayed where it is. */
    Outcome(Stop stop, long instructions, long nanoseconds, String engine) {
        this(stop, instructions, nanoseconds, engine, null);
    }

    /** Of a session that ran no VM. */
    static Outcome ofMigration(Stop stop, @Nullable MigrationStatistics migration) {
        return new Outcome(stop, 0, 0, "none", migration);
    }

    Outcome with(Stop other) {
        return new Outcome(other, instructions, nanoseconds, engine, migration);
    }

    Outcome with(@Nullable MigrationStatistics statistics) {
        return new Outcome(stop, instructions, nanoseconds, engine, statistics);
    }

    /** This, and {@code before} it in the same session. */
    Outcome after(Outcome before) {
        return new Outcome(
                stop, before.instructions + instructions, before.nanoseconds + nanoseconds, engine, migration);
    }

    /** What a command that ends thus exits with. */
    public int status() {
        return stop.status();
    }

    /** One line for a person; empty where there is nothing to explain. */
    public String message() {
        return stop.message();
    }

    /** The line of {@code --stats}: {@code instructions=N seconds=S mips=M engine=E}, and a migration's figures. */
    public String statistics() {
        return figures().toString();
    }

    /** What this session took. */
    public Figures figures() {
        return Figures.of(this);
    }
}
