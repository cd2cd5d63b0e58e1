package io.scratchvm.vmm.linux;

import java.util.function.BooleanSupplier;

/**
 * Why a task cannot get on with its call. It is never saved: a task that waits stands at its call, issues it again once the
 * wait may be over, and finds out anew whether it is.
 *
 * @param condition when the call may get further
 * @param deadline when it ends at the latest, in nanoseconds of the monotonic clock; {@link #FOREVER} for never
 * @param input how many bytes of standard input it could take; 0 where it does not wait for any
 */
record Wait(BooleanSupplier condition, long deadline, int input) {
    static final long FOREVER = Long.MAX_VALUE;

    private static final BooleanSupplier NEVER = () -> false;

    /** For a signal, which ends every wait. */
    static Wait forSignal() {
        return new Wait(NEVER, FOREVER, 0);
    }

    static Wait forCondition(BooleanSupplier condition) {
        return new Wait(condition, FOREVER, 0);
    }

    static Wait until(long deadline) {
        return new Wait(NEVER, deadline, 0);
    }

    static Wait forInput(int most) {
        return new Wait(NEVER, FOREVER, most);
    }

    /** This, but no longer than to {@code deadline}. */
    Wait orUntil(long deadline) {
        return new Wait(condition, deadline, input);
    }

    boolean isOver(long now) {
        return now >= deadline || condition.getAsBoolean();
    }
}
