package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.X87.*;

/** What takes numbers apart and remainders exactly (Intel SDM volume 2: FSCALE, FXTRACT, FPREM, FPREM1). */
public final class X87Scaling {
    /** Beyond every exponent difference that leaves a number finite and not zero, biased ones included. */
    private static final int FAR = 0x10000;

    private X87Scaling() {}

    /** FSCALE: a · 2^b, b cut to an integer. */
    public static Extended scale(Extended a, Extended b, X87Rounding r) {
        Extended special = r.special(a, b);
        if (special != null) {
            return special;
        }
        if (b.isInfinite()) {
            return scaleByInfinity(a, b.isNegative(), r);
        }
        r.checkDenormal(a, b);
        if (a.isInfinite() || a.isZero() || b.isZero() && !a.isDenormal()) {
            return a;
        }
        return r.round(a.isNegative(), a.scale() + integer(b), a.normalized(), 0);
    }

    private static Extended scaleByInfinity(Extended a, boolean down, X87Rounding r) {
        if (down ? a.isInfinite() : a.isZero()) {
            return r.invalid();
        }
        r.checkDenormal(a);
        return down ? Extended.zero(a.isNegative()) : Extended.infinity(a.isNegative());
    }

    /** A finite number cut to an integer, from -FAR to FAR. */
    private static int integer(Extended b) {
        if (b.isZero() || b.scale() < 0) {
            return 0;
        }
        int magnitude = b.scale() > 15 ? FAR : (int) (b.normalized() >>> 63 - b.scale());
        return b.isNegative() ? -magnitude : magnitude;
    }

    /** FXTRACT: the exponent, as a number. Raises what the instruction raises. */
    public static Extended exponent(Extended a, X87Rounding r) {
        Extended special = r.special(a);
        if (special != null) {
            return special;
        }
        if (a.isInfinite()) {
            return Extended.infinity(false);
        }
        if (a.isZero()) {
            r.raise(ZE);
            return Extended.infinity(true);
        }
        r.checkDenormal(a);
        return X87Conversions.fromInteger(a.scale());
    }

    /** FXTRACT: the significand, as a number from 1 to 2 with the sign. Raises nothing: {@link #exponent} does. */
    public static Extended significand(Extended a) {
        if (a.isUnsupported()) {
            return Extended.INDEFINITE;
        }
        if (a.isNan()) {
            return a.quiet();
        }
        if (a.isInfinite() || a.isZero()) {
            return a;
        }
        return new Extended(a.normalized(), Extended.BIAS | a.signExponent() & Extended.SIGN);
    }

    /**
     * A remainder with the condition codes: C2 set where the reduction is not complete, else the quotient's low bits in
     * C0, C3 and C1.
     */
    public record Remainder(Extended value, int codes) {}

    /** FPREM: the remainder of a / b with the quotient rounded towards zero. */
    public static Remainder truncating(Extended a, Extended b, X87Rounding r) {
        return remainder(a, b, false, r);
    }

    /** FPREM1: IEEE 754's remainder, of a / b with the quotient rounded to nearest. */
    public static Remainder nearest(Extended a, Extended b, X87Rounding r) {
        return remainder(a, b, true, r);
    }

    private static Remainder remainder(Extended a, Extended b, boolean nearest, X87Rounding r) {
        Extended special = r.special(a, b);
        if (special != null) {
            return new Remainder(special, 0);
        }
        if (a.isInfinite() || b.isZero()) {
            return new Remainder(r.invalid(), 0);
        }
        r.checkDenormal(a, b);
        if (a.isZero()) {
            return new Remainder(a, 0);
        }
        int difference = b.isInfinite() ? -FAR : a.scale() - b.scale();
        if (difference < -1 || difference == -1 && !nearest) {
            return new Remainder(r.round(a.isNegative(), a.scale(), a.normalized(), 0), 0);
        }
        return difference >= 64 ? partial(a, b, difference, r) : complete(a, b, difference, nearest, r);
    }

    /**
     * Takes from 32 to 63 off the exponent difference, as many as leave a multiple of 32: the SDM lets the CPU choose.
     */
    private static Remainder partial(Extended a, Extended b, int difference, X87Rounding r) {
        int steps = difference & 31 | 32;
        Division division = new Division(a.normalized(), b.normalized(), steps);
        int scale = b.scale() + difference - steps;
        return new Remainder(number(a.isNegative(), scale, division.remainder, r), C2);
    }

    private static Remainder complete(Extended a, Extended b, int difference, boolean nearest, X87Rounding r) {
        long divisor = b.normalized();
        if (difference < 0) {
            return belowDivisor(a, b, r);
        }
        Division division = new Division(a.normalized(), divisor, difference);
        long quotient = division.quotient;
        long remainder = division.remainder;
        boolean negative = a.isNegative();
        if (nearest && isAboveHalf(remainder, divisor, quotient)) {
            remainder = divisor - remainder;
            negative = !negative;
            quotient++;
        }
        Extended value = remainder == 0 ? Extended.zero(a.isNegative()) : number(negative, b.scale(), remainder, r);
        return new Remainder(value, codes(quotient));
    }

    /** Where a, of half the divisor's power of two, is to be rounded to nearest: to a itself or to a - b. */
    private static Remainder belowDivisor(Extended a, Extended b, X87Rounding r) {
        if (Long.compareUnsigned(a.normalized(), b.normalized()) <= 0) {
            return new Remainder(r.round(a.isNegative(), a.scale(), a.normalized(), 0), 0);
        }
        long magnitude = (b.normalized() << 1) - a.normalized();
        return new Remainder(number(!a.isNegative(), a.scale(), magnitude, r), codes(1));
    }

    private static boolean isAboveHalf(long remainder, long divisor, long quotient) {
        int order = remainder < 0 ? 1 : Long.compareUnsigned(remainder << 1, divisor);
        return order > 0 || order == 0 && (quotient & 1) != 0;
    }

    /** ±significand · 2^(scale - 63), which needs no rounding unless it is tiny. */
    private static Extended number(boolean negative, int scale, long significand, X87Rounding r) {
        if (significand == 0) {
            return Extended.zero(negative);
        }
        int shift = Long.numberOfLeadingZeros(significand);
        return r.round(negative, scale - shift, significand << shift, 0);
    }

    private static int codes(long quotient) {
        return ((quotient & 4) != 0 ? C0 : 0) | ((quotient & 2) != 0 ? C3 : 0) | ((quotient & 1) != 0 ? C1 : 0);
    }

    /** The long division of a · 2^steps by b, bit by bit; both with their top bits set. */
    private static final class Division {
        /** Its low 64 bits. */
        final long quotient;

        final long remainder;

        Division(long a, long b, int steps) {
            long bits = 0;
            long rest = a;
            boolean carry = false;
            for (int step = steps; ; step--) {
                boolean fits = carry || Long.compareUnsigned(rest, b) >= 0;
                bits = bits << 1 | (fits ? 1 : 0);
                rest -= fits ? b : 0;
                if (step == 0) {
                    break;
                }
                carry = rest < 0;
                rest <<= 1;
            }
            quotient = bits;
            remainder = rest;
        }
    }
}
