package io.scratchvm.vmm.cpu.floatingpoint;

import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.*;

/**
 * A binary interchange format of IEEE 754: what its bits mean, and how an exact value becomes one of its numbers.
 * Numbers are bits in a long, right-aligned.
 *
 * <p>Between unpacking and rounding a finite number other than zero is an unbiased exponent and a significand whose top
 * bit, bit 63, is worth 2 to that exponent; bit 0 may stand for all that lies below it.
 */
final class BinaryFormat {
    static final BinaryFormat BINARY16 = new BinaryFormat(10, 5);
    static final BinaryFormat BINARY32 = new BinaryFormat(23, 8);
    static final BinaryFormat BINARY64 = new BinaryFormat(52, 11);

    final int fractionBits;
    final long sign;
    final long infinity;

    /** The bit that tells a quiet NaN from a signalling one. */
    final long quiet;

    private final int bias;
    private final int leastExponent;

    private BinaryFormat(int fractionBits, int exponentBits) {
        this.fractionBits = fractionBits;
        sign = 1L << fractionBits + exponentBits;
        infinity = sign - (1L << fractionBits);
        quiet = 1L << fractionBits - 1;
        bias = (1 << exponentBits - 1) - 1;
        leastExponent = 1 - bias;
    }

    // -- what bits mean -----------------------------------------------------------------------------------------------

    boolean isNegative(long a) {
        return (a & sign) != 0;
    }

    long magnitude(long a) {
        return a & sign - 1;
    }

    boolean isZero(long a) {
        return magnitude(a) == 0;
    }

    boolean isInfinite(long a) {
        return magnitude(a) == infinity;
    }

    boolean isNaN(long a) {
        return magnitude(a) > infinity;
    }

    boolean isSignallingNaN(long a) {
        return isNaN(a) && (a & quiet) == 0;
    }

    boolean isDenormal(long a) {
        return (a & infinity) == 0 && !isZero(a);
    }

    /** Not zero, nor denormal, infinite or a NaN. */
    boolean isNormal(long a) {
        long exponent = a & infinity;
        return exponent != 0 && exponent != infinity;
    }

    /** The unbiased exponent of a finite number other than zero, as if there were denormal ones no more. */
    int exponent(long a) {
        int biased = (int) ((a & infinity) >>> fractionBits);
        return biased != 0
                ? biased - bias
                : leastExponent + 63 - fractionBits - Long.numberOfLeadingZeros(magnitude(a));
    }

    /** The significand of a finite number other than zero. */
    long significand(long a) {
        long fraction = a & ~(sign | infinity);
        return isDenormal(a)
                ? fraction << Long.numberOfLeadingZeros(fraction)
                : fraction << 63 - fractionBits | Long.MIN_VALUE;
    }

    // -- operands -----------------------------------------------------------------------------------------------------

    /** {@code a}, or zero in its place where it is denormal and MXCSR wants that. */
    long operand(Mxcsr mxcsr, long a) {
        return mxcsr.denormalsAreZero() && isDenormal(a) ? a & sign : a;
    }

    void noteDenormal(Mxcsr mxcsr, long a) {
        if (isDenormal(a)) {
            mxcsr.raise(DENORMAL);
        }
    }

    // -- results ------------------------------------------------------------------------------------------------------

    /** The NaN of an operation without NaNs among its operands: negative, quiet, without payload. */
    long invalid(Mxcsr mxcsr) {
        mxcsr.raise(INVALID);
        return sign | infinity | quiet;
    }

    /** The result of an operation on a NaN alone. */
    long quieted(Mxcsr mxcsr, long nan) {
        if (isSignallingNaN(nan)) {
            mxcsr.raise(INVALID);
        }
        return nan | quiet;
    }

    /** The result of an operation on two numbers of which at least one is a NaN (SDM volume 1, table 4-7). */
    long propagated(Mxcsr mxcsr, long a, long b) {
        if (isSignallingNaN(a) || isSignallingNaN(b)) {
            mxcsr.raise(INVALID);
        }
        return (isNaN(a) ? a : b) | quiet;
    }

    long signed(boolean negative, long magnitude) {
        return negative ? sign | magnitude : magnitude;
    }

    /** The number nearest to an exact value in the rounding mode's sense, with the exceptions of a result. */
    long rounded(Mxcsr mxcsr, boolean negative, int exponent, long significand) {
        if (exponent < leastExponent) {
            return roundedTiny(mxcsr, negative, exponent, significand);
        }
        int discarded = 63 - fractionBits;
        long rest = significand << 64 - discarded;
        // The leading bit of what is kept adds one to the exponent, as a carry out of it does.
        long magnitude = ((long) (exponent + bias - 1) << fractionBits) + kept(mxcsr, negative, significand, rest);
        if (exponent + bias >= infinity >>> fractionBits || magnitude >= infinity) {
            mxcsr.raise(rest != 0 || mxcsr.masksOverflow() ? OVERFLOW | PRECISION : OVERFLOW);
            return signed(negative, overflow(mxcsr.roundingMode(), negative));
        }
        if (rest != 0) {
            mxcsr.raise(PRECISION);
        }
        return signed(negative, magnitude);
    }

    /** The upper bits of a significand, as many as the format has, rounded by what is left of it. */
    private long kept(Mxcsr mxcsr, boolean negative, long significand, long rest) {
        long kept = significand >>> 63 - fractionBits;
        boolean up = RoundingMode.awayFromZero(mxcsr.roundingMode(), negative, (kept & 1) != 0, rest);
        return up ? kept + 1 : kept;
    }

    private long overflow(int mode, boolean negative) {
        boolean toInfinity =
                switch (mode) {
                    case RoundingMode.NEAREST -> true;
                    case RoundingMode.DOWN -> negative;
                    case RoundingMode.UP -> !negative;
                    default -> false;
                };
        return toInfinity ? infinity : infinity - 1;
    }

    /** A value below the least normal number; whether it is tiny is decided after rounding (SDM volume 1, 4.9.1.5). */
    private long roundedTiny(Mxcsr mxcsr, boolean negative, int exponent, long significand) {
        int discarded = 63 - fractionBits;
        long unlimited = significand << 64 - discarded;
        boolean tiny =
                exponent < leastExponent - 1 || kept(mxcsr, negative, significand, unlimited) < 1L << fractionBits + 1;
        if (tiny && !mxcsr.masksUnderflow()) {
            // The handler is to get the number as it would be without a limit of the exponent.
            mxcsr.raise(unlimited != 0 ? UNDERFLOW | PRECISION : UNDERFLOW);
            return signed(negative, 0);
        }
        if (tiny && mxcsr.flushesToZero()) {
            mxcsr.raise(UNDERFLOW | PRECISION);
            return signed(negative, 0);
        }
        long denormal = shiftedRight(significand, leastExponent - exponent);
        long rest = denormal << 64 - discarded;
        if (rest != 0) {
            mxcsr.raise(tiny ? UNDERFLOW | PRECISION : PRECISION);
        }
        return signed(negative, kept(mxcsr, negative, denormal, rest));
    }

    /** A significand shifted right; bit 0 stands for what leaves it. */
    static long shiftedRight(long significand, int distance) {
        if (distance > 63) {
            return significand != 0 ? 1 : 0;
        }
        long left = significand >>> distance;
        return left << distance == significand ? left : left | 1;
    }
}
