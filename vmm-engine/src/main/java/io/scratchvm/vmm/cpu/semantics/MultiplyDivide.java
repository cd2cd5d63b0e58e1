package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;

/** Multiplication and division of 64-bit values into and from 128 bits; narrower ones need only Java's own. */
public final class MultiplyDivide {
    private MultiplyDivide() {}

    /** The upper half of the unsigned product. */
    public static long unsignedHigh(long a, long b) {
        return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
    }

    /** Records the flags of MUL: CF and OF where the upper half of the product is not zero. */
    public static void setUnsignedFlags(Flags flags, int shift, long low, long high) {
        flags.set(Flags.MUL | shift, 0, high != 0 ? 1 : 0, low);
    }

    /**
     * IMUL with one result register: the low part of the product, which may carry garbage above the operand size.
     * Records the flags.
     */
    public static long signedLow(Flags flags, int shift, long a, long b) {
        long left = a << shift >> shift;
        long right = b << shift >> shift;
        long low = left * right;
        boolean fits = shift == 0 ? Math.multiplyHigh(left, right) == low >> 63 : low << shift >> shift == low;
        flags.set(Flags.MUL | shift, 0, fits ? 0 : 1, low);
        return low;
    }

    /**
     * The quotient of an unsigned 128-bit dividend.
     *
     * @throws Fault #DE where it needs more than 64 bits, or the divisor is zero
     */
    public static long divideUnsigned(long high, long low, long divisor) {
        if (Long.compareUnsigned(high, divisor) >= 0) {
            throw Fault.of(Fault.DE);
        }
        if (high == 0) {
            return Long.divideUnsigned(low, divisor);
        }
        return longDivision(high, low, divisor);
    }

    /**
     * Schoolbook division, two digits of 32 bits (Knuth, The Art of Computer Programming, volume 2, section 4.3.1,
     * algorithm D). {@code high} is below {@code divisor}.
     */
    private static long longDivision(long high, long low, long divisor) {
        int normalize = Long.numberOfLeadingZeros(divisor);
        long d = divisor << normalize;
        long upper = normalize == 0 ? high : high << normalize | low >>> 64 - normalize;
        long lower = low << normalize;
        long firstDigit = digit(upper, lower >>> 32, d);
        long rest = (upper << 32 | lower >>> 32) - firstDigit * d;
        long secondDigit = digit(rest, lower & 0xffff_ffffL, d);
        return firstDigit << 32 | secondDigit;
    }

    /** The digit of (upper * 2^32 + next) / d, where d has its top bit set and upper is below d. */
    private static long digit(long upper, long next, long d) {
        long dHigh = d >>> 32;
        long dLow = d & 0xffff_ffffL;
        long estimate = Long.divideUnsigned(upper, dHigh);
        long remainder = upper - estimate * dHigh;
        while (estimate > 0xffff_ffffL || Long.compareUnsigned(estimate * dLow, remainder << 32 | next) > 0) {
            estimate--;
            remainder += dHigh;
            if (remainder > 0xffff_ffffL) {
                break;
            }
        }
        return estimate;
    }

    /**
     * The quotient of a signed 128-bit dividend, rounded towards zero.
     *
     * @throws Fault #DE where it needs more than 64 bits, or the divisor is zero
     */
    public static long divideSigned(long high, long low, long divisor) {
        boolean negative = high < 0;
        long magnitudeLow = negative ? -low : low;
        long magnitudeHigh = negative ? ~high + (low == 0 ? 1 : 0) : high;
        long quotient = divideUnsigned(magnitudeHigh, magnitudeLow, Math.abs(divisor));
        if (negative == divisor < 0) {
            return checkRange(quotient, quotient >= 0);
        }
        return checkRange(-quotient, -quotient <= 0);
    }

    /**
     * A quotient that was computed in 64 bits.
     *
     * @throws Fault #DE unless it {@code fits}
     */
    public static long checkRange(long quotient, boolean fits) {
        if (!fits) {
            throw Fault.of(Fault.DE);
        }
        return quotient;
    }
}
