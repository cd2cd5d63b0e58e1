package io.scratchvm.vmm.cpu.semantics;

import java.math.BigInteger;

/**
 * A binary floating-point number of 160 bits and without bounds to its exponent, for intermediate results of
 * transcendental functions: mantissa · 2^exponent. Each operation errs by less than 2^-158 of its result.
 */
record Real(BigInteger mantissa, int exponent) {
    private static final int PRECISION = 160;

    static final Real ZERO = new Real(BigInteger.ZERO, 0);
    static final Real ONE = of(1);

    /** A hexadecimal mantissa. */
    static Real of(String mantissa, int exponent) {
        return cut(new BigInteger(mantissa, 16), exponent);
    }

    static Real of(long value) {
        return cut(BigInteger.valueOf(value), 0);
    }

    /** A finite number. */
    static Real of(Extended a) {
        if (a.isZero()) {
            return ZERO;
        }
        BigInteger high = BigInteger.valueOf(a.normalized() >>> 32);
        BigInteger magnitude = high.shiftLeft(32).or(BigInteger.valueOf(a.normalized() & 0xffff_ffffL));
        return cut(a.isNegative() ? magnitude.negate() : magnitude, a.scale() - 63);
    }

    /** Cuts the magnitude to the precision. */
    static Real cut(BigInteger mantissa, int exponent) {
        int excess = mantissa.bitLength() - PRECISION;
        if (excess <= 0) {
            return new Real(mantissa, mantissa.signum() == 0 ? 0 : exponent);
        }
        BigInteger magnitude = mantissa.abs().shiftRight(excess);
        return new Real(mantissa.signum() < 0 ? magnitude.negate() : magnitude, exponent + excess);
    }

    boolean isZero() {
        return mantissa.signum() == 0;
    }

    boolean isNegative() {
        return mantissa.signum() < 0;
    }

    /** The magnitude is at least 2^scale and below 2^(scale + 1). Not of zero. */
    int scale() {
        return exponent + mantissa.abs().bitLength() - 1;
    }

    Real negated() {
        return new Real(mantissa.negate(), exponent);
    }

    Real absolute() {
        return new Real(mantissa.abs(), exponent);
    }

    /** This · 2^n. */
    Real shifted(int n) {
        return isZero() ? this : new Real(mantissa, exponent + n);
    }

    Real plus(Real other) {
        if (isZero() || other.isZero()) {
            return isZero() ? other : this;
        }
        return scale() >= other.scale() ? plusSmaller(other) : other.plusSmaller(this);
    }

    /** Of a number far too small to count, the direction is kept, so that directed rounding comes out right. */
    private Real plusSmaller(Real small) {
        int lowest = scale() - 2 * PRECISION;
        BigInteger addend = small.mantissa;
        int at = small.exponent;
        if (small.scale() < lowest) {
            addend = BigInteger.valueOf(small.mantissa.signum());
            at = lowest;
        }
        int common = Math.min(exponent, at);
        return cut(mantissa.shiftLeft(exponent - common).add(addend.shiftLeft(at - common)), common);
    }

    Real minus(Real other) {
        return plus(other.negated());
    }

    Real times(Real other) {
        return cut(mantissa.multiply(other.mantissa), exponent + other.exponent);
    }

    Real over(Real other) {
        int shift = Math.max(0, PRECISION + 2 + other.mantissa.bitLength() - mantissa.bitLength());
        return cut(mantissa.shiftLeft(shift).divide(other.mantissa), exponent - shift - other.exponent);
    }

    Real over(long divisor) {
        return over(of(divisor));
    }

    /** Of a number not negative. */
    Real squareRoot() {
        int shift = 2 * PRECISION + (exponent & 1);
        return cut(mantissa.shiftLeft(shift).sqrt(), exponent - shift >> 1);
    }

    int compareMagnitude(Real other) {
        return absolute().minus(other.absolute()).mantissa.signum();
    }

    /** The nearest register value in the sense of rounding control; {@code exact} unless digits follow without end. */
    Extended round(boolean exact, X87Rounding r) {
        BigInteger magnitude = mantissa.abs();
        int shift = magnitude.bitLength() - 128;
        BigInteger cut = magnitude.shiftRight(shift);
        boolean more = !exact || shift > 0 && magnitude.getLowestSetBit() < shift;
        return r.round(isNegative(), scale(), cut.shiftRight(64).longValue(), cut.longValue() | (more ? 1 : 0));
    }
}
