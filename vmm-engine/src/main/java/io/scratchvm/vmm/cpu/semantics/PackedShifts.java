package io.scratchvm.vmm.cpu.semantics;

/** Shifts of the lanes of 64 bits, and of XMM registers by bytes. Counts are unsigned and as large as they like. */
public final class PackedShifts {
    private PackedShifts() {}

    private static boolean exceeds(int width, long count) {
        return Long.compareUnsigned(count, width) >= 0;
    }

    /** The low {@code width - count} bits of each lane. */
    private static long mask(int width, int count) {
        return PackedIntegers.ones(width) * (-1L >>> 64 - width + count);
    }

    public static long left(int width, long a, long count) {
        return exceeds(width, count) ? 0 : (a & mask(width, (int) count)) << count;
    }

    public static long right(int width, long a, long count) {
        return exceeds(width, count) ? 0 : a >>> count & mask(width, (int) count);
    }

    /** Counts beyond the width fill the lanes with their signs. */
    public static long rightArithmetic(int width, long a, long count) {
        int n = exceeds(width, count) ? width - 1 : (int) count;
        long sign = PackedIntegers.signs(width) >>> n;
        return PackedIntegers.subtract(width, right(width, a, n) ^ sign, sign);
    }

    /** VPSLLVD: each lane by that of {@code counts}. */
    public static long leftEach(int width, long a, long counts) {
        long result = 0;
        for (int n = 0; n < 64 / width; n++) {
            long lane = left(width, Shuffles.lane(width, a, n), Shuffles.lane(width, counts, n));
            result = Shuffles.insert(width, result, lane, n);
        }
        return result;
    }

    /** VPSRLVD. */
    public static long rightEach(int width, long a, long counts) {
        long result = 0;
        for (int n = 0; n < 64 / width; n++) {
            long lane = right(width, Shuffles.lane(width, a, n), Shuffles.lane(width, counts, n));
            result = Shuffles.insert(width, result, lane, n);
        }
        return result;
    }

    /** VPSRAVD. */
    public static long rightArithmeticEach(int width, long a, long counts) {
        long result = 0;
        for (int n = 0; n < 64 / width; n++) {
            long lane = rightArithmetic(width, Shuffles.lane(width, a, n), Shuffles.lane(width, counts, n));
            result = Shuffles.insert(width, result, lane, n);
        }
        return result;
    }

    /** PSLLDQ: the low half of the result. */
    public static long leftBytesLow(long low, int bytes) {
        return bytes < 8 ? low << 8 * bytes : 0;
    }

    /** PSLLDQ: the high half of the result. */
    public static long leftBytesHigh(long low, long high, int bytes) {
        if (bytes == 0) {
            return high;
        }
        return bytes < 8 ? high << 8 * bytes | low >>> 64 - 8 * bytes : leftBytesLow(low, bytes - 8);
    }

    /** PSRLDQ: the low half of the result. */
    public static long rightBytesLow(long low, long high, int bytes) {
        if (bytes == 0) {
            return low;
        }
        return bytes < 8 ? low >>> 8 * bytes | high << 64 - 8 * bytes : rightBytesHigh(high, bytes - 8);
    }

    /** PSRLDQ: the high half of the result. */
    public static long rightBytesHigh(long high, int bytes) {
        return bytes < 8 ? high >>> 8 * bytes : 0;
    }
}
