package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.X87.*;

/**
 * Between register values and the formats of memory: single and double precision, integers and packed decimals (Intel
 * SDM volume 1, sections 4.2 and 4.7; volume 2: FLD, FST, FILD, FIST, FISTTP, FBLD, FBSTP).
 */
public final class X87Conversions {
    /** Above the magnitude of every packed decimal. */
    private static final long TEN_TO_18 = 1_000_000_000_000_000_000L;

    private static final int DECIMAL_DIGITS = 18;

    private X87Conversions() {}

    // -- single and double precision --------------------------------------------------------------------------------

    /** A number in single precision as an operand of arithmetic. Exact; a denormal counts as one in {@code r}. */
    public static Extended fromSingle(int bits, X87Rounding r) {
        return widen((long) bits << 32, 8, r);
    }

    /** A number in double precision as an operand of arithmetic. Exact; a denormal counts as one in {@code r}. */
    public static Extended fromDouble(long bits, X87Rounding r) {
        return widen(bits, 11, r);
    }

    /** {@code bits} with the sign on top, followed by so many bits of exponent, then the fraction. */
    private static Extended widen(long bits, int exponentBits, X87Rounding r) {
        int sign = bits < 0 ? Extended.SIGN : 0;
        int maximum = (1 << exponentBits) - 1;
        int exponent = (int) (bits << 1 >>> 64 - exponentBits);
        long fraction = bits << exponentBits;
        if (exponent == maximum) {
            return new Extended(fraction | Extended.INTEGER_BIT, sign | Extended.EXPONENT_MASK);
        }
        int bias = maximum >> 1;
        if (exponent != 0) {
            return new Extended(fraction | Extended.INTEGER_BIT, sign | exponent - bias + Extended.BIAS);
        }
        long denormal = fraction & ~Extended.INTEGER_BIT;
        if (denormal == 0) {
            return new Extended(0, sign);
        }
        r.denormalSource();
        int shift = Long.numberOfLeadingZeros(denormal);
        return new Extended(denormal << shift, sign | 1 - bias - shift + Extended.BIAS);
    }

    /** What FLD of a number in single or double precision pushes. */
    public static Extended loaded(Extended source, X87Rounding r) {
        Extended special = r.special(source);
        if (special != null) {
            return special;
        }
        r.loading().checkDenormal(source);
        return source;
    }

    /** To single precision; with unmasked exceptions the value means nothing and is not to be stored. */
    public static int toSingle(Extended a, X87Rounding r) {
        return (int) (narrow(a, 8, 24, r) >>> 32);
    }

    /** To double precision; with unmasked exceptions the value means nothing and is not to be stored. */
    public static long toDouble(Extended a, X87Rounding r) {
        return narrow(a, 11, 53, r);
    }

    /** The format's bits at the top of the result. */
    private static long narrow(Extended a, int exponentBits, int precision, X87Rounding r) {
        Extended special = r.special(a);
        Extended value = special != null ? special : a;
        long sign = value.isNegative() ? Long.MIN_VALUE : 0;
        int maximum = (1 << exponentBits) - 1;
        int fractionAt = 64 - exponentBits - precision;
        if (special != null || a.isInfinite()) {
            return sign | place(maximum, value.significand() << 1 >>> 65 - precision, precision, fractionAt);
        }
        if (a.isZero()) {
            return sign;
        }
        int biased = Math.min(a.scale() + (maximum >> 1), maximum);
        long magnitude = biased > 0 ? normal(a, biased, precision, r) : denormal(a, biased, precision, r);
        if (magnitude >>> precision - 1 >= maximum) {
            return sign | overflow(a.isNegative(), maximum, precision, r) << fractionAt;
        }
        return sign | magnitude << fractionAt;
    }

    private static long place(long exponent, long fraction, int precision, int fractionAt) {
        return (exponent << precision - 1 | fraction) << fractionAt;
    }

    /** Exponent and fraction side by side, so that a carry out of the fraction counts up the exponent. */
    private static long normal(Extended a, int biased, int precision, X87Rounding r) {
        int drop = 64 - precision;
        long kept = a.normalized() >>> drop;
        boolean up = r.roundsUp(a.isNegative(), (kept & 1) != 0, a.normalized() << precision);
        long fraction = kept & ~(1L << precision - 1);
        return ((long) biased << precision - 1) + fraction + (up ? 1 : 0);
    }

    private static long denormal(Extended a, int biased, int precision, X87Rounding r) {
        int drop = 64 - precision;
        long significand = a.normalized();
        boolean tiny = biased < 0 || !r.reachesNextBinade(a.isNegative(), significand, drop);
        if (tiny && r.isUnmasked(UE)) {
            r.raise(UE);
            return 0;
        }
        int shift = 1 - biased;
        long high = shift < 64 ? significand >>> shift : 0;
        long low = X87Rounding.shiftedLow(significand, 0, shift);
        long fraction = high << precision | (low != 0 ? 1 : 0);
        if (fraction != 0 && tiny) {
            r.raise(UE);
        }
        long kept = high >>> drop;
        return kept + (r.roundsUp(a.isNegative(), (kept & 1) != 0, fraction) ? 1 : 0);
    }

