package io.scratchvm.vmm.linux.signal;

import static io.scratchvm.vmm.linux.signal.ThreadSignalsState.SS_AUTODISARM;
import static io.scratchvm.vmm.linux.signal.ThreadSignalsState.SS_DISABLE;
import static io.scratchvm.vmm.linux.signal.ThreadSignalsState.SS_ONSTACK;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState.SignalStack;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState.Trap;

/** What each thread has of its own for signals: the mask, those sent to it alone, the alternate stack, its last trap. */
public final class ThreadSignals {
    private static final int MINIMUM_STACK = 2048;

    private final PendingSignals pending;
    private long blocked;
    private boolean suspended;
    private long maskAfterwards;
    private SignalStack stack;
    private Trap trap;

    public ThreadSignals(ThreadSignalsState state) {
        this.pending = new PendingSignals(state.pending());
        this.blocked = state.blocked() & ~Signals.UNBLOCKABLE;
        this.suspended = state.suspended();
        this.maskAfterwards = state.maskAfterwards() & ~Signals.UNBLOCKABLE;
        this.stack = state.stack();
        this.trap = state.trap();
    }

    public ThreadSignalsState state() {
        return new ThreadSignalsState(blocked, suspended, maskAfterwards, stack, pending.state(), trap);
    }

    // -- the mask ---------------------------------------------------------------------------------------------------

    /** The blocked signals, bit n - 1 for signal n. */
    public long blocked() {
        return blocked;
    }

    /** Signals that cannot be blocked are left out. */
    public void block(long mask) {
        blocked = mask & ~Signals.UNBLOCKABLE;
    }

    /** Blocks {@code mask} until the call that asks for it is over: sigsuspend(2). One that is issued again changes nothing. */
    public void suspend(long mask) {
        if (!suspended) {
            suspended = true;
            maskAfterwards = blocked;
            block(mask);
        }
    }

    /** The call that wanted a mask of its own is over, and no handler has begun that would put the old one back. */
    void resume() {
        if (suspended) {
            suspended = false;
            blocked = maskAfterwards;
        }
    }

    /** The mask that is to be there when a handler that begins now has returned. */
    long maskAfterwards() {
        return suspended ? maskAfterwards : blocked;
    }

    /** A handler for {@code signal} has begun; its frame holds {@link #maskAfterwards}. */
    void handlerEntered(SignalAction action) {
        suspended = false;
        long own = action.has(SignalAction.SA_NODEFER) ? 0 : Signals.bit(action.signal());
        block(blocked | action.mask() | own);
        if ((stack.flags() & SS_AUTODISARM) != 0) {
            stack = SignalStack.NONE;
        }
    }

    // -- pending signals --------------------------------------------------------------------------------------------

    public PendingSignals pending() {
        return pending;
    }

    // -- the alternate stack ----------------------------------------------------------------------------------------

    public SignalStack stack() {
        return stack;
    }

    /** What sigaltstack(2) tells a thread whose stack pointer is {@code sp}. */
    public SignalStack stackSeenFrom(long sp) {
        int shown = stack.size() == 0 ? SS_DISABLE : isOnStack(sp) ? SS_ONSTACK : 0;
        return new SignalStack(stack.pointer(), shown | stack.flags() & SS_AUTODISARM, stack.size());
    }

    /** Whether {@code sp} is on the stack that a handler of this thread is running on. */
    boolean isOnStack(long sp) {
        return (stack.flags() & SS_AUTODISARM) == 0 && isWithinStack(sp);
    }

    boolean isWithinStack(long sp) {
        return Long.compareUnsigned(sp, stack.pointer()) > 0
                && Long.compareUnsigned(sp - stack.pointer(), stack.size()) <= 0;
    }

    /** @throws SystemCallError EPERM on that very stack, EINVAL, ENOMEM if it is too small */
    public void setStack(SignalStack wanted, long sp) {
        if (isOnStack(sp)) {
            throw new SystemCallError(Errno.EPERM);
        }
        int mode = wanted.flags() & ~SS_AUTODISARM;
        if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (wanted.equals(stack)) {
            return;
        }
        if (mode == SS_DISABLE) {
            stack = new SignalStack(0, wanted.flags(), 0);
        } else if (Long.compareUnsigned(wanted.size(), MINIMUM_STACK) < 0) {
            throw new SystemCallError(Errno.ENOMEM);
        } else {
            stack = wanted;
        }
    }

    // -- the last trap ----------------------------------------------------------------------------------------------

    /** What signal frames say of the last exception. */
    public Trap trap() {
        return trap;
    }

    void trapped(Trap last) {
        trap = last;
    }
}
