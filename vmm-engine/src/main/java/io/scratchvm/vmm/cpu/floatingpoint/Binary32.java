package io.scratchvm.vmm.cpu.floatingpoint;

import static io.scratchvm.vmm.cpu.floatingpoint.BinaryFormat.BINARY32;
import static io.scratchvm.vmm.cpu.floatingpoint.BinaryFormat.BINARY64;
import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.PRECISION;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

/**
 * Arithmetic on single precision numbers, as bits, that gives x86's result and exceptions. As in {@link Binary64} the
 * frequent case is Java's own; doubles, which hold products of floats exactly, tell whether it was exact.
 */
public final class Binary32 {
    private static final int EXPONENT = 0x7f80_0000;
    private static final long UNSIGNED = 0xffff_ffffL;

    private Binary32() {}

    /** Zero or normal: no operand that has an exception or a rule of its own. */
    static boolean isPlain(int a) {
        int exponent = a & EXPONENT;
        return exponent != 0 ? exponent != EXPONENT : a << 1 == 0;
    }

    /** Normal, and not the least normal number, which may have been tiny before it was rounded. */
    private static boolean isSafe(int a) {
        int exponent = a & EXPONENT;
        return exponent > 1 << 23 && exponent != EXPONENT;
    }

    private static boolean isZero(int a) {
        return a << 1 == 0;
    }

    /** Whether an operation on {@code a} and {@code b} that gave {@code result} can have raised precision alone. */
    public static boolean areOrdinary(int a, int b, int result) {
        return isPlain(a) && isPlain(b) && (isSafe(result) || isZero(result) && (isZero(a) || isZero(b)));
    }

    private static void noteUnlessExact(Mxcsr mxcsr, boolean exact) {
        if (!exact) {
            mxcsr.raise(PRECISION);
        }
    }

    public static int add(Mxcsr mxcsr, int first, int second) {
        float a = intBitsToFloat(first);
        float b = intBitsToFloat(second);
        float sum = a + b;
        int result = floatToRawIntBits(sum);
        if (!mxcsr.roundsToNearest() || !isPlain(first) || !isPlain(second) || !isPlain(result)) {
            return (int) Arithmetic.add(BINARY32, mxcsr, first & UNSIGNED, second & UNSIGNED);
        }
        noteErrorOfSum(mxcsr, a, b, sum);
        return result;
    }

    public static int subtract(Mxcsr mxcsr, int first, int second) {
        float a = intBitsToFloat(first);
        float b = intBitsToFloat(second);
        float difference = a - b;
        int result = floatToRawIntBits(difference);
        if (!mxcsr.roundsToNearest() || !isPlain(first) || !isPlain(second) || !isPlain(result)) {
            return (int) Arithmetic.subtract(BINARY32, mxcsr, first & UNSIGNED, second & UNSIGNED);
        }
        noteErrorOfSum(mxcsr, a, -b, difference);
        return result;
    }

    /** Knuth's TwoSum, as in {@link Binary64}. */
    private static void noteErrorOfSum(Mxcsr mxcsr, float a, float b, float sum) {
        if (mxcsr.isPrecisionKnown()) {
            return;
        }
        float ofB = sum - a;
        float ofA = sum - ofB;
        noteUnlessExact(mxcsr, b - ofB == 0 && a - ofA == 0);
    }

    public static int multiply(Mxcsr mxcsr, int first, int second) {
        double product = (double) intBitsToFloat(first) * intBitsToFloat(second);
        int result = floatToRawIntBits((float) product);
        if (!mxcsr.roundsToNearest() || !isPlain(first) || !isPlain(second) || !isSafe(result)) {
            return (int) Arithmetic.multiply(BINARY32, mxcsr, first & UNSIGNED, second & UNSIGNED);
        }
        noteUnlessExact(mxcsr, intBitsToFloat(result) == product);
        return result;
    }

    /** {@code first} times {@code second} plus {@code third}, rounded once. */
    public static int multiplyAdd(Mxcsr mxcsr, int first, int second, int third) {
        if (mxcsr.roundsToNearest()
                && mxcsr.isPrecisionKnown()
                && isPlain(first)
                && isPlain(second)
                && isPlain(third)) {
            int result =
                    floatToRawIntBits(Math.fma(intBitsToFloat(first), intBitsToFloat(second), intBitsToFloat(third)));
            if (isSafe(result)) {
                return result;
            }
        }
        return (int) Arithmetic.multiplyAdd(BINARY32, mxcsr, first & UNSIGNED, second & UNSIGNED, third & UNSIGNED);
    }

