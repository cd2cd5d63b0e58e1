package io.scratchvm.vmm;

/**
 * Why a VM stopped.
 *
 * @param reason the kind
 * @param status what a command's exit status is to be: the guest's own; 128 + n for a guest ended by signal n; 0 at a
 *     save point; 125 where the VMM ended the guest
 * @param message one line for a person; empty where there is nothing to explain
 */
public record Stop(Reason reason, int status, String message) {
    /** The kinds of stop. */
    public enum Reason {
        /** The guest ended by itself: exit, or HLT with interrupts off. */
        EXITED,
        /** Signal: a fault in the guest's program that Linux would end it for. */
        KILLED,
        /** The guest asked for SAVE. */
        SAVE,
        /** The save point that the run was given is reached. */
        SAVE_POINT,
        /** Triple fault, or an instruction that nobody handles. */
        SHUTDOWN,
        /** A limit was reached. */
        LIMIT
    }

    /** Whether the guest cannot go on. */
    public boolean isEnd() {
        return reason != Reason.SAVE && reason != Reason.SAVE_POINT;
    }
}
