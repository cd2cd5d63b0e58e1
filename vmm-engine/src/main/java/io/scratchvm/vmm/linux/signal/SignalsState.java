package io.scratchvm.vmm.linux.signal;

import io.scratchvm.vmm.linux.signal.ThreadSignalsState.Trap;
import java.util.List;

/**
 * What is saved of a process's signals besides its actions, its first thread's mask and alternate stack.
 *
 * @param pending sent to the process and not taken, in the order in which they were sent
 * @param threadPending sent to the first thread
 * @param suspended whether the first thread's mask holds for the call under way only
 * @param maskAfterwards what it blocks after that; 0 if there is none
 * @param trap the first thread's last exception
 * @param timers its interval timers
 */
public record SignalsState(
        List<SignalInfo> pending,
        List<SignalInfo> threadPending,
        boolean suspended,
        long maskAfterwards,
        Trap trap,
        IntervalTimersState timers) {
    /** Of a process that has done nothing yet. */
    public static final SignalsState INITIAL =
            new SignalsState(List.of(), List.of(), false, 0, Trap.NONE, IntervalTimersState.INITIAL);

    public SignalsState {
        pending = List.copyOf(pending);
        threadPending = List.copyOf(threadPending);
    }
}
