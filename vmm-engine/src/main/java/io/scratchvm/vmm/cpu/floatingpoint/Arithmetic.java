package io.scratchvm.vmm.cpu.floatingpoint;

import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.ZERO_DIVIDE;

/**
 * The exact path of the arithmetic operations: any operands, all rounding modes, all exceptions. The result is computed
 * to 64 bits, the last of which stands for all that lie below, and then rounded once.
 */
final class Arithmetic {
    private Arithmetic() {}

    static long add(BinaryFormat format, Mxcsr mxcsr, long first, long second) {
        if (format.isNaN(first) || format.isNaN(second)) {
            return format.propagated(mxcsr, first, second);
        }
        return sum(format, mxcsr, first, second);
    }

    static long subtract(BinaryFormat format, Mxcsr mxcsr, long first, long second) {
        if (format.isNaN(first) || format.isNaN(second)) {
            return format.propagated(mxcsr, first, second);
        }
        return sum(format, mxcsr, first, second ^ format.sign);
    }

    private static long sum(BinaryFormat format, Mxcsr mxcsr, long first, long second) {
        long a = format.operand(mxcsr, first);
        long b = format.operand(mxcsr, second);
        boolean sameSign = format.isNegative(a) == format.isNegative(b);
        if (format.isInfinite(a) && format.isInfinite(b) && !sameSign) {
            return format.invalid(mxcsr);
        }
        format.noteDenormal(mxcsr, a);
        format.noteDenormal(mxcsr, b);
        if (format.isInfinite(a) || format.isInfinite(b)) {
            return format.isInfinite(a) ? a : b;
        }
        if (format.isZero(a) && format.isZero(b)) {
            return sameSign ? a : zeroSum(format, mxcsr);
        }
        if (format.isZero(a) || format.isZero(b)) {
            return unchanged(format, mxcsr, format.isZero(a) ? b : a);
        }
        boolean ordered = format.magnitude(a) >= format.magnitude(b);
        return sumOfOrdered(format, mxcsr, ordered ? a : b, ordered ? b : a);
    }

    /** The sum of two finite numbers other than zero, the first of which is not the smaller one. */
    private static long sumOfOrdered(BinaryFormat format, Mxcsr mxcsr, long great, long small) {
        boolean negative = format.isNegative(great);
        int exponent = format.exponent(great);
        // One bit of room for the carry.
        long a = format.significand(great) >>> 1;
        long b = BinaryFormat.shiftedRight(format.significand(small) >>> 1, exponent - format.exponent(small));
        long sum = negative == format.isNegative(small) ? a + b : a - b;
        if (sum == 0) {
            return zeroSum(format, mxcsr);
        }
        int shift = Long.numberOfLeadingZeros(sum);
        return format.rounded(mxcsr, negative, exponent + 1 - shift, sum << shift);
    }

    /** The sum of two numbers that differ in their signs alone. */
    static long zeroSum(BinaryFormat format, Mxcsr mxcsr) {
        return format.signed(mxcsr.roundingMode() == RoundingMode.DOWN, 0);
    }

    /** A number that is the result as it is; a denormal one is tiny. */
    private static long unchanged(BinaryFormat format, Mxcsr mxcsr, long a) {
        return format.rounded(mxcsr, format.isNegative(a), format.exponent(a), format.significand(a));
    }

    static long multiply(BinaryFormat format, Mxcsr mxcsr, long first, long second) {
        if (format.isNaN(first) || format.isNaN(second)) {
            return format.propagated(mxcsr, first, second);
        }
        long a = format.operand(mxcsr, first);
        long b = format.operand(mxcsr, second);
        boolean infinite = format.isInfinite(a) || format.isInfinite(b);
        boolean zero = format.isZero(a) || format.isZero(b);
        if (infinite && zero) {
            return format.invalid(mxcsr);
        }
        format.noteDenormal(mxcsr, a);
        format.noteDenormal(mxcsr, b);
        boolean negative = format.isNegative(a) != format.isNegative(b);
        if (infinite || zero) {
            return format.signed(negative, infinite ? format.infinity : 0);
        }
        return product(format, mxcsr, negative, a, b);
    }

    private static long product(BinaryFormat format, Mxcsr mxcsr, boolean negative, long a, long b) {
        long x = format.significand(a) >>> 1;
        long y = format.significand(b) >>> 1;
        long high = Math.multiplyHigh(x, y);
        long low = x * y;
        // Bit 61 of the upper half is worth twice the product of the leading bits.
        int shift = Long.numberOfLeadingZeros(high);
        long significand = high << shift | low >>> 64 - shift | (low << shift != 0 ? 1 : 0);
        return format.rounded(mxcsr, negative, format.exponent(a) + format.exponent(b) + 3 - shift, significand);
    }

