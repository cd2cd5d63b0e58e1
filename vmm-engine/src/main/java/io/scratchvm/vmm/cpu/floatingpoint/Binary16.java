package io.scratchvm.vmm.cpu.floatingpoint;

import static io.scratchvm.vmm.cpu.floatingpoint.BinaryFormat.BINARY16;
import static io.scratchvm.vmm.cpu.floatingpoint.BinaryFormat.BINARY32;

/** Half precision numbers, as bits, which are only converted (SDM volume 1, section 14.4). */
public final class Binary16 {
    private Binary16() {}

    /** Exact. Denormal numbers are what they are, and no exception. */
    public static int toBinary32(Mxcsr mxcsr, int first) {
        long a = first & 0xffff;
        if (BINARY16.isNaN(a) || BINARY16.isInfinite(a) || BINARY16.isZero(a)) {
            return (int) Conversions.convert(BINARY16, BINARY32, mxcsr, a);
        }
        boolean negative = BINARY16.isNegative(a);
        return (int) BINARY32.rounded(mxcsr, negative, BINARY16.exponent(a), BINARY16.significand(a));
    }

    public static int fromBinary32(Mxcsr mxcsr, int first) {
        return (int) Conversions.convert(BINARY32, BINARY16, mxcsr, first & 0xffff_ffffL);
    }

    /** Begins a conversion from single precision under its immediate operand. */
    public static void begin(Mxcsr mxcsr, int register, int control) {
        mxcsr.begin(register);
        mxcsr.beginRounding(register, RoundControl.mode(mxcsr, control));
    }
}
