package io.scratchvm.vmm.cpu.floatingpoint;

import static io.scratchvm.vmm.cpu.floatingpoint.BinaryFormat.BINARY32;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

/**
 * RCPSS and RSQRTSS, whose result the SDM bounds (a relative error of 1.5 times 2 to the -12) and every CPU model
 * chooses for itself. Here it is the number nearest to the exact one or next to that, on every host. They raise no
 * exception and know neither rounding modes nor denormals: those are zero, as operands and as results.
 */
public final class Approximations {
    private static final int SIGN = Integer.MIN_VALUE, INFINITY = 0x7f80_0000, DEFAULT_NAN = 0xffc0_0000;
    private static final int QUIET = 1 << 22;

    private Approximations() {}

    private static int withoutDenormals(int a) {
        return (a & INFINITY) == 0 ? a & SIGN : a;
    }

    public static int reciprocal(int first) {
        if (BINARY32.isNaN(first & 0xffff_ffffL)) {
            return first | QUIET;
        }
        return withoutDenormals(floatToRawIntBits(1 / intBitsToFloat(withoutDenormals(first))));
    }

    public static int reciprocalSquareRoot(int first) {
        if (BINARY32.isNaN(first & 0xffff_ffffL)) {
            return first | QUIET;
        }
        int a = withoutDenormals(first);
        if (a == SIGN) {
            return SIGN | INFINITY;
        }
        return a < 0 ? DEFAULT_NAN : floatToRawIntBits((float) (1 / Math.sqrt(intBitsToFloat(a))));
    }
}
