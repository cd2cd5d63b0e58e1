package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.lower;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.pair;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.upper;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.withLower;
import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Binary32;
import io.scratchvm.vmm.cpu.floatingpoint.Binary64;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;

/**
 * Arithmetic by the host's own, for where its result is all that there is to say. Once a program has had its first
 * inexact result, that is wherever numbers are ordinary: {@linkplain Mxcsr#hidesPrecision nobody can see} the only
 * exception that they can raise.
 */
final class HostArithmetic {
    /** What stands for a result of which there is more to say. As a double and as a single it is a NaN, so no result. */
    static final long NONE = 0x7ff0_0001_7f80_0001L;

    private static final int NO_SINGLE = (int) NONE;

    private HostArithmetic() {}

    /** A double or two singles, or {@link #NONE}. */
    static long packed(Operation operation, long a, long b) {
        return switch (operation) {
            case ADDPD -> sum(a, b);
            case SUBPD -> difference(a, b);
            case MULPD -> product(a, b);
            case DIVPD -> quotient(a, b);
            case ADDPS -> both(sum(lower(a), lower(b)), sum(upper(a), upper(b)));
            case SUBPS -> both(difference(lower(a), lower(b)), difference(upper(a), upper(b)));
            case MULPS -> both(product(lower(a), lower(b)), product(upper(a), upper(b)));
            case DIVPS -> both(quotient(lower(a), lower(b)), quotient(upper(a), upper(b)));
            default -> NONE;
        };
    }

    /** A double, or a single that replaces the lower one of {@code a}; or {@link #NONE}. */
    static long scalar(Operation operation, long a, long b) {
        return switch (operation) {
            case ADDSD -> sum(a, b);
            case SUBSD -> difference(a, b);
            case MULSD -> product(a, b);
            case DIVSD -> quotient(a, b);
            case SQRTSD -> checked(b, b, Math.sqrt(longBitsToDouble(b)));
            case ADDSS -> below(a, sum(lower(a), lower(b)));
            case SUBSS -> below(a, difference(lower(a), lower(b)));
            case MULSS -> below(a, product(lower(a), lower(b)));
            case DIVSS -> below(a, quotient(lower(a), lower(b)));
            default -> NONE;
        };
    }

    // -- doubles ------------------------------------------------------------------------------------------------------

    static long sum(long a, long b) {
        return checked(a, b, longBitsToDouble(a) + longBitsToDouble(b));
    }

    static long difference(long a, long b) {
        return checked(a, b, longBitsToDouble(a) - longBitsToDouble(b));
    }

    static long product(long a, long b) {
        return checked(a, b, longBitsToDouble(a) * longBitsToDouble(b));
    }

    static long quotient(long a, long b) {
        return checked(a, b, longBitsToDouble(a) / longBitsToDouble(b));
    }

    private static long checked(long a, long b, double result) {
        long bits = doubleToRawLongBits(result);
        return Binary64.areOrdinary(a, b, bits) ? bits : NONE;
    }

    // -- singles ------------------------------------------------------------------------------------------------------

    private static int sum(int a, int b) {
        return checked(a, b, intBitsToFloat(a) + intBitsToFloat(b));
    }

    private static int difference(int a, int b) {
        return checked(a, b, intBitsToFloat(a) - intBitsToFloat(b));
    }

    private static int product(int a, int b) {
        return checked(a, b, intBitsToFloat(a) * intBitsToFloat(b));
    }

    private static int quotient(int a, int b) {
        return checked(a, b, intBitsToFloat(a) / intBitsToFloat(b));
    }

    private static int checked(int a, int b, float result) {
        int bits = floatToRawIntBits(result);
        return Binary32.areOrdinary(a, b, bits) ? bits : NO_SINGLE;
    }

    private static long both(int low, int high) {
        return low == NO_SINGLE || high == NO_SINGLE ? NONE : pair(low, high);
    }

    private static long below(long a, int low) {
        return low == NO_SINGLE ? NONE : withLower(a, low);
    }
}
