package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.signal.SignalAction;
import io.scratchvm.vmm.linux.signal.SignalsState;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState.SignalStack;
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
 * @param signals what else there is of signals; null in images of format 1.0, which know of none
 * @param limits its resource limits; null in images of format 1.0, which know of none
 * @param scheduling how it is scheduled; null in images of format 1.1, which know of nothing but the default
 * @param attributes what its first thread has set by prctl(2); null for nothing, as in images of format 1.1
 */
public record ProcessState(
        String workingDirectory,
        int umask,
        List<SignalAction> actions,
        long blockedSignals,
        SignalStack signalStack,
        long clearChildTid,
        long robustList,
        @Nullable SignalsState signals,
        @Nullable ResourceLimitsState limits,
        @Nullable SchedulingState scheduling,
        @Nullable TaskAttributes attributes) {
    /** A process that has done nothing yet. */
    public static final ProcessState INITIAL = new ProcessState(
            "/",
            022,
            List.of(),
            0,
            SignalStack.NONE,
            0,
            0,
            SignalsState.INITIAL,
            ResourceLimitsState.INITIAL,
            SchedulingState.INITIAL,
            null);

    public ProcessState {
        actions = List.copyOf(actions);
        signals = signals == null ? SignalsState.INITIAL : signals;
        limits = limits == null ? ResourceLimitsState.INITIAL : limits;
        scheduling = scheduling == null ? SchedulingState.INITIAL : scheduling;
    }

    /** Of a process whose first thread has set nothing by prctl(2). */
    public ProcessState(
            String workingDirectory,
            int umask,
            List<SignalAction> actions,
            long blockedSignals,
            SignalStack signalStack,
            long clearChildTid,
            long robustList,
            @Nullable SignalsState signals,
            @Nullable ResourceLimitsState limits,
            @Nullable SchedulingState scheduling) {
        this(
                workingDirectory,
                umask,
                actions,
                blockedSignals,
                signalStack,
                clearChildTid,
                robustList,
                signals,
                limits,
                scheduling,
                null);
    }

    /** The first thread's signals. */
    public ThreadSignalsState threadSignals() {
        return new ThreadSignalsState(
                blockedSignals,
                signals.suspended(),
                signals.maskAfterwards(),
                signalStack,
                signals.threadPending(),
                signals.trap());
    }
}
