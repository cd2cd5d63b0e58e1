package io.scratchvm.vmm.linux.abi;

/** A system call does not return to the guest now. */
public final class NoReturn extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Outcome outcome;

    public NoReturn(Outcome outcome) {
        super(outcome.toString(), null, false, false);
        this.outcome = outcome;
    }

    public Outcome outcome() {
        return outcome;
    }
}
