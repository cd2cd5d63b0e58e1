package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Approximations;
import io.scratchvm.vmm.cpu.floatingpoint.Binary32;
import io.scratchvm.vmm.cpu.floatingpoint.Binary64;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;

/** Floating-point arithmetic on one lane, on a half of an XMM register, and across lanes. */
final class FloatArithmetic {
    private static final long LOW = 0xffff_ffffL;

    private FloatArithmetic() {}

    // -- pairs of singles, which are halves ---------------------------------------------------------------------------

    static int lower(long pair) {
        return (int) pair;
    }

    static int upper(long pair) {
        return (int) (pair >>> 32);
    }

    static long pair(int lower, int upper) {
        return lower & LOW | (long) upper << 32;
    }

    /** {@code pair} with another lower single. */
    static long withLower(long pair, int lower) {
        return pair & ~LOW | lower & LOW;
    }

    // -- within lanes -------------------------------------------------------------------------------------------------

    /** A scalar operation on the low half of the destination, whose upper lanes it leaves alone. */
    static long scalar(Operation operation, Mxcsr mxcsr, long a, long b) {
        return switch (operation) {
            case ADDSD, SUBSD, MULSD, DIVSD, MINSD, MAXSD, SQRTSD -> doubles(operation, mxcsr, a, b);
            default -> withLower(a, single(operation, mxcsr, lower(a), lower(b)));
        };
    }

    /** An operation on a double or two singles. */
    static long packed(Operation operation, Mxcsr mxcsr, long a, long b) {
        return switch (operation) {
            case ADDPD, SUBPD, MULPD, DIVPD, MINPD, MAXPD, SQRTPD -> doubles(operation, mxcsr, a, b);
            default -> singles(operation, mxcsr, a, b);
        };
    }

    private static long doubles(Operation operation, Mxcsr mxcsr, long a, long b) {
        return switch (operation) {
            case ADDPD, ADDSD -> Binary64.add(mxcsr, a, b);
            case SUBPD, SUBSD -> Binary64.subtract(mxcsr, a, b);
            case MULPD, MULSD -> Binary64.multiply(mxcsr, a, b);
            case DIVPD, DIVSD -> Binary64.divide(mxcsr, a, b);
            case MINPD, MINSD -> Binary64.minimum(mxcsr, a, b);
            case MAXPD, MAXSD -> Binary64.maximum(mxcsr, a, b);
            case SQRTPD, SQRTSD -> Binary64.squareRoot(mxcsr, b);
            default -> throw new IllegalArgumentException("no arithmetic on doubles: " + operation);
        };
    }

    private static long singles(Operation operation, Mxcsr mxcsr, long a, long b) {
        int low = single(operation, mxcsr, lower(a), lower(b));
        return pair(low, single(operation, mxcsr, upper(a), upper(b)));
    }

    private static int single(Operation operation, Mxcsr mxcsr, int a, int b) {
        return switch (operation) {
            case ADDPS, ADDSS -> Binary32.add(mxcsr, a, b);
            case SUBPS, SUBSS -> Binary32.subtract(mxcsr, a, b);
            case MULPS, MULSS -> Binary32.multiply(mxcsr, a, b);
            case DIVPS, DIVSS -> Binary32.divide(mxcsr, a, b);
            case MINPS, MINSS -> Binary32.minimum(mxcsr, a, b);
            case MAXPS, MAXSS -> Binary32.maximum(mxcsr, a, b);
            case SQRTPS, SQRTSS -> Binary32.squareRoot(mxcsr, b);
            case RCPPS, RCPSS -> Approximations.reciprocal(b);
            case RSQRTPS, RSQRTSS -> Approximations.reciprocalSquareRoot(b);
            default -> throw new IllegalArgumentException("no arithmetic on singles: " + operation);
        };
    }

    // -- across lanes -------------------------------------------------------------------------------------------------

    /** ADDSUBPS: the lower single subtracted, the upper one added. */
    static long subtractAdd(Mxcsr mxcsr, long a, long b) {
        int low = Binary32.subtract(mxcsr, lower(a), lower(b));
        return pair(low, Binary32.add(mxcsr, upper(a), upper(b)));
    }

    /** HADDPS: the sums of two pairs. */
    static long sums(Mxcsr mxcsr, long a, long b) {
        int low = Binary32.add(mxcsr, lower(a), upper(a));
        return pair(low, Binary32.add(mxcsr, lower(b), upper(b)));
    }

    /** HSUBPS. */
    static long differences(Mxcsr mxcsr, long a, long b) {
        int low = Binary32.subtract(mxcsr, lower(a), upper(a));
        return pair(low, Binary32.subtract(mxcsr, lower(b), upper(b)));
    }

    /**
     * DPPS before it is broadcast: of the products that {@code selected} has bits for the first two and the last two are
     * added, then the sums. Exceptions that are not masked end it where they arise.
     */
    static int dotProductOfSingles(Mxcsr mxcsr, int selected, long a, long b, long low, long high) {
        long first = products(mxcsr, selected, a, low);
        long last = products(mxcsr, selected >> 2, b, high);
        if (!mxcsr.permitsNextStep()) {
            return 0;
        }
        long sums = sums(mxcsr, first, last);
        return mxcsr.permitsNextStep() ? Binary32.add(mxcsr, lower(sums), upper(sums)) : 0;
    }

    private static long products(Mxcsr mxcsr, int selected, long a, long b) {
        int low = (selected & 1) != 0 ? Binary32.multiply(mxcsr, lower(a), lower(b)) : 0;
        return pair(low, (selected & 2) != 0 ? Binary32.multiply(mxcsr, upper(a), upper(b)) : 0);
    }

    /** DPPD before it is broadcast. */
    static long dotProductOfDoubles(Mxcsr mxcsr, int selected, long a, long b, long low, long high) {
        long first = (selected & 1) != 0 ? Binary64.multiply(mxcsr, a, low) : 0;
        long second = (selected & 2) != 0 ? Binary64.multiply(mxcsr, b, high) : 0;
        return mxcsr.permitsNextStep() ? Binary64.add(mxcsr, first, second) : 0;
    }

    /** Of two pairs, the second's single where {@code selected}, of two bits, has a bit. */
    static long blend(int selected, long a, long b) {
        return pair((selected & 1) != 0 ? lower(b) : lower(a), (selected & 2) != 0 ? upper(b) : upper(a));
    }

    /** Of two pairs, the second's single where the mask's is negative. */
    static long blendBySigns(long mask, long a, long b) {
        return pair(lower(mask) < 0 ? lower(b) : lower(a), mask < 0 ? upper(b) : upper(a));
    }

    /** INSERTPS on lanes {@code lane} and {@code lane + 1}, with the instruction's immediate. */
    static long insert(int immediate, int lane, long a, int value) {
        int at = (immediate >> 4 & 3) - lane;
        int lower = at == 0 ? value : lower(a);
        int upper = at == 1 ? value : upper(a);
        int zeroed = immediate >> lane;
        return pair((zeroed & 1) != 0 ? 0 : lower, (zeroed & 2) != 0 ? 0 : upper);
    }
}
