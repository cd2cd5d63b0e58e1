package io.scratchvm.vmm.linux.signal;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.device.Timed;
import io.scratchvm.vmm.linux.signal.IntervalTimersState.Timer;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/** The interval timers of a process (setitimer(2)), which send it SIGALRM, SIGVTALRM and SIGPROF. */
public final class IntervalTimers implements Timed {
    /** Which timer: ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF. */
    public static final int REAL = 0, VIRTUAL = 1, PROFILING = 2;

    private static final int[] SIGNALS = {Signals.SIGALRM, Signals.SIGVTALRM, Signals.SIGPROF};

    /** The longest time that a timer is set to. */
    private static final long LONGEST = Clock.LATEST / 2;

    /** From one expiry to the next by the host's clock, in nanoseconds: a program is to get further than its handler. */
    private static final long LEAST = 200_000;

    private final Clock clock;
    private final Vcpu vcpu;
    private final LongSupplier computed;
    private final IntConsumer signal;
    private final Timer[] timers;

    /**
     * @param computed how many nanoseconds the process has computed
     * @param signal sends a signal to the process
     */
    public IntervalTimers(
            IntervalTimersState state, Clock clock, Vcpu vcpu, LongSupplier computed, IntConsumer signal) {
        this.clock = clock;
        this.vcpu = vcpu;
        this.computed = computed;
        this.signal = signal;
        this.timers = new Timer[] {state.real(), state.virtual(), state.profiling()};
    }

    public IntervalTimersState state() {
        return new IntervalTimersState(timers[REAL], timers[VIRTUAL], timers[PROFILING]);
    }

    private long now(int which) {
        return which == REAL ? clock.monotonic(vcpu.instructions) : computed.getAsLong();
    }

    /** Nanoseconds until a timer expires; 0 while it is disarmed. */
    public long left(int which) {
        return timers[which].left(now(which));
    }

    /** Nanoseconds from one expiry to the next. */
    public long interval(int which) {
        return timers[which].interval();
    }

    /** Arms a timer, or disarms it where {@code left} is 0. */
    public void set(int which, long left, long interval) {
        timers[which] = left == 0
                ? Timer.DISARMED
                : new Timer(Math.min(Timer.LATEST, now(which) + Math.min(left, LONGEST)), Math.min(interval, LONGEST));
    }

    /** When time that passes while nobody computes makes a timer expire; {@link #NEVER} for none. */
    public long nextRealExpiry() {
        return timers[REAL].isArmed() ? timers[REAL].expiry() : NEVER;
    }

    @Override
    public long nextEvent() {
        if (!timers[VIRTUAL].isArmed() && !timers[PROFILING].isArmed()) {
            return nextRealExpiry();
        }
        long left = Math.min(computedLeft(VIRTUAL), computedLeft(PROFILING));
        return Math.min(nextRealExpiry(), now(REAL) + left);
    }

    /** An image may have a timer that is further off; whoever gets there is told again. */
    private long computedLeft(int which) {
        return timers[which].isArmed() ? Math.min(LONGEST, timers[which].expiry() - now(which)) : LONGEST;
    }

    @Override
    public void advance(long now) {
        for (int which = 0; which < timers.length; which++) {
            long time = which == REAL ? now : now(which);
            if (timers[which].isArmed() && timers[which].expiry() <= time) {
                timers[which] = timers[which].expired(time, clock.isVirtual() ? 0 : LEAST);
                signal.accept(SIGNALS[which]);
            }
        }
    }
}
