package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.X87.ZE;

/**
 * Addition, subtraction, multiplication, division and square root of the x87 (Intel SDM volume 2: FADD, FSUB, FMUL,
 * FDIV, FSQRT), exact to the last bit in every precision and rounding mode.
 */
public final class X87Arithmetic {
    private X87Arithmetic() {}

    /** a + b. */
    public static Extended add(Extended a, Extended b, X87Rounding r) {
        Extended special = r.special(a, b);
        return special != null ? special : sum(a, b, r);
    }

    /** a - b. */
    public static Extended subtract(Extended a, Extended b, X87Rounding r) {
        Extended special = r.special(a, b);
        return special != null ? special : sum(a, b.negated(), r);
    }

    private static Extended sum(Extended a, Extended b, X87Rounding r) {
        if (a.isInfinite() && b.isInfinite() && a.isNegative() != b.isNegative()) {
            return r.invalid();
        }
        r.checkDenormal(a, b);
        if (a.isInfinite() || b.isInfinite()) {
            return a.isInfinite() ? a : b;
        }
        if (a.isZero() && b.isZero()) {
            return a.isNegative() == b.isNegative() ? a : r.cancelled();
        }
        if (a.isZero() || b.isZero()) {
            Extended only = a.isZero() ? b : a;
            return r.round(only.isNegative(), only.scale(), only.normalized(), 0, r.precision());
        }
        return isSmaller(a, b) ? ordered(b, a, r) : ordered(a, b, r);
    }

    private static boolean isSmaller(Extended a, Extended b) {
        int difference = a.scale() - b.scale();
        return difference < 0 || difference == 0 && Long.compareUnsigned(a.normalized(), b.normalized()) < 0;
    }

    /** The sum of two finite numbers but zero, the first not smaller in magnitude. */
    private static Extended ordered(Extended large, Extended small, X87Rounding r) {
        int distance = large.scale() - small.scale();
        long addend = small.normalized();
        long low = distance == 0 ? 0 : X87Rounding.shiftedLow(addend, 0, distance);
        long high = distance < 64 ? addend >>> distance : 0;
        return large.isNegative() == small.isNegative()
                ? sumOfMagnitudes(large, high, low, r)
                : differenceOfMagnitudes(large, high, low, r);
    }

    private static Extended sumOfMagnitudes(Extended large, long high, long low, X87Rounding r) {
        long sum = large.normalized() + high;
        boolean carry = Long.compareUnsigned(sum, high) < 0;
        if (carry) {
            long shifted = sum >>> 1 | Extended.INTEGER_BIT;
            long rest = X87Rounding.shiftedLow(sum, low, 1);
            return r.round(large.isNegative(), large.scale() + 1, shifted, rest, r.precision());
        }
        return r.round(large.isNegative(), large.scale(), sum, low, r.precision());
    }

    private static Extended differenceOfMagnitudes(Extended large, long high, long low, X87Rounding r) {
        long difference = large.normalized() - high - (low != 0 ? 1 : 0);
        long rest = -low;
        if ((difference | rest) == 0) {
            return r.cancelled();
        }
        int shift = difference == 0 ? 64 : Long.numberOfLeadingZeros(difference);
        if (shift == 64) {
            difference = rest;
            rest = 0;
            int more = Long.numberOfLeadingZeros(difference);
            return r.round(large.isNegative(), large.scale() - 64 - more, difference << more, 0, r.precision());
        }
        if (shift > 0) {
            difference = difference << shift | rest >>> 64 - shift;
            rest <<= shift;
        }
        return r.round(large.isNegative(), large.scale() - shift, difference, rest, r.precision());
    }

    /** a · b. */
    public static Extended multiply(Extended a, Extended b, X87Rounding r) {
        Extended special = r.special(a, b);
        if (special != null) {
            return special;
        }
        boolean negative = a.isNegative() != b.isNegative();
        if (a.isInfinite() || b.isInfinite()) {
            if (a.isZero() || b.isZero()) {
                return r.invalid();
            }
            r.checkDenormal(a, b);
            return Extended.infinity(negative);
        }
        r.checkDenormal(a, b);
        if (a.isZero() || b.isZero()) {
            return Extended.zero(negative);
        }
        return product(negative, a.scale() + b.scale(), a.normalized(), b.normalized(), r);
    }

