package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.signal.SignalDelivery;
import java.util.function.BooleanSupplier;

/**
 * Why a task cannot get on with its call. It is never saved: a task that waits stands at its call, issues it again once the
 * wait may be over, and finds out anew whether it is.
 *
 * @param condition when the call may get further
 * @param deadline when it ends at the latest, in nanoseconds of the monotonic clock; {@link #FOREVER} for never
 * @param input how many bytes of standard input it could take; 0 where it does not wait for any
 * @param interruption what a signal does to it
 */
record Wait(BooleanSupplier condition, long deadline, int input, Interruption interruption) {
    static final long FOREVER = Long.MAX_VALUE;

    private static final BooleanSupplier NEVER = () -> false;

    /** What becomes of a call that waits when its task has a signal to take (signal(7)). */
    enum Interruption {
        /** It ends with EINTR, or begins again after a handler with SA_RESTART. */
        RESTARTS(Errno.ERESTARTSYS),
        /** It ends with EINTR. */
        ENDS(Errno.ERESTARTNOHAND),
        /** It waits on. */
        NONE(0);

        private final int errno;

        Interruption(int errno) {
            this.errno = errno;
        }

        /** What the call answers, for {@link SignalDelivery#afterCall}. */
        int errno() {
            return errno;
        }
    }

    /** For a signal. */
    static Wait forSignal() {
        return new Wait(NEVER, FOREVER, 0, Interruption.ENDS);
    }

    static Wait forCondition(BooleanSupplier condition) {
        return new Wait(condition, FOREVER, 0, Interruption.RESTARTS);
    }

    static Wait until(long deadline) {
        return new Wait(NEVER, deadline, 0, Interruption.ENDS);
    }

    static Wait forInput(int most) {
        return new Wait(NEVER, FOREVER, most, Interruption.RESTARTS);
    }

    /** This, but no longer than to {@code other}. */
    Wait orUntil(long other) {
        return new Wait(condition, other, input, interruption);
    }

    /** This, or for as much standard input. */
    Wait orForInput(int most) {
        return new Wait(condition, deadline, most, interruption);
    }

    /** This, with another answer to signals. */
    Wait with(Interruption other) {
        return new Wait(condition, deadline, input, other);
    }

    boolean isOver(long now) {
        return now >= deadline || condition.getAsBoolean();
    }

    boolean canBeInterrupted() {
        return interruption != Interruption.NONE;
    }
}
