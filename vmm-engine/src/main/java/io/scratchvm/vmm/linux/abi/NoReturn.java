package io.scratchvm.vmm.linux.abi;

/** A system call does not return to the guest now. */
public final class NoReturn extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Outcome outcome;

    public NoReturn(Outcome outcome) {
        super(null, null, false, false);
        this.outcome = outcome;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** Made when somebody asks: these are thrown at every wait. */
    @Override
    public String getMessage() {
        return outcome.toString();
    }
}
