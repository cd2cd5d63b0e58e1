package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;

/** The counter of an eventfd(2). */
public final class EventFile implements AnonymousFile {
    /** It never counts to 2^64 - 1. */
    private static final long HIGHEST = -2;

    private static final int SIZE = 8;

    private final boolean semaphore;
    private long count;
    private long arrivals;
    private long departures;

    /** @param semaphore whether a read takes 1 and not all */
    public EventFile(long count, boolean semaphore) {
        this.count = count;
        this.semaphore = semaphore;
    }

    public EventFile(EventFileState state) {
        this(state.count(), state.semaphore());
    }

    public EventFileState state(int file) {
        return new EventFileState(file, count, semaphore);
    }

    @Override
    public int readiness(Readiness around) {
        boolean writable = Long.compareUnsigned(count, HIGHEST) < 0;
        return (count != 0 ? Readiness.POLLIN : 0)
                | (writable ? Readiness.POLLOUT : 0)
                | (count == HIGHEST + 1 ? Readiness.POLLERR : 0);
    }

    @Override
    public long arrivals(Readiness around) {
        return arrivals;
    }

    @Override
    public long departures() {
        return departures;
    }

    @Override
    public @Nullable byte[] read(Readiness around, int room) {
        if (room < SIZE) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (count == 0) {
            return null;
        }
        long taken = semaphore ? 1 : count;
        count -= taken;
        departures++;
        return new Structure(SIZE).putLong(0, taken).bytes();
    }

    @Override
    public boolean write(long value) {
        if (value == -1) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (Long.compareUnsigned(value, HIGHEST - count) > 0) {
            return false;
        }
        count += value;
        arrivals++;
        return true;
    }
}
