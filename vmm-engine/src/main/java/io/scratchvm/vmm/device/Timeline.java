package io.scratchvm.vmm.device;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What is to happen to the guest, by time. An engine runs up to the instruction count that the nearest event has; then
 * the event happens, between two instructions, at the same count in every run and under every engine while time is
 * virtual. Events of one moment happen in the order in which they were added.
 */
public final class Timeline {
    /** How many instructions run at most until the host's clock is looked at again, while something is to happen by it. */
    private static final long LOOK_AGAIN = 1 << 14;

    /** How many run at least: the host's clock goes on meanwhile, and events as fast as that would let nobody run. */
    private static final long LEAST = 1 << 10;

    private final Clock clock;
    private final List<Timed> all = new ArrayList<>();

    public Timeline(Clock clock) {
        this.clock = clock;
    }

    public void add(Timed timed) {
        all.add(timed);
    }

    /** When the next event is, in nanoseconds of {@link Clock#monotonic}, or {@link Timed#NEVER}. */
    public long nextEvent() {
        long next = Timed.NEVER;
        for (int i = 0; i < all.size(); i++) {
            next = Math.min(next, all.get(i).nextEvent());
        }
        return next;
    }

    /**
     * The instruction count at which the guest is to be left for the next event, {@link Long#MAX_VALUE} for never.
     *
     * @param instructions retired so far
     */
    public long nextCount(long instructions) {
        long next = nextEvent();
        if (next == Timed.NEVER) {
            return Long.MAX_VALUE;
        }
        long left = next - clock.monotonic(instructions);
        long run = clock.isVirtual() ? Math.max(0, left) : Math.min(Math.max(LEAST, left), LOOK_AGAIN);
        return instructions + run;
    }

    /** Lets happen what is due. */
    public void advance(long instructions) {
        if (all.isEmpty()) {
            return;
        }
        long now = clock.monotonic(instructions);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).nextEvent() <= now) {
                all.get(i).advance(now);
            }
        }
    }

    /**
     * Lets time pass up to the next event, of which there must be one: at once where time is virtual.
     *
     * @return whether that moment came before {@code stop} said to stop
     */
    public boolean sleep(long instructions, BooleanSupplier stop) {
        return clock.sleepUntil(nextEvent(), instructions, stop);
    }
}
