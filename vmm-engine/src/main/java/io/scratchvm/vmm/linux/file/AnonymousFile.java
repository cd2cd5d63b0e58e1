package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;

/**
 * What an open file is of that has no name and no bytes of its own: eventfd(2), timerfd_create(2), signalfd(2), epoll(7),
 * socketpair(2).
 */
public interface AnonymousFile {
    /** What it is ready for: POLLIN and its like. */
    int readiness(Readiness around);

    /** How often something has come that could make it readable: what is reported once for each (EPOLLET). */
    long arrivals(Readiness around);

    /** The same of what could make it writable. */
    default long departures() {
        return 0;
    }

    /** When time makes it ready, in nanoseconds of the monotonic clock; {@link Readiness#NEVER} for never. */
    default long nextEvent() {
        return Readiness.NEVER;
    }

    /**
     * What read(2) gives.
     *
     * @param count how many bytes fit
     * @return null while there is nothing
     * @throws SystemCallError EINVAL where there is never anything, or it does not fit
     */
    @Nullable
    default byte[] read(Readiness around, int count) {
        throw new SystemCallError(Errno.EINVAL);
    }

    /**
     * Takes what is written, if there is room now.
     *
     * @throws SystemCallError EINVAL for what cannot be written
     */
    default boolean write(long value) {
        throw new SystemCallError(Errno.EINVAL);
    }

    /** The last descriptor of it has been closed. */
    default void close() {}
}
