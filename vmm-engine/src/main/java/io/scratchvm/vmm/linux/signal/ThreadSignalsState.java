package io.scratchvm.vmm.linux.signal;

import java.util.List;

/**
 * What is saved of a thread's signals.
 *
 * @param blocked bit n - 1 for signal n
 * @param suspended whether {@code blocked} holds for the call that is under way only, as sigsuspend(2)'s does
 * @param maskAfterwards what is blocked after that call; 0 if there is none
 * @param stack the alternate signal stack
 * @param pending signals sent to this thread and not taken, in the order in which they were sent
 * @param trap the last exception
 */
public record ThreadSignalsState(
        long blocked, boolean suspended, long maskAfterwards, SignalStack stack, List<SignalInfo> pending, Trap trap) {
    static final int SS_ONSTACK = 1, SS_DISABLE = 2, SS_AUTODISARM = 1 << 31;

    /** Of a new program. */
    public static final ThreadSignalsState INITIAL =
            new ThreadSignalsState(0, false, 0, SignalStack.NONE, List.of(), Trap.NONE);

    /** The same with another mask. */
    public ThreadSignalsState blocking(long mask) {
        return new ThreadSignalsState(mask, suspended, maskAfterwards, stack, pending, trap);
    }

    public ThreadSignalsState {
        pending = List.copyOf(pending);
    }

    /** sigaltstack(2)'s stack_t; {@code flags} 2 (SS_DISABLE) while there is none. */
    public record SignalStack(long pointer, int flags, long size) {
        public static final SignalStack NONE = new SignalStack(0, SS_DISABLE, 0);

        /** Of what sigaltstack(2) tells: whether there is a stack and no handler runs on it. */
        boolean isFree() {
            return (flags & (SS_ONSTACK | SS_DISABLE)) == 0;
        }
    }

    /**
     * What a signal frame says of the thread's last exception, whatever the signal.
     *
     * @param number the exception's vector
     * @param address CR2, for page faults
     */
    public record Trap(int number, int errorCode, long address) {
        public static final Trap NONE = new Trap(0, 0, 0);
    }
}
