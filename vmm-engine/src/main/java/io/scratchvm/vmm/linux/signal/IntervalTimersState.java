package io.scratchvm.vmm.linux.signal;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.device.Clock;

/**
 * What is saved of a process's interval timers (setitimer(2)).
 *
 * @param real by the monotonic clock
 * @param virtual by the time that the process has computed
 * @param profiling by the same, the kernel's part included: there is none
 */
public record IntervalTimersState(Timer real, Timer virtual, Timer profiling) {
    /**
     * A timer.
     *
     * @param expiry when it expires next, in nanoseconds of its clock; 0 while it is disarmed
     * @param interval nanoseconds from each expiry to the next; 0 for once
     */
    public record Timer(long expiry, long interval) {
        public static final Timer DISARMED = new Timer(0, 0);

        /** The latest expiry: half as far again as time can be slept away. */
        public static final long LATEST = Clock.LATEST / 2 * 3;

        public Timer {
            if (expiry < 0 || expiry > LATEST || interval < 0 || interval > Clock.LATEST) {
                throw new VmmException("a timer that expires at " + expiry + " every " + interval + " ns is none");
            }
        }

        boolean isArmed() {
            return expiry != 0;
        }

        /** What is left of it at the moment {@code now}: never nothing, while it is armed. */
        long left(long now) {
            return isArmed() ? Math.max(1, expiry - now) : 0;
        }

        /**
         * The timer after its expiry, which is past at the moment {@code now}.
         *
         * @param least how long it is at least to the next one
         */
        Timer expired(long now, long least) {
            if (interval == 0) {
                return DISARMED;
            }
            long periods = (now - expiry) / interval + 1;
            return new Timer(Math.min(LATEST, Math.max(expiry + periods * interval, now + least)), interval);
        }
    }

    public static final IntervalTimersState INITIAL =
            new IntervalTimersState(Timer.DISARMED, Timer.DISARMED, Timer.DISARMED);
}
