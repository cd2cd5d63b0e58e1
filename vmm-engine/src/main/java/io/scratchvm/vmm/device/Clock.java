package io.scratchvm.vmm.device;

import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.Host;
import java.util.function.BooleanSupplier;

/**
 * The guest's time. Virtual time begins at a fixed date and passes by one nanosecond for each retired instruction and
 * by what the guest sleeps; host time is the host's, its monotonic clock going on from the saved reading.
 */
public final class Clock {
    /** When virtual time begins: 2026-01-01T00:00:00Z, in nanoseconds since 1970. */
    public static final long VIRTUAL_START = 1_767_225_600_000_000_000L;

    /** The latest moment that is slept to: later ones, and as many instructions after it, still fit nanoseconds since 1970. */
    public static final long LATEST = (Long.MAX_VALUE - VIRTUAL_START) / 2;

    private static final int WAIT_MILLIS = 10;

    private final TimeSource source;
    private final Host host;
    private final long monotonicBase;
    private long slept;

    /** @throws VmmException if {@code state} is none that a clock comes to */
    public Clock(TimeSource source, Host host, ClockState state) {
        if (state.slept() < 0 || state.slept() > LATEST || state.monotonic() < 0 || state.monotonic() > LATEST) {
            throw new VmmException("the image's clock cannot be right: slept " + state.slept() + ", monotonic "
                    + state.monotonic() + " ns; save the VM again");
        }
        this.source = source;
        this.host = host;
        this.slept = state.slept();
        this.monotonicBase = isVirtual() ? 0 : state.monotonic() - host.monotonicTime();
    }

    public ClockState state() {
        return new ClockState(slept, isVirtual() ? 0 : monotonic(0));
    }

    /** Whether time is virtual: then nothing that the guest sees may tell the host's. */
    public boolean isVirtual() {
        return source == TimeSource.VIRTUAL;
    }

    /** CLOCK_REALTIME: nanoseconds since 1970, as the instruction numbered {@code instructions} sees it. */
    public long real(long instructions) {
        return isVirtual() ? VIRTUAL_START + monotonic(instructions) : host.realTime();
    }

    /** CLOCK_MONOTONIC: nanoseconds since the VM was created. */
    public long monotonic(long instructions) {
        return isVirtual() ? instructions + slept : monotonicBase + host.monotonicTime();
    }

    /**
     * Lets time pass until the monotonic clock shows {@code deadline}: at once where it is virtual.
     *
     * @return whether that moment came before {@code stop} said to stop
     */
    public boolean sleepUntil(long deadline, long instructions, BooleanSupplier stop) {
        if (isVirtual()) {
            slept += Math.max(0, deadline - monotonic(instructions));
            return true;
        }
        long left = deadline - monotonic(instructions);
        while (left > 0) {
            if (stop.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                return false;
            }
            host.sleep((int) Math.min(WAIT_MILLIS, left / 1_000_000 + 1));
            left = deadline - monotonic(instructions);
        }
        return true;
    }
}