    /** {@code first} times {@code second} plus {@code third}, rounded once. */
    static long multiplyAdd(BinaryFormat format, Mxcsr mxcsr, long first, long second, long third) {
        if (format.isNaN(first) || format.isNaN(second)) {
            long factors = format.propagated(mxcsr, first, second);
            return format.isNaN(third) ? format.propagated(mxcsr, factors, third) : factors;
        }
        if (format.isNaN(third)) {
            return format.quieted(mxcsr, third);
        }
        long a = format.operand(mxcsr, first);
        long b = format.operand(mxcsr, second);
        long c = format.operand(mxcsr, third);
        boolean infinite = format.isInfinite(a) || format.isInfinite(b);
        boolean zero = format.isZero(a) || format.isZero(b);
        boolean negative = format.isNegative(a) != format.isNegative(b);
        if (infinite && (zero || format.isInfinite(c) && format.isNegative(c) != negative)) {
            return format.invalid(mxcsr);
        }
        format.noteDenormal(mxcsr, a);
        format.noteDenormal(mxcsr, b);
        format.noteDenormal(mxcsr, c);
        if (infinite || format.isInfinite(c)) {
            return infinite ? format.signed(negative, format.infinity) : c;
        }
        if (zero && format.isZero(c)) {
            return format.isNegative(c) == negative ? c : zeroSum(format, mxcsr);
        }
        if (zero) {
            return unchanged(format, mxcsr, c);
        }
        return format.isZero(c)
                ? product(format, mxcsr, negative, a, b)
                : ProductSum.rounded(format, mxcsr, negative, a, b, c);
    }

    static long divide(BinaryFormat format, Mxcsr mxcsr, long first, long second) {
        if (format.isNaN(first) || format.isNaN(second)) {
            return format.propagated(mxcsr, first, second);
        }
        long a = format.operand(mxcsr, first);
        long b = format.operand(mxcsr, second);
        boolean negative = format.isNegative(a) != format.isNegative(b);
        if (format.isInfinite(a) && format.isInfinite(b) || format.isZero(a) && format.isZero(b)) {
            return format.invalid(mxcsr);
        }
        if (format.isZero(b) && !format.isInfinite(a)) {
            mxcsr.raise(ZERO_DIVIDE);
            return format.signed(negative, format.infinity);
        }
        format.noteDenormal(mxcsr, a);
        format.noteDenormal(mxcsr, b);
        if (format.isInfinite(a)) {
            return format.signed(negative, format.infinity);
        }
        if (format.isInfinite(b) || format.isZero(a)) {
            return format.signed(negative, 0);
        }
        return quotient(format, mxcsr, negative, a, b);
    }

    /**
     * The quotient's first 53 bits come from a division of doubles, which is off by at most one, and are put right by
     * the remainder; a division of longs gives ten more.
     */
    private static long quotient(BinaryFormat format, Mxcsr mxcsr, boolean negative, long a, long b) {
        long x = format.significand(a) >>> 11;
        long y = format.significand(b) >>> 11;
        int scale = x < y ? 53 : 52;
        long quotient = (long) ((double) x / (double) y * (1L << scale));
        // The products may not fit into 64 bits, but their difference does.
        long remainder = (x << scale) - quotient * y;
        if (remainder < 0) {
            quotient--;
            remainder += y;
        }
        long dividend = remainder << 10;
        long more = dividend / y;
        long significand = (quotient << 10 | more) << 1 | (more * y != dividend ? 1 : 0);
        return format.rounded(mxcsr, negative, format.exponent(a) - format.exponent(b) + 52 - scale, significand);
    }

    static long squareRoot(BinaryFormat format, Mxcsr mxcsr, long first) {
        if (format.isNaN(first)) {
            return format.quieted(mxcsr, first);
        }
        long a = format.operand(mxcsr, first);
        if (format.isZero(a)) {
            return a;
        }
        if (format.isNegative(a)) {
            return format.invalid(mxcsr);
        }
        format.noteDenormal(mxcsr, a);
        return format.isInfinite(a) ? a : root(format, mxcsr, a);
    }

    /** The root's first 53 bits come from a root of doubles, which is off by at most one; then as in a division. */
    private static long root(BinaryFormat format, Mxcsr mxcsr, long a) {
        int exponent = format.exponent(a);
        long x = format.significand(a) >>> 11;
        int scale = 52 + (exponent & 1);
        long root = (long) Math.sqrt((double) x * (1L << scale));
        long remainder = (x << scale) - root * root;
        if (remainder < 0) {
            root--;
            remainder += 2 * root + 1;
        }
        long half = remainder > root ? 1 << 10 : 0;
        return format.rounded(mxcsr, false, exponent >> 1, root << 11 | half | (remainder != 0 ? 1 : 0));
    }
}
