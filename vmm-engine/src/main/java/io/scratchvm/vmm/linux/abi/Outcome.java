package io.scratchvm.vmm.linux.abi;

/**
 * What a system call comes to.
 *
 * @param kind the kind
 * @param number the exit status (0 to 255) or the signal; else 0
 * @param limit the name of the limit that was reached, or null
 */
public record Outcome(Kind kind, int number, String limit) {
    /** The kinds of outcome. */
    public enum Kind {
        /** RAX is set; the guest goes on. */
        CONTINUE,
        /** The guest has ended, with a status. */
        EXITED,
        /** The guest asked for SAVE. RAX is not set: the VM answers 0, 1 or -errno. */
        SAVE,
        /** The task has ended; its process has others. */
        TASK_EXITED,
        /** The task's call waits: another one's turn. Nothing was done. */
        WAIT,
        /** Every task waits for another one. */
        DEADLOCK,
        /** The guest would read standard input, and the VM asked to stop there. Nothing was done. */
        INPUT_WAIT,
        /** A wait was ended by the VM's stop request. Nothing was done. */
        STOPPED,
        /** A limit was reached; the guest cannot go on. */
        LIMIT,
        /** A signal ends the guest. */
        KILLED
    }

    public static final Outcome CONTINUE = new Outcome(Kind.CONTINUE, 0, null);
    public static final Outcome SAVE = new Outcome(Kind.SAVE, 0, null);
    public static final Outcome TASK_EXITED = new Outcome(Kind.TASK_EXITED, 0, null);
    public static final Outcome WAIT = new Outcome(Kind.WAIT, 0, null);
    public static final Outcome DEADLOCK = new Outcome(Kind.DEADLOCK, 0, null);
    public static final Outcome INPUT_WAIT = new Outcome(Kind.INPUT_WAIT, 0, null);
    public static final Outcome STOPPED = new Outcome(Kind.STOPPED, 0, null);
    public static final Outcome OUTPUT_LIMIT = new Outcome(Kind.LIMIT, 0, "output");

    public static Outcome exited(int status) {
        return new Outcome(Kind.EXITED, status & 0xff, null);
    }

    public static Outcome killed(int signal) {
        return new Outcome(Kind.KILLED, signal, null);
    }
}
