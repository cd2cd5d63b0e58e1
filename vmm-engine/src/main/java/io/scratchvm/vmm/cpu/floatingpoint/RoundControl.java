package io.scratchvm.vmm.cpu.floatingpoint;

/** The immediate operand of ROUNDPS and its kin (SDM volume 2, "ROUNDPD", figure 4-24). */
final class RoundControl {
    private static final int USE_MXCSR = 1 << 2, SUPPRESS_PRECISION = 1 << 3;

    private RoundControl() {}

    static int mode(Mxcsr mxcsr, int control) {
        return (control & USE_MXCSR) != 0 ? mxcsr.roundingMode() : control & 3;
    }

    static boolean raisesPrecision(int control) {
        return (control & SUPPRESS_PRECISION) == 0;
    }
}
