package io.scratchvm.vmm.device;

/**
 * How a guest ends its VM by a port.
 *
 * @param kind the kind
 * @param status of {@link Kind#EXIT}: a process's, 0 to 255; else 0
 * @param port that was written
 */
public record GuestEnd(Kind kind, int status, int port) {
    /** The kinds of end. */
    public enum Kind {
        /** The exit port was given a status. */
        EXIT,
        /** The power was switched off. */
        POWER_OFF,
        /** The machine is to be started again. */
        RESET
    }
}
