package io.scratchvm.vmm.linux.file;

/** The pending signals that a thread can take, as files give them. */
public interface SignalSource {
    /** Which there are, blocked ones included: bit n - 1 for signal n. */
    long pending();

    /** How many have come since the VM was made or restored. */
    long arrivals();

    /** Takes the next in {@code mask}, of which one is pending: struct signalfd_siginfo. */
    byte[] take(long mask);
}
