package io.scratchvm.vmm.linux;

/** A system call cannot finish yet, and has done nothing: its task waits, and issues it again. */
final class Blocked extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Wait wait;

    Blocked(Wait wait) {
        super("waits", null, false, false);
        this.wait = wait;
    }

    Wait waitingFor() {
        return wait;
    }
}
