package io.scratchvm.vmm.cpu.floatingpoint;

import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.INVALID;

/** The relation of two numbers, and what instructions make of it. */
final class Comparisons {
    private Comparisons() {}

    /**
     * How {@code first} stands to {@code second}.
     *
     * @param signalling whether quiet NaNs are invalid too
     */
    static Relation compare(BinaryFormat format, Mxcsr mxcsr, long first, long second, boolean signalling) {
        if (format.isNaN(first) || format.isNaN(second)) {
            if (signalling || format.isSignallingNaN(first) || format.isSignallingNaN(second)) {
                mxcsr.raise(INVALID);
            }
            return Relation.UNORDERED;
        }
        long a = format.operand(mxcsr, first);
        long b = format.operand(mxcsr, second);
        format.noteDenormal(mxcsr, a);
        format.noteDenormal(mxcsr, b);
        long x = ordinal(format, a);
        long y = ordinal(format, b);
        return x < y ? Relation.LESS : x > y ? Relation.GREATER : Relation.EQUAL;
    }

    /** An integer in the order of the numbers; both zeros are zero. */
    private static long ordinal(BinaryFormat format, long a) {
        return format.isNegative(a) ? -format.magnitude(a) : a;
    }

    /** MINSS and its kin: the second operand where neither is less, and where there is a NaN. */
    static long minimum(BinaryFormat format, Mxcsr mxcsr, long first, long second) {
        Relation relation = compare(format, mxcsr, first, second, true);
        return chosen(format, mxcsr, relation == Relation.LESS, first, second);
    }

    static long maximum(BinaryFormat format, Mxcsr mxcsr, long first, long second) {
        Relation relation = compare(format, mxcsr, first, second, true);
        return chosen(format, mxcsr, relation == Relation.GREATER, first, second);
    }

    private static long chosen(BinaryFormat format, Mxcsr mxcsr, boolean chooseFirst, long first, long second) {
        return format.operand(mxcsr, chooseFirst ? first : second);
    }
}
