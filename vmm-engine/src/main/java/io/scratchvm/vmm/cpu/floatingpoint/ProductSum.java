package io.scratchvm.vmm.cpu.floatingpoint;

/**
 * A product and a number added to it: significands of 128 bits, the last of which stands for all that lie below. The
 * product has 106 bits at most, so that where the last bit of it is lost, no more than one leading bit can cancel.
 */
final class ProductSum {
    private final int exponent;
    private final long high;
    private final long low;

    /** A significand whose top bit, if it is set, is worth 2 to {@code exponent}. */
    private ProductSum(int exponent, long high, long low) {
        this.exponent = exponent;
        this.high = high;
        this.low = low;
    }

    /** {@code a} times {@code b}, whose sign is {@code negative}, plus {@code c}; all finite and other than zero. */
    static long rounded(BinaryFormat format, Mxcsr mxcsr, boolean negative, long a, long b, long c) {
        ProductSum product = product(format, a, b);
        ProductSum addend = new ProductSum(format.exponent(c), format.significand(c), 0);
        boolean ordered = product.isGreater(addend);
        ProductSum great = ordered ? product : addend;
        ProductSum small = ordered ? addend : product;
        boolean signOfGreat = ordered ? negative : format.isNegative(c);
        boolean sameSign = negative == format.isNegative(c);
        ProductSum room = great.shiftedRight(1);
        ProductSum aligned = small.shiftedRight(room.exponent - small.exponent);
        ProductSum sum = sameSign ? room.plus(aligned.high, aligned.low) : room.minus(aligned.high, aligned.low);
        if ((sum.high | sum.low) == 0) {
            return Arithmetic.zeroSum(format, mxcsr);
        }
        ProductSum normal = sum.normalized();
        return format.rounded(mxcsr, signOfGreat, normal.exponent, normal.high | (normal.low != 0 ? 1 : 0));
    }

    private static ProductSum product(BinaryFormat format, long a, long b) {
        // Significands of 53 bits at most: halves are no negative numbers.
        long x = format.significand(a) >>> 1;
        long y = format.significand(b) >>> 1;
        int exponent = format.exponent(a) + format.exponent(b) + 3;
        return new ProductSum(exponent, Math.multiplyHigh(x, y), x * y).normalized();
    }

    private boolean isGreater(ProductSum other) {
        if (exponent != other.exponent) {
            return exponent > other.exponent;
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh > 0 : Long.compareUnsigned(low, other.low) > 0;
    }

    private ProductSum plus(long otherHigh, long otherLow) {
        long sum = low + otherLow;
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        return new ProductSum(exponent, high + otherHigh + carry, sum);
    }

    private ProductSum minus(long otherHigh, long otherLow) {
        long borrow = Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0;
        return new ProductSum(exponent, high - otherHigh - borrow, low - otherLow);
    }

    private ProductSum shiftedRight(int distance) {
        int to = exponent + distance;
        if (distance == 0) {
            return this;
        }
        if (distance < 64) {
            long lower = high << 64 - distance | low >>> distance;
            long lost = low << 64 - distance;
            return new ProductSum(to, high >>> distance, lost != 0 ? lower | 1 : lower);
        }
        long lower = BinaryFormat.shiftedRight(high, distance - 64);
        return new ProductSum(to, 0, low != 0 ? lower | 1 : lower);
    }

    private ProductSum normalized() {
        int shift = high != 0 ? Long.numberOfLeadingZeros(high) : 64 + Long.numberOfLeadingZeros(low);
        if (shift == 0) {
            return this;
        }
        return shift < 64
                ? new ProductSum(exponent - shift, high << shift | low >>> 64 - shift, low << shift)
                : new ProductSum(exponent - shift, low << shift - 64, 0);
    }
}