    private static Extended product(boolean negative, int scale, long a, long b, X87Rounding r) {
        long high = MultiplyDivide.unsignedHigh(a, b);
        long low = a * b;
        if (high < 0) {
            return r.round(negative, scale + 1, high, low, r.precision());
        }
        return r.round(negative, scale, high << 1 | low >>> 63, low << 1, r.precision());
    }

    /** a / b. */
    public static Extended divide(Extended a, Extended b, X87Rounding r) {
        Extended special = r.special(a, b);
        if (special != null) {
            return special;
        }
        boolean negative = a.isNegative() != b.isNegative();
        if (a.isInfinite() && b.isInfinite() || a.isZero() && b.isZero()) {
            return r.invalid();
        }
        if (b.isZero() && !a.isInfinite()) {
            r.raise(ZE);
            return Extended.infinity(negative);
        }
        r.checkDenormal(a, b);
        if (a.isInfinite()) {
            return Extended.infinity(negative);
        }
        if (a.isZero() || b.isInfinite()) {
            return Extended.zero(negative);
        }
        return quotient(negative, a.scale() - b.scale(), a.normalized(), b.normalized(), r);
    }

    private static Extended quotient(boolean negative, int scale, long a, long b, X87Rounding r) {
        boolean below = Long.compareUnsigned(a, b) < 0;
        long high = below ? a : a >>> 1;
        long low = below ? 0 : a << 63;
        long quotient = MultiplyDivide.divideUnsigned(high, low, b);
        long remainder = low - quotient * b;
        return r.round(negative, below ? scale - 1 : scale, quotient, fraction(remainder, b), r.precision());
    }

    /** What a remainder adds to a quotient: its first bit, and the last one for the rest. */
    private static long fraction(long remainder, long divisor) {
        if (remainder == 0) {
            return 0;
        }
        long order = remainder < 0 ? 1 : Long.compareUnsigned(remainder << 1, divisor);
        return order < 0 ? 1 : order == 0 ? 1L << 63 : 1L << 63 | 1;
    }

    /** The square root. */
    public static Extended squareRoot(Extended a, X87Rounding r) {
        Extended special = r.special(a);
        if (special != null) {
            return special;
        }
        if (a.isZero()) {
            return a;
        }
        if (a.isNegative()) {
            return r.invalid();
        }
        r.checkDenormal(a);
        if (a.isInfinite()) {
            return a;
        }
        boolean odd = (a.scale() & 1) != 0;
        long significand = a.normalized();
        return rootOf(a.scale() >> 1, odd ? significand : significand >>> 1, odd ? 0 : significand << 63, r);
    }

    /** Digit by digit, the root of high:low, which is at least 2^126. */
    private static Extended rootOf(int scale, long high, long low, X87Rounding r) {
        long root = 0;
        long remainderHigh = 0;
        long remainder = 0;
        for (int pair = 63; pair >= 0; pair--) {
            long next = (pair >= 32 ? high >>> 2 * pair - 64 : low >>> 2 * pair) & 3;
            remainderHigh = remainderHigh << 2 | remainder >>> 62;
            remainder = remainder << 2 | next;
            long trialHigh = root >>> 62;
            long trial = root << 2 | 1;
            root <<= 1;
            if (isBelow(remainderHigh, remainder, trialHigh, trial)) {
                continue;
            }
            remainderHigh -= trialHigh + (Long.compareUnsigned(remainder, trial) < 0 ? 1 : 0);
            remainder -= trial;
            root |= 1;
        }
        boolean exact = (remainderHigh | remainder) == 0;
        boolean aboveHalf = isBelow(0, root, remainderHigh, remainder);
        return r.round(false, scale, root, exact ? 0 : aboveHalf ? 1L << 63 | 1 : 1, r.precision());
    }

    private static boolean isBelow(long aHigh, long aLow, long bHigh, long bLow) {
        return aHigh != bHigh ? Long.compareUnsigned(aHigh, bHigh) < 0 : Long.compareUnsigned(aLow, bLow) < 0;
    }
}
