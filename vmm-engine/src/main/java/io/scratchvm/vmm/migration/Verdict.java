package io.scratchvm.vmm.migration;

/**
 * How one side's part in a migration ended.
 *
 * @param reason one line for a person; empty where there is nothing to explain
 */
public record Verdict(Kind kind, String reason) {
    /** The ways to end. */
    public enum Kind {
        /** At the source: the VM runs at the destination. At the destination: it is to run here, now. */
        MOVED,
        /** Decided: this VM never runs at the destination. */
        ABORTED,
        /** Nothing is decided; both sides can go on by the token. */
        INTERRUPTED,
        /** The source has decided that the VM moves, or may have, and the other side is silent. */
        IN_DOUBT,
        /** At the destination: the VM ran here before. */
        OVER
    }

    static final Verdict MOVED = new Verdict(Kind.MOVED, "");
}
