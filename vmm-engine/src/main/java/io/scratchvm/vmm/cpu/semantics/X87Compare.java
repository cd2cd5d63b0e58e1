package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.X87.*;

/** Comparison and classification of the x87 (Intel SDM volume 2: FCOM, FUCOM, FTST, FXAM). */
public final class X87Compare {
    /** The condition codes of operands that have no order. */
    public static final int UNORDERED = C3 | C2 | C0;

    /** The condition codes that comparisons set. */
    public static final int CODES = C3 | C2 | C0;

    private X87Compare() {}

    /** FCOM: the condition codes; any NaN is invalid. */
    public static int ordered(Extended a, Extended b, X87Rounding r) {
        if (a.isNan() || b.isNan()) {
            r.raise(IE);
        }
        return unordered(a, b, r);
    }

    /** FUCOM: as FCOM, but only signalling NaNs are invalid. */
    public static int unordered(Extended a, Extended b, X87Rounding r) {
        if (r.special(a, b) != null) {
            return UNORDERED;
        }
        r.checkDenormal(a, b);
        int order = order(a, b);
        return order > 0 ? 0 : order < 0 ? C0 : C3;
    }

    private static int order(Extended a, Extended b) {
        if (a.isZero() && b.isZero()) {
            return 0;
        }
        if (a.isNegative() != b.isNegative()) {
            return a.isNegative() ? -1 : 1;
        }
        int order = orderOfMagnitudes(a, b);
        return a.isNegative() ? -order : order;
    }

    /** An exponent of 0 stands for the same power of two as one of 1. */
    private static int orderOfMagnitudes(Extended a, Extended b) {
        int exponents = Integer.compare(Math.max(a.exponent(), 1), Math.max(b.exponent(), 1));
        return exponents != 0 ? exponents : Long.compareUnsigned(a.significand(), b.significand());
    }

    /** FXAM: C3, C2 and C0 by the class of a register's value, C1 by its sign. */
    public static int examine(Extended a, boolean empty) {
        return (a.isNegative() ? C1 : 0) | (empty ? C3 | C0 : kind(a));
    }

    private static int kind(Extended a) {
        if (a.isUnsupported()) {
            return 0;
        }
        if (a.isNan()) {
            return C0;
        }
        if (a.isInfinite()) {
            return C2 | C0;
        }
        if (a.isZero()) {
            return C3;
        }
        return a.isDenormal() ? C3 | C2 : C2;
    }
}
