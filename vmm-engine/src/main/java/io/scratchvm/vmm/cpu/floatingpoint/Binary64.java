package io.scratchvm.vmm.cpu.floatingpoint;

import static io.scratchvm.vmm.cpu.floatingpoint.BinaryFormat.BINARY32;
import static io.scratchvm.vmm.cpu.floatingpoint.BinaryFormat.BINARY64;
import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.PRECISION;
import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;

/**
 * Arithmetic on double precision numbers, as bits, that gives x86's result and exceptions (SDM volume 1, chapter 4 and
 * section 11.5).
 *
 * <p>Where it rounds to nearest, and operands and result are zero or well inside the normal range, the result is Java's
 * own, for IEEE 754 leaves no choice there, and the one exception that there can be is precision: whether an operation
 * was exact follows from its result and integer arithmetic on the significands. Everything else takes the exact path.
 */
public final class Binary64 {
    private static final long EXPONENT = 0x7ff0_0000_0000_0000L, FRACTION = (1L << 52) - 1;

    private Binary64() {}

    /** Zero or normal: no operand that has an exception or a rule of its own. */
    private static boolean isPlain(long a) {
        long exponent = a & EXPONENT;
        return exponent != 0 ? exponent != EXPONENT : a << 1 == 0;
    }

    /** Normal, and not the least normal number, which may have been tiny before it was rounded. */
    private static boolean isSafe(long a) {
        long exponent = a & EXPONENT;
        return exponent > 1L << 52 && exponent != EXPONENT;
    }

    private static boolean isZero(long a) {
        return a << 1 == 0;
    }

    /** Whether an operation on {@code a} and {@code b} that gave {@code result} can have raised precision alone. */
    public static boolean areOrdinary(long a, long b, long result) {
        return isPlain(a) && isPlain(b) && (isSafe(result) || isZero(result) && (isZero(a) || isZero(b)));
    }

    private static int exponent(long a) {
        return (int) (a >>> 52) & 0x7ff;
    }

    private static long significand(long a) {
        return a & FRACTION | 1L << 52;
    }

    public static long add(Mxcsr mxcsr, long first, long second) {
        double a = longBitsToDouble(first);
        double b = longBitsToDouble(second);
        double sum = a + b;
        long result = doubleToRawLongBits(sum);
        if (!mxcsr.roundsToNearest() || !isPlain(first) || !isPlain(second) || !isPlain(result)) {
            return Arithmetic.add(BINARY64, mxcsr, first, second);
        }
        noteErrorOfSum(mxcsr, a, b, sum);
        return result;
    }

    public static long subtract(Mxcsr mxcsr, long first, long second) {
        double a = longBitsToDouble(first);
        double b = longBitsToDouble(second);
        double difference = a - b;
        long result = doubleToRawLongBits(difference);
        if (!mxcsr.roundsToNearest() || !isPlain(first) || !isPlain(second) || !isPlain(result)) {
            return Arithmetic.subtract(BINARY64, mxcsr, first, second);
        }
        noteErrorOfSum(mxcsr, a, -b, difference);
        return result;
    }

    /** The error of a sum is itself a double, found by Knuth's TwoSum (TAOCP volume 2, section 4.2.2, theorem B). */
    private static void noteErrorOfSum(Mxcsr mxcsr, double a, double b, double sum) {
        if (mxcsr.isPrecisionKnown()) {
            return;
        }
        double ofB = sum - a;
        double ofA = sum - ofB;
        if (b - ofB != 0 || a - ofA != 0) {
            mxcsr.raise(PRECISION);
        }
    }

    public static long multiply(Mxcsr mxcsr, long first, long second) {
        long result = doubleToRawLongBits(longBitsToDouble(first) * longBitsToDouble(second));
        if (!mxcsr.roundsToNearest() || !isPlain(first) || !isPlain(second) || !isSafe(result)) {
            return Arithmetic.multiply(BINARY64, mxcsr, first, second);
        }
        if (!mxcsr.isPrecisionKnown() && !isExactProduct(first, second, result)) {
            mxcsr.raise(PRECISION);
        }
        return result;
    }

    /** Whether the bits of the product below the result's last one are zero: they are as many as the factors' are. */
    private static boolean isExactProduct(long first, long second, long result) {
        int zeros = Long.numberOfTrailingZeros(significand(first)) + Long.numberOfTrailingZeros(significand(second));
        int carry = exponent(result) - (exponent(first) + exponent(second) - 1023);
        return zeros >= 52 + carry;
    }

