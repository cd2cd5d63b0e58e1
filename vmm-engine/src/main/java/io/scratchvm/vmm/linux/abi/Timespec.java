package io.scratchvm.vmm.linux.abi;

/** struct timespec (timespec(3type)), which here is one number of nanoseconds. */
public final class Timespec {
    /** Its size in bytes. */
    public static final int SIZE = 16;

    private static final long SECOND = 1_000_000_000L;

    private Timespec() {}

    /**
     * The time at {@code address}, {@link Long#MAX_VALUE} for any that is longer.
     *
     * @throws SystemCallError EFAULT; EINVAL for a negative one, or a second's nanoseconds or more beside the seconds
     */
    public static long read(UserMemory memory, long address) {
        return get(Structure.of(memory.read(address, SIZE)), 0);
    }

    /** As {@link #read}, of a time within a structure. */
    public static long get(Structure structure, int offset) {
        long seconds = structure.getLong(offset);
        long nanos = structure.getLong(offset + 8);
        if (seconds < 0 || nanos < 0 || nanos >= SECOND) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return seconds > Long.MAX_VALUE / SECOND - 1 ? Long.MAX_VALUE : seconds * SECOND + nanos;
    }

    /** Puts a time, not negative, into a structure, which is returned. */
    public static Structure put(Structure structure, int offset, long nanos) {
        return structure.putLong(offset, nanos / SECOND).putLong(offset + 8, nanos % SECOND);
    }

    /** A time, not negative, as it lies in memory. */
    public static byte[] bytes(long nanos) {
        return put(new Structure(SIZE), 0, nanos).bytes();
    }
}
