package io.scratchvm.vmm;

/**
 * Why a VM stopped.
 *
 * @param reason the kind
 * @param status what a command's exit status is to be: the guest's own; 128 + n for a guest ended by signal n; 0 at a
 *     save point or of a VM that was moved; 124 for a migration in doubt; 125 where the VMM ended the guest
 * @param message one line for a person; empty where there is nothing to explain
 */
public record Stop(Reason reason, int status, String message) {
    /** The kinds of stop. */
    public enum Reason {
        /** The guest ended by itself: exit, the exit port, power off, or HLT with interrupts off. */
        EXITED,
        /** Signal: a fault in the guest's program that Linux would end it for. */
        KILLED,
        /** The guest asked for SAVE. */
        SAVE,
        /** The save point that the run was given is reached. */
        SAVE_POINT,
        /** The VM runs at the destination that it was sent to. */
        MOVED,
        /** The VM was not moved, or not taken: nobody runs it, and the message says how to go on. */
        NOT_MOVED,
        /** The source has decided that the destination runs the VM, or is yet to say so, and the other side is silent. */
        IN_DOUBT,
        /** The guest asked for a reset, which ends this VM: nothing in it would start it again. */
        RESET,
        /** Triple fault, or a wait for what cannot come. */
        SHUTDOWN,
        /** A limit was reached. */
        LIMIT
    }

    /** Whether the guest cannot go on. */
    public boolean isEnd() {
        return reason != Reason.SAVE && reason != Reason.SAVE_POINT && reason != Reason.MOVED;
    }
}