    /** The number of the other sign; a NaN stays as it is. */
    public static int negated(int first) {
        return BINARY32.isNaN(first & UNSIGNED) ? first : first ^ Integer.MIN_VALUE;
    }

    public static int divide(Mxcsr mxcsr, int first, int second) {
        float quotient = intBitsToFloat(first) / intBitsToFloat(second);
        int result = floatToRawIntBits(quotient);
        if (!mxcsr.roundsToNearest() || !isPlain(first) || !isPlain(second) || !isSafe(result)) {
            return (int) Arithmetic.divide(BINARY32, mxcsr, first & UNSIGNED, second & UNSIGNED);
        }
        noteUnlessExact(mxcsr, (double) quotient * intBitsToFloat(second) == intBitsToFloat(first));
        return result;
    }

    public static int squareRoot(Mxcsr mxcsr, int first) {
        float root = (float) Math.sqrt(intBitsToFloat(first));
        int result = floatToRawIntBits(root);
        if (!mxcsr.roundsToNearest() || !isPlain(first) || !isSafe(result)) {
            return (int) Arithmetic.squareRoot(BINARY32, mxcsr, first & UNSIGNED);
        }
        noteUnlessExact(mxcsr, (double) root * root == intBitsToFloat(first));
        return result;
    }

    public static int minimum(Mxcsr mxcsr, int first, int second) {
        if (isPlain(first) && isPlain(second)) {
            return intBitsToFloat(first) < intBitsToFloat(second) ? first : second;
        }
        return (int) Comparisons.minimum(BINARY32, mxcsr, first & UNSIGNED, second & UNSIGNED);
    }

    public static int maximum(Mxcsr mxcsr, int first, int second) {
        if (isPlain(first) && isPlain(second)) {
            return intBitsToFloat(first) > intBitsToFloat(second) ? first : second;
        }
        return (int) Comparisons.maximum(BINARY32, mxcsr, first & UNSIGNED, second & UNSIGNED);
    }

    /** @param signalling whether quiet NaNs are invalid too */
    public static Relation compare(Mxcsr mxcsr, int first, int second, boolean signalling) {
        if (isPlain(first) && isPlain(second)) {
            float a = intBitsToFloat(first);
            float b = intBitsToFloat(second);
            return a < b ? Relation.LESS : a > b ? Relation.GREATER : Relation.EQUAL;
        }
        return Comparisons.compare(BINARY32, mxcsr, first & UNSIGNED, second & UNSIGNED, signalling);
    }

    /** To an integer of 32 or 64 {@code bits} in MXCSR's rounding mode; the least one where it is out of range. */
    public static long toInteger(Mxcsr mxcsr, int first, int bits) {
        return Conversions.toInteger(BINARY32, mxcsr, mxcsr.roundingMode(), first & UNSIGNED, bits);
    }

    /** The same toward zero. */
    public static long truncate(Mxcsr mxcsr, int first, int bits) {
        if (isPlain(first)) {
            return Binary64.truncate(mxcsr, Double.doubleToRawLongBits(intBitsToFloat(first)), bits);
        }
        return Conversions.toInteger(BINARY32, mxcsr, RoundingMode.TOWARD_ZERO, first & UNSIGNED, bits);
    }

    public static int fromInteger(Mxcsr mxcsr, long value) {
        boolean exact = value << 39 >> 39 == value;
        return exact ? floatToRawIntBits(value) : (int) Conversions.fromInteger(BINARY32, mxcsr, value);
    }

    public static int fromBinary64(Mxcsr mxcsr, long first) {
        double a = Double.longBitsToDouble(first);
        int result = floatToRawIntBits((float) a);
        if (!mxcsr.roundsToNearest() || !isSafe(result)) {
            return (int) Conversions.convert(BINARY64, BINARY32, mxcsr, first);
        }
        noteUnlessExact(mxcsr, intBitsToFloat(result) == a);
        return result;
    }

    /** @param control the immediate of ROUNDPS and its kin (SDM volume 2, "ROUNDPD", figure 4-24) */
    public static int roundToIntegral(Mxcsr mxcsr, int first, int control) {
        int mode = RoundControl.mode(mxcsr, control);
        boolean precision = RoundControl.raisesPrecision(control);
        return (int) Conversions.roundToIntegral(BINARY32, mxcsr, mode, first & UNSIGNED, precision);
    }
}
