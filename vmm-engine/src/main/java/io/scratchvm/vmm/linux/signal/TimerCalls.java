package io.scratchvm.vmm.linux.signal;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;

/** Calls that set the process's interval timers: setitimer(2), getitimer(2), alarm(2). */
public final class TimerCalls implements SystemCallFamily {
    private static final long SECOND = 1_000_000_000L, MICROSECOND = 1000, MICROSECONDS = 1_000_000;
    private static final int SIZE = 32;

    private final UserMemory memory;
    private final IntervalTimers timers;

    public TimerCalls(UserMemory memory, IntervalTimers timers) {
        this.memory = memory;
        this.timers = timers;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 36 -> get((int) a0, a1);
            case 37 -> alarm(a0 & 0xffff_ffffL);
            case 38 -> set((int) a0, a1, a2);
            default -> NOT_MINE;
        };
    }

    private long get(int which, long out) {
        check(which);
        memory.write(out, value(which));
        return 0;
    }

    private long set(int which, long in, long out) {
        Structure wanted = in == 0 ? new Structure(SIZE) : Structure.of(memory.read(in, SIZE));
        long interval = nanos(wanted, 0);
        long left = nanos(wanted, 16);
        check(which);
        byte[] old = value(which);
        timers.set(which, left, interval);
        if (out != 0) {
            memory.write(out, old);
        }
        return 0;
    }

    private static void check(int which) {
        if (which < IntervalTimers.REAL || which > IntervalTimers.PROFILING) {
            throw new SystemCallError(Errno.EINVAL);
        }
    }

    /** struct itimerval, which rounds up: what is left of an armed timer is never shown as nothing. */
    private byte[] value(int which) {
        long interval = timers.interval(which);
        long left = timers.left(which) + MICROSECOND - 1;
        return new Structure(SIZE)
                .putLong(0, interval / SECOND)
                .putLong(8, interval % SECOND / MICROSECOND)
                .putLong(16, left / SECOND)
                .putLong(24, left % SECOND / MICROSECOND)
                .bytes();
    }

    private static long nanos(Structure value, int offset) {
        long seconds = value.getLong(offset);
        long micros = value.getLong(offset + 8);
        if (seconds < 0 || micros < 0 || micros >= MICROSECONDS) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return seconds > Long.MAX_VALUE / SECOND - 1 ? Long.MAX_VALUE : seconds * SECOND + micros * MICROSECOND;
    }

    /** What was left of the alarm before is rounded to seconds, but never to none. */
    private long alarm(long seconds) {
        long left = timers.left(IntervalTimers.REAL);
        timers.set(IntervalTimers.REAL, seconds * SECOND, 0);
        return left == 0 ? 0 : Math.max(1, (left + SECOND / 2) / SECOND);
    }
}
