package io.scratchvm.vmm.cpu.semantics;

/**
 * A number in double extended-precision format (Intel SDM volume 1, section 4.2.2), any of its encodings.
 *
 * @param significand 64 bits, the explicit integer bit on top
 * @param signExponent the sign in bit 15, the biased exponent below; 16 bits
 */
public record Extended(long significand, int signExponent) {
    static final int BIAS = 16383;
    static final int EXPONENT_MASK = 0x7fff;
    static final int SIGN = 0x8000;
    static final long INTEGER_BIT = 1L << 63;
    static final long QUIET_BIT = 1L << 62;

    /** The exponent of denormals and of the smallest normal numbers, without bias. */
    static final int MIN_EXPONENT = 1 - BIAS;

    /** The NaN that masked invalid operations give. */
    public static final Extended INDEFINITE = new Extended(INTEGER_BIT | QUIET_BIT, SIGN | EXPONENT_MASK);

    public static final Extended ZERO = new Extended(0, 0);
    public static final Extended ONE = new Extended(INTEGER_BIT, BIAS);

    static Extended zero(boolean negative) {
        return new Extended(0, negative ? SIGN : 0);
    }

    static Extended infinity(boolean negative) {
        return new Extended(INTEGER_BIT, negative ? SIGN | EXPONENT_MASK : EXPONENT_MASK);
    }

    /** The biased exponent. */
    int exponent() {
        return signExponent & EXPONENT_MASK;
    }

    public boolean isNegative() {
        return (signExponent & SIGN) != 0;
    }

    /** Unnormals, pseudo-NaNs and pseudo-infinities: invalid as operands (SDM volume 1, section 8.2.2). */
    public boolean isUnsupported() {
        return exponent() != 0 && significand >= 0;
    }

    public boolean isNan() {
        return exponent() == EXPONENT_MASK && significand << 1 != 0 && significand < 0;
    }

    public boolean isSignalling() {
        return isNan() && (significand & QUIET_BIT) == 0;
    }

    public boolean isInfinite() {
        return exponent() == EXPONENT_MASK && significand == INTEGER_BIT;
    }

    public boolean isZero() {
        return exponent() == 0 && significand == 0;
    }

    /** Denormals and pseudo-denormals. */
    public boolean isDenormal() {
        return exponent() == 0 && significand != 0;
    }

    Extended quiet() {
        return new Extended(significand | QUIET_BIT, signExponent);
    }

    public Extended negated() {
        return new Extended(significand, signExponent ^ SIGN);
    }

    public Extended absolute() {
        return new Extended(significand, signExponent & ~SIGN);
    }

    /** Of a finite number but zero: the exponent that it has with {@link #normalized} as significand, without bias. */
    int scale() {
        return exponent() != 0 ? exponent() - BIAS : MIN_EXPONENT - Long.numberOfLeadingZeros(significand);
    }

    /** Of a finite number but zero: the significand with its top bit set. */
    long normalized() {
        return significand << Long.numberOfLeadingZeros(significand);
    }

    /** The tag that FNSTENV stores for a register in use that holds this: 0 a normal number, 1 zero, 2 special. */
    public int tag() {
        if (isZero()) {
            return 1;
        }
        return exponent() == 0 || exponent() == EXPONENT_MASK || significand >= 0 ? 2 : 0;
    }
}