    private static long overflow(boolean negative, int maximum, int precision, X87Rounding r) {
        long infinity = (long) maximum << precision - 1;
        return r.overflowsToInfinity(negative) ? r.overflow(infinity, C1) : r.overflow(infinity - 1, 0);
    }

    // -- integers ---------------------------------------------------------------------------------------------------

    /** A signed integer. Exact. */
    public static Extended fromInteger(long value) {
        return fromMagnitude(Math.abs(value), value < 0);
    }

    /** An unsigned integer with a sign. */
    private static Extended fromMagnitude(long magnitude, boolean negative) {
        if (magnitude == 0) {
            return Extended.zero(negative);
        }
        int shift = Long.numberOfLeadingZeros(magnitude);
        int exponent = Extended.BIAS + 63 - shift;
        return new Extended(magnitude << shift, negative ? Extended.SIGN | exponent : exponent);
    }

    /** FIST: to a signed integer of {@code bits}, rounded; the smallest one where it does not fit. */
    public static long toInteger(Extended a, int bits, X87Rounding r) {
        return toInteger(a, bits, r, false);
    }

    /** FISTTP: as {@link #toInteger} but rounded towards zero. */
    public static long truncate(Extended a, int bits, X87Rounding r) {
        return toInteger(a, bits, r, true);
    }

    private static long toInteger(Extended a, int bits, X87Rounding r, boolean truncate) {
        long indefinite = -1L << bits - 1;
        if (isNoInteger(a)) {
            r.raise(IE);
            return indefinite;
        }
        long limit = 1L << bits - 1;
        long magnitude = magnitude(a, truncate ? r.towardsZero() : r);
        boolean fits = magnitude >= 0 && magnitude < limit || a.isNegative() && magnitude == limit;
        if (bits == 64) {
            fits = magnitude >= 0 || a.isNegative() && magnitude == Long.MIN_VALUE;
        }
        if (!fits || a.exponent() > Extended.BIAS + 63) {
            r.raiseInstead(IE);
            return indefinite;
        }
        return a.isNegative() ? -magnitude : magnitude;
    }

    /** NaNs, infinities, unsupported formats: what no integer stands for. */
    private static boolean isNoInteger(Extended a) {
        return a.isUnsupported() || a.exponent() == Extended.EXPONENT_MASK;
    }

    /** The rounded magnitude as an unsigned integer; nonsense from 2^64 on. */
    private static long magnitude(Extended a, X87Rounding r) {
        if (a.isZero()) {
            return 0;
        }
        int shift = 63 - a.scale();
        if (shift <= 0) {
            return a.normalized();
        }
        long kept = shift < 64 ? a.normalized() >>> shift : 0;
        long fraction = X87Rounding.shiftedLow(a.normalized(), 0, shift);
        return kept + (r.roundsUp(a.isNegative(), (kept & 1) != 0, fraction) ? 1 : 0);
    }

    /** FRNDINT: the nearest integer in the sense of rounding control. */
    public static Extended roundToInteger(Extended a, X87Rounding r) {
        Extended special = r.special(a);
        if (special != null) {
            return special;
        }
        if (a.isZero() || a.isInfinite()) {
            return a;
        }
        r.checkDenormal(a);
        if (a.scale() >= 63) {
            return a;
        }
        return fromMagnitude(magnitude(a, r), a.isNegative());
    }

    // -- packed decimals (SDM volume 1, section 4.7) ----------------------------------------------------------------

    /** FBLD; {@code low} holds sixteen digits, {@code high} two digits and the sign. Exact. */
    public static Extended fromDecimal(long low, int high) {
        long value = 0;
        for (int digit = DECIMAL_DIGITS - 1; digit >= 0; digit--) {
            long bits = digit >= 16 ? high >> 4 * (digit - 16) : low >>> 4 * digit;
            value = 10 * value + (bits & 0xf);
        }
        return fromMagnitude(value, (high & Extended.SIGN) != 0);
    }

    /** FBSTP: the rounded magnitude, or -1 where it is no integer or has too many digits. */
    public static long toDecimal(Extended a, X87Rounding r) {
        if (isNoInteger(a) || a.exponent() > Extended.BIAS + 63) {
            r.raise(IE);
            return -1;
        }
        long magnitude = magnitude(a, r);
        if (Long.compareUnsigned(magnitude, TEN_TO_18) >= 0) {
            r.raiseInstead(IE);
            return -1;
        }
        return magnitude;
    }

    /** {@code count} decimal digits of {@code value}, the last in the low four bits. */
    public static long digits(long value, int count) {
        long packed = 0;
        long rest = value;
        for (int digit = 0; digit < count; digit++) {
            packed |= rest % 10 << 4 * digit;
            rest /= 10;
        }
        return packed;
    }
}
