package io.scratchvm.vmm.cpu.floatingpoint;

import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.INVALID;
import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.PRECISION;

/** Conversions between formats, to and from integers, and rounding to integral numbers, all of them exact paths. */
final class Conversions {
    private Conversions() {}

    /** A NaN keeps the upper bits of its payload. */
    static long convert(BinaryFormat from, BinaryFormat to, Mxcsr mxcsr, long first) {
        boolean negative = from.isNegative(first);
        if (from.isNaN(first)) {
            long fraction = from.quieted(mxcsr, first) & ~(from.sign | from.infinity);
            long onTop = fraction << 63 - from.fractionBits;
            return to.signed(negative, to.infinity | onTop >>> 63 - to.fractionBits);
        }
        long a = from.operand(mxcsr, first);
        from.noteDenormal(mxcsr, a);
        if (from.isInfinite(a) || from.isZero(a)) {
            return to.signed(negative, from.isZero(a) ? 0 : to.infinity);
        }
        return to.rounded(mxcsr, negative, from.exponent(a), from.significand(a));
    }

    static long fromInteger(BinaryFormat format, Mxcsr mxcsr, long value) {
        if (value == 0) {
            return 0;
        }
        long magnitude = Math.abs(value);
        int shift = Long.numberOfLeadingZeros(magnitude);
        return format.rounded(mxcsr, value < 0, 63 - shift, magnitude << shift);
    }

    /**
     * The integer of {@code bits} (32 or 64) bits nearest to a number in the rounding mode's sense; the least one, with
     * the invalid exception, for a NaN and for what is out of range. Denormal operands are no exception here.
     */
    static long toInteger(BinaryFormat format, Mxcsr mxcsr, int mode, long first, int bits) {
        long indefinite = -1L << bits - 1;
        if (format.isNaN(first) || format.isInfinite(first)) {
            mxcsr.raise(INVALID);
            return indefinite;
        }
        long a = format.operand(mxcsr, first);
        if (format.isZero(a)) {
            return 0;
        }
        boolean negative = format.isNegative(a);
        int exponent = format.exponent(a);
        if (exponent >= bits - 1) {
            return outOfRange(format, mxcsr, a, exponent, bits, mode);
        }
        long integer = integer(mode, negative, exponent, format.significand(a));
        if (integer == -indefinite && !negative) {
            mxcsr.raise(INVALID);
            return indefinite;
        }
        if (rest(exponent, format.significand(a)) != 0) {
            mxcsr.raise(PRECISION);
        }
        return negative ? -integer : integer;
    }

    /** The least integer is in range, and so are numbers that round to it. */
    private static long outOfRange(BinaryFormat format, Mxcsr mxcsr, long a, int exponent, int bits, int mode) {
        long least = -1L << bits - 1;
        if (exponent > bits - 1
                || !format.isNegative(a)
                || integer(mode, true, exponent, format.significand(a)) != -least) {
            mxcsr.raise(INVALID);
        } else if (rest(exponent, format.significand(a)) != 0) {
            mxcsr.raise(PRECISION);
        }
        return least;
    }

    /** The magnitude rounded to an integer; exponents up to 63. */
    private static long integer(int mode, boolean negative, int exponent, long significand) {
        long integer = exponent < 0 ? 0 : significand >>> 63 - exponent;
        boolean up = RoundingMode.awayFromZero(mode, negative, (integer & 1) != 0, rest(exponent, significand));
        return up ? integer + 1 : integer;
    }

    /** The bits of a significand that are worth less than one. */
    private static long rest(int exponent, long significand) {
        if (exponent < 0) {
            return BinaryFormat.shiftedRight(significand, -1 - exponent);
        }
        return exponent >= 63 ? 0 : significand << exponent + 1;
    }

    /** The integral number nearest in the mode's sense, of the operand's sign. Denormal operands are no exception. */
    static long roundToIntegral(BinaryFormat format, Mxcsr mxcsr, int mode, long first, boolean precision) {
        if (format.isNaN(first)) {
            return format.quieted(mxcsr, first);
        }
        long a = format.operand(mxcsr, first);
        if (format.isZero(a) || format.isInfinite(a) || format.exponent(a) >= format.fractionBits) {
            return a;
        }
        boolean negative = format.isNegative(a);
        int exponent = format.exponent(a);
        if (precision && rest(exponent, format.significand(a)) != 0) {
            mxcsr.raise(PRECISION);
        }
        long integer = integer(mode, negative, exponent, format.significand(a));
        return format.signed(negative, fromInteger(format, mxcsr, integer));
    }
}
