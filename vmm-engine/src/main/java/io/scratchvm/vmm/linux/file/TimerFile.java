package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;

/**
 * A timer that is read: timerfd_create(2). It is looked at when somebody asks, and keeps the time of its next expiry by the
 * monotonic clock, whatever its own is.
 */
public final class TimerFile implements AnonymousFile {
    private static final int SIZE = 8;

    private final int clock;

    /** 0 while it is disarmed. */
    private long expiry;

    private long interval;
    private long readExpirations;

    /** @param clock the number of the clock that it is made for */
    public TimerFile(int clock) {
        this.clock = clock;
    }

    /** The one that {@code state} is of: nothing has come since it was saved. */
    public TimerFile(TimerFileState state) {
        this(state.clock());
        set(state.expiry(), state.interval());
        readExpirations = -state.expirations();
    }

    public TimerFileState state(int file, long now) {
        return new TimerFileState(file, clock, expiry, interval, expirations(now));
    }

    public int clock() {
        return clock;
    }

    /** Nanoseconds from one expiry to the next; 0 where it expires once. */
    public long interval() {
        return interval;
    }

    /**
     * Arms it, or disarms it where {@code newExpiry} is 0.
     *
     * @param newExpiry by the monotonic clock
     */
    public void set(long newExpiry, long newInterval) {
        expiry = Math.min(newExpiry, Clock.LATEST);
        interval = Math.min(newInterval, Clock.LATEST);
        readExpirations++;
    }

    /** Nanoseconds to the next expiry; 0 where there is none. */
    public long left(long now) {
        if (expiry > now) {
            return expiry - now;
        }
        return expiry == 0 || interval == 0 ? 0 : interval - (now - expiry) % interval;
    }

    private long expirations(long now) {
        if (expiry == 0 || now < expiry) {
            return 0;
        }
        return interval == 0 ? 1 : (now - expiry) / interval + 1;
    }

    @Override
    public int readiness(Readiness around) {
        return expirations(around.now()) > 0 ? Readiness.POLLIN : 0;
    }

    @Override
    public long arrivals(Readiness around) {
        return readExpirations + expirations(around.now());
    }

    @Override
    public long nextEvent() {
        return expiry == 0 ? Readiness.NEVER : expiry;
    }

    @Override
    public @Nullable byte[] read(Readiness around, int room) {
        if (room < SIZE) {
            throw new SystemCallError(Errno.EINVAL);
        }
        long expirations = expirations(around.now());
        if (expirations == 0) {
            return null;
        }
        expiry = interval == 0 ? 0 : Math.min(Clock.LATEST, expiry + expirations * interval);
        readExpirations += expirations;
        return new Structure(SIZE).putLong(0, expirations).bytes();
    }
}
