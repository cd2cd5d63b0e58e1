package io.scratchvm.vmm.cpu.semantics;

import java.math.BigInteger;

/**
 * Elementary functions to about 150 bits, as Taylor series after a reduction of the argument. Relative errors stay that
 * small for arguments as close to zero as the format has them.
 */
final class Functions {
    private static final Real PI = Real.of("c90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22", 2 - 256);
    private static final Real LN_2 = Real.of("b17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2b", -256);

    /** Terms below this, relative to the sum, are left out. */
    private static final int ENOUGH = 160;

    /** The scale below which a series converges without help. */
    private static final int SMALL = -8;

    private Functions() {}

    static Real pi() {
        return PI;
    }

    // -- powers and logarithms --------------------------------------------------------------------------------------

    /** 2^x - 1, for x from -1 to 1. */
    static Real exp2m1(Real x) {
        Real y = x.times(LN_2);
        Real sum = y;
        Real term = y;
        for (int n = 2; counts(term, sum); n++) {
            term = term.times(y).over(n);
            sum = sum.plus(term);
        }
        return sum;
    }

    private static boolean counts(Real term, Real sum) {
        return !term.isZero() && term.scale() >= sum.scale() - ENOUGH;
    }

    /** log2(x), for x above zero; exact where x is a power of two. */
    static Real log2(Real x) {
        int scale = x.scale();
        Real significand = x.shifted(-scale);
        if (significand.times(significand).scale() > 0) {
            significand = significand.shifted(-1);
            scale++;
        }
        Real below = significand.minus(Real.ONE);
        return Real.of(scale).plus(log2OfRatio(below, significand.plus(Real.ONE)));
    }

    /** log2(1 + x), for x from -1/2 to 1/2. */
    static Real log2p1(Real x) {
        return log2OfRatio(x, x.plus(Real.of(2)));
    }

    /** log2((b + a) / (b - a)) = 2 artanh(a / b) / ln 2. */
    private static Real log2OfRatio(Real a, Real b) {
        if (a.isZero()) {
            return Real.ZERO;
        }
        return alternating(a.over(b), false).shifted(1).over(LN_2);
    }

    /** z ± z^3/3 + z^5/5 ± …: the inverse tangent with alternating signs, else the inverse hyperbolic tangent. */
    private static Real alternating(Real z, boolean alternates) {
        Real square = alternates ? z.times(z).negated() : z.times(z);
        Real power = z;
        Real sum = z;
        for (int n = 3; counts(power, sum); n += 2) {
            power = power.times(square);
            sum = sum.plus(power.over(n));
        }
        return sum;
    }

    // -- trigonometry -----------------------------------------------------------------------------------------------

    /** The angle of the point (x, y), from 0 to π, for y above zero. */
    static Real angle(Real y, Real x) {
        Real width = x.absolute();
        boolean steep = y.compareMagnitude(width) > 0;
        Real acute = steep ? PI.shifted(-1).minus(arctangent(width.over(y))) : arctangent(y.over(width));
        return x.isNegative() ? PI.minus(acute) : acute;
    }

    /** For t from 0 to 1; the angle is halved twice unless it is small. */
    private static Real arctangent(Real t) {
        if (t.isZero() || t.scale() < SMALL) {
            return t.isZero() ? t : alternating(t, true);
        }
        return alternating(halfTangent(halfTangent(t)), true).shifted(2);
    }

    /** tan(a / 2) for t = tan(a). */
    private static Real halfTangent(Real t) {
        return t.over(t.times(t).plus(Real.ONE).squareRoot().plus(Real.ONE));
    }

    /** sin(x), for x from -π/4 to π/4. */
    static Real sine(Real x) {
        return trigonometric(x, x, 2);
    }

    /** cos(x), for x from -π/4 to π/4. */
    static Real cosine(Real x) {
        return trigonometric(Real.ONE, x, 1);
    }

    /** first - first · x²/(n(n+1)) + … */
    private static Real trigonometric(Real first, Real x, int from) {
        Real square = x.times(x).negated();
        Real sum = first;
        Real term = first;
        for (int n = from; counts(term, sum); n += 2) {
            term = term.times(square).over((long) n * (n + 1));
            sum = sum.plus(term);
        }
        return sum;
    }

    /**
     * An angle as a multiple of a right angle and the rest.
     *
     * @param quadrant 0 to 3
     * @param rest from -π/4 to π/4
     */
    record Reduced(int quadrant, Real rest) {}

    /** The mantissa of the π that x87 reduces angles by, 66 bits (SDM volume 1, section 8.3.8). */
    private static final BigInteger REDUCING_PI = new BigInteger("3243f6a8885a308d3", 16);

    private static final int REDUCING_PI_EXPONENT = -64;

    /** An angle below 2^63 in magnitude, reduced exactly by the x87's own π. */
    static Reduced reduce(Real x) {
        // In units of which the right angle is an integral number, and the angle too.
        int unit = Math.min(x.exponent(), REDUCING_PI_EXPONENT - 1);
        if (x.scale() < -1) {
            return new Reduced(0, x);
        }
        BigInteger right = REDUCING_PI.shiftLeft(REDUCING_PI_EXPONENT - 1 - unit);
        BigInteger angle = x.mantissa().shiftLeft(x.exponent() - unit);
        BigInteger half = right.shiftRight(1);
        BigInteger[] parts = floorDivide(angle.add(half), right);
        return new Reduced(parts[0].intValue() & 3, Real.cut(parts[1].subtract(half), unit));
    }

    private static BigInteger[] floorDivide(BigInteger a, BigInteger b) {
        BigInteger[] parts = a.divideAndRemainder(b);
        return parts[1].signum() < 0 ? new BigInteger[] {parts[0].subtract(BigInteger.ONE), parts[1].add(b)} : parts;
    }
}