    /** {@code first} times {@code second} plus {@code third}, rounded once. */
    public static long multiplyAdd(Mxcsr mxcsr, long first, long second, long third) {
        if (mxcsr.roundsToNearest()
                && mxcsr.isPrecisionKnown()
                && isPlain(first)
                && isPlain(second)
                && isPlain(third)) {
            double sum = Math.fma(longBitsToDouble(first), longBitsToDouble(second), longBitsToDouble(third));
            long result = doubleToRawLongBits(sum);
            if (isSafe(result)) {
                return result;
            }
        }
        return Arithmetic.multiplyAdd(BINARY64, mxcsr, first, second, third);
    }

    /** The number of the other sign; a NaN stays as it is. */
    public static long negated(long first) {
        return BINARY64.isNaN(first) ? first : first ^ BINARY64.sign;
    }

    public static long divide(Mxcsr mxcsr, long first, long second) {
        long result = doubleToRawLongBits(longBitsToDouble(first) / longBitsToDouble(second));
        if (!mxcsr.roundsToNearest() || !isPlain(first) || !isPlain(second) || !isSafe(result)) {
            return Arithmetic.divide(BINARY64, mxcsr, first, second);
        }
        if (!mxcsr.isPrecisionKnown() && !isExactQuotient(first, second, result)) {
            mxcsr.raise(PRECISION);
        }
        return result;
    }

    /** Result times divisor and the dividend differ by less than 64 bits hold, so the lower halves tell. */
    private static boolean isExactQuotient(long first, long second, long result) {
        int scale = 1075 + exponent(first) - exponent(second) - exponent(result);
        return significand(result) * significand(second) == significand(first) << scale;
    }

    public static long squareRoot(Mxcsr mxcsr, long first) {
        long result = doubleToRawLongBits(Math.sqrt(longBitsToDouble(first)));
        if (!mxcsr.roundsToNearest() || !isPlain(first) || !isSafe(result)) {
            return Arithmetic.squareRoot(BINARY64, mxcsr, first);
        }
        int scale = 1075 + exponent(first) - 2 * exponent(result);
        if (significand(result) * significand(result) != significand(first) << scale) {
            mxcsr.raise(PRECISION);
        }
        return result;
    }

    public static long minimum(Mxcsr mxcsr, long first, long second) {
        if (isPlain(first) && isPlain(second)) {
            return longBitsToDouble(first) < longBitsToDouble(second) ? first : second;
        }
        return Comparisons.minimum(BINARY64, mxcsr, first, second);
    }

    public static long maximum(Mxcsr mxcsr, long first, long second) {
        if (isPlain(first) && isPlain(second)) {
            return longBitsToDouble(first) > longBitsToDouble(second) ? first : second;
        }
        return Comparisons.maximum(BINARY64, mxcsr, first, second);
    }

    /** @param signalling whether quiet NaNs are invalid too */
    public static Relation compare(Mxcsr mxcsr, long first, long second, boolean signalling) {
        if (isPlain(first) && isPlain(second)) {
            double a = longBitsToDouble(first);
            double b = longBitsToDouble(second);
            return a < b ? Relation.LESS : a > b ? Relation.GREATER : Relation.EQUAL;
        }
        return Comparisons.compare(BINARY64, mxcsr, first, second, signalling);
    }

    /** To an integer of 32 or 64 {@code bits} in MXCSR's rounding mode; the least one where it is out of range. */
    public static long toInteger(Mxcsr mxcsr, long first, int bits) {
        return Conversions.toInteger(BINARY64, mxcsr, mxcsr.roundingMode(), first, bits);
    }

    /** The same toward zero. */
    public static long truncate(Mxcsr mxcsr, long first, int bits) {
        double a = longBitsToDouble(first);
        int result = (int) a;
        // Java gives these where the number is out of range.
        if (!isPlain(first) || result == Integer.MIN_VALUE || result == Integer.MAX_VALUE) {
            return Conversions.toInteger(BINARY64, mxcsr, RoundingMode.TOWARD_ZERO, first, bits);
        }
        if (result != a) {
            mxcsr.raise(PRECISION);
        }
        return result;
    }

    public static long fromInteger(Mxcsr mxcsr, long value) {
        boolean exact = value << 10 >> 10 == value;
        return exact ? doubleToRawLongBits(value) : Conversions.fromInteger(BINARY64, mxcsr, value);
    }

    public static long fromBinary32(Mxcsr mxcsr, int first) {
        return Binary32.isPlain(first)
                ? doubleToRawLongBits(Float.intBitsToFloat(first))
                : Conversions.convert(BINARY32, BINARY64, mxcsr, first & 0xffff_ffffL);
    }

    /** @param control the immediate of ROUNDPD and its kin (SDM volume 2, "ROUNDPD", figure 4-24) */
    public static long roundToIntegral(Mxcsr mxcsr, long first, int control) {
        int mode = RoundControl.mode(mxcsr, control);
        return Conversions.roundToIntegral(BINARY64, mxcsr, mode, first, RoundControl.raisesPrecision(control));
    }
}
