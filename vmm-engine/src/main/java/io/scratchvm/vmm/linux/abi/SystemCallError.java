package io.scratchvm.vmm.linux.abi;

/** A system call fails: the guest gets the negated error number. Never leaves this package's callers. */
public final class SystemCallError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int errno;

    /** @param errno one of {@link Errno} */
    public SystemCallError(int errno) {
        super("errno " + errno, null, false, false);
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }
}
