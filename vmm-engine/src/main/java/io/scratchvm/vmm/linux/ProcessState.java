package io.scratchvm.vmm.linux;

import java.util.List;

/**
 * What is saved of a process but its files and its memory.
 *
 * @param workingDirectory absolute, under the guest's root
 * @param umask nine bits
 * @param actions what signals do, where not the default
 * @param blockedSignals bit n - 1 for signal n
 * @param signalStack the alternate signal stack
 * @param clearChildTid the address that set_tid_address(2) was given
 * @param robustList the address that set_robust_list(2) was given
 */
public record ProcessState(
        String workingDirectory,
        int umask,
        List<SignalAction> actions,
        long blockedSignals,
        SignalStack signalStack,
        long clearChildTid,
        long robustList) {
    /** sigaltstack(2)'s stack_t; {@code flags} 2 (SS_DISABLE) while there is none. */
    public record SignalStack(long pointer, int flags, long size) {}

    /** A process that has done nothing yet. */
    public static final ProcessState INITIAL = new ProcessState("/", 022, List.of(), 0, new SignalStack(0, 2, 0), 0, 0);

    public ProcessState {
        actions = List.copyOf(actions);
    }
}
