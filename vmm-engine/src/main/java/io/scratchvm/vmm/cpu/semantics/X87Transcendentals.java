package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.X87.*;

/**
 * F2XM1, FYL2X, FYL2XP1, FPTAN, FPATAN, FSIN and FCOS (Intel SDM volume 2, with their tables of special operands). The
 * SDM promises an error below one unit in the last place (volume 1, section 8.3.10); these round a result that is right
 * to about 150 bits. Angles are reduced by the SDM's π of 66 bits, as the hardware does.
 */
public final class X87Transcendentals {
    private static final Real HALF = Real.ONE.shifted(-1);

    private X87Transcendentals() {}

    // -- angles -----------------------------------------------------------------------------------------------------

    /** Whether an angle is too large: the instruction only sets C2. */
    public static boolean isOutOfRange(Extended a) {
        return !a.isUnsupported() && !a.isNan() && !a.isInfinite() && a.exponent() >= Extended.BIAS + 63;
    }

    public static Extended sine(Extended a, X87Rounding r) {
        Extended special = specialAngle(a, r);
        return special != null
                ? special
                : a.isZero() ? a : sine(Functions.reduce(Real.of(a)), 0).round(false, r);
    }

    public static Extended cosine(Extended a, X87Rounding r) {
        Extended special = specialAngle(a, r);
        if (special != null) {
            return special;
        }
        return a.isZero() ? Extended.ONE : sine(Functions.reduce(Real.of(a)), 1).round(false, r);
    }

    public static Extended tangent(Extended a, X87Rounding r) {
        Extended special = specialAngle(a, r);
        if (special != null || a.isZero()) {
            return special != null ? special : a;
        }
        Functions.Reduced angle = Functions.reduce(Real.of(a));
        return sine(angle, 0).over(sine(angle, 1)).round(false, r);
    }

    private static Extended specialAngle(Extended a, X87Rounding r) {
        Extended special = r.special(a);
        if (special == null && a.isInfinite()) {
            return r.invalid();
        }
        if (special == null) {
            r.checkDenormal(a);
        }
        return special;
    }

    /** The sine of an angle that lies so many quadrants further. */
    private static Real sine(Functions.Reduced angle, int further) {
        int quadrant = angle.quadrant() + further;
        Real value = (quadrant & 1) == 0 ? Functions.sine(angle.rest()) : Functions.cosine(angle.rest());
        return (quadrant & 2) == 0 ? value : value.negated();
    }

    /** FPATAN: the angle of the point (x, y). */
    public static Extended arctangent(Extended y, Extended x, X87Rounding r) {
        Extended special = r.special(y, x);
        if (special != null) {
            return special;
        }
        r.checkDenormal(y, x);
        boolean ahead = !x.isNegative();
        if (ahead && (y.isZero() || x.isInfinite() && !y.isInfinite())) {
            return Extended.zero(y.isNegative());
        }
        Real angle = arctangent(y, x);
        return (y.isNegative() ? angle.negated() : angle).round(false, r);
    }

    /** The magnitude of an angle that is not zero. */
    private static Real arctangent(Extended y, Extended x) {
        Real pi = Functions.pi();
        if (y.isInfinite() && x.isInfinite()) {
            return x.isNegative() ? pi.minus(pi.shifted(-2)) : pi.shifted(-2);
        }
        if (y.isInfinite() || x.isZero() && !y.isZero()) {
            return pi.shifted(-1);
        }
        if (y.isZero() || x.isInfinite()) {
            return pi;
        }
        return Functions.angle(Real.of(y).absolute(), Real.of(x));
    }

    // -- powers and logarithms --------------------------------------------------------------------------------------

    /** F2XM1: 2^a - 1 for a from -1 to 1; the SDM leaves others open, here they stay. */
    public static Extended powerMinusOne(Extended a, X87Rounding r) {
        Extended special = r.special(a);
        if (special != null) {
            return special;
        }
        r.checkDenormal(a);
        if (a.isInfinite()) {
            return a.isNegative() ? Extended.ONE.negated() : a;
        }
        if (a.isZero() || a.scale() >= 0) {
            boolean minusOne = a.equals(Extended.ONE.negated());
            return minusOne ? new Extended(Extended.INTEGER_BIT, Extended.SIGN | Extended.BIAS - 1) : a;
        }
        return Functions.exp2m1(Real.of(a)).round(false, r);
    }

    /** FYL2X: y · log2(x). */
    public static Extended logarithm(Extended y, Extended x, X87Rounding r) {
        Extended special = r.special(y, x);
        if (special != null) {
            return special;
        }
        if (x.isNegative() && !x.isZero()) {
            return r.invalid();
        }
        if (x.isZero()) {
            return logarithmOfZero(y, r);
        }
        int order = x.isInfinite() ? 1 : Real.of(x).minus(Real.ONE).mantissa().signum();
        if (y.isInfinite() || x.isInfinite()) {
            return infiniteProduct(y, x, order, r);
        }
        r.checkDenormal(y, x);
        boolean negative = y.isNegative() != order < 0;
        if (y.isZero() || order == 0) {
            return Extended.zero(negative);
        }
        Real product = Real.of(y).times(Functions.log2(Real.of(x)));
        return product.round(x.normalized() == Extended.INTEGER_BIT, r);
    }

    private static Extended logarithmOfZero(Extended y, X87Rounding r) {
        if (y.isZero()) {
            return r.invalid();
        }
        if (y.isInfinite()) {
            return y.negated();
        }
        r.raise(ZE);
        return Extended.infinity(!y.isNegative());
    }

    /** y times a logarithm of this sign, of which one is infinite. */
    private static Extended infiniteProduct(Extended y, Extended x, int sign, X87Rounding r) {
        if (y.isZero() || sign == 0) {
            return r.invalid();
        }
        r.checkDenormal(y, x);
        return Extended.infinity(y.isNegative() != sign < 0);
    }

    /** FYL2XP1: y · log2(x + 1), exact near zero. The SDM leaves x ≤ -1 open, here it is invalid. */
    public static Extended logarithmPlusOne(Extended y, Extended x, X87Rounding r) {
        Extended special = r.special(y, x);
        if (special != null) {
            return special;
        }
        int sign = x.isZero() ? 0 : x.isNegative() ? -1 : 1;
        if (sign < 0 && (x.isInfinite() || x.scale() >= 0)) {
            return r.invalid();
        }
        if (y.isInfinite() || x.isInfinite()) {
            return infiniteProduct(y, x, sign, r);
        }
        r.checkDenormal(y, x);
        if (y.isZero() || sign == 0) {
            return Extended.zero(y.isNegative() != x.isNegative());
        }
        Real real = Real.of(x);
        Real log = real.compareMagnitude(HALF) < 0 ? Functions.log2p1(real) : Functions.log2(real.plus(Real.ONE));
        return Real.of(y).times(log).round(false, r);
    }
}
