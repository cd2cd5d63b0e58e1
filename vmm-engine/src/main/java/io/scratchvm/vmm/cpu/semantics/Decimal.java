package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.Flags.AF;
import static io.scratchvm.vmm.cpu.state.Flags.CF;
import static io.scratchvm.vmm.cpu.state.Flags.OF;
import static io.scratchvm.vmm.cpu.state.Flags.PF;
import static io.scratchvm.vmm.cpu.state.Flags.SF;
import static io.scratchvm.vmm.cpu.state.Flags.ZF;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;

/** Decimal adjustment, by the operation sections of Intel SDM volume 2. Each method takes AX and returns the new AX. */
public final class Decimal {
    private static final int BYTE = Flags.LOGIC | 56;

    private Decimal() {}

    /** DAA. */
    public static int adjustAfterAdd(Flags flags, int ax) {
        return adjustPacked(flags, ax, 1);
    }

    /** DAS. */
    public static int adjustAfterSubtract(Flags flags, int ax) {
        return adjustPacked(flags, ax, -1);
    }

    private static int adjustPacked(Flags flags, int ax, int sign) {
        int al = ax & 0xff;
        boolean low = (al & 0xf) > 9 || flags.af();
        boolean high = al > 0x99 || flags.cf();
        int adjusted = al + sign * ((low ? 6 : 0) + (high ? 0x60 : 0));
        // DAS also borrows where the low digit's correction alone goes below zero.
        boolean carry = high || sign < 0 && low && al < 6;
        setFlags(flags, adjusted, (low ? AF : 0) | (carry ? CF : 0));
        return ax & 0xff00 | adjusted & 0xff;
    }

    /** AAA. */
    public static int adjustUnpackedAfterAdd(Flags flags, int ax) {
        return adjustUnpacked(flags, ax, 0x106);
    }

    /** AAS. */
    public static int adjustUnpackedAfterSubtract(Flags flags, int ax) {
        return adjustUnpacked(flags, ax, -0x106);
    }

    private static int adjustUnpacked(Flags flags, int ax, int correction) {
        boolean adjust = (ax & 0xf) > 9 || flags.af();
        int adjusted = adjust ? ax + correction : ax;
        flags.set(adjust ? AF | CF : 0);
        return adjusted & 0xff0f;
    }

    /**
     * AAM.
     *
     * @throws Fault #DE for base 0
     */
    public static int adjustAfterMultiply(Flags flags, int ax, int base) {
        if (base == 0) {
            throw Fault.of(Fault.DE);
        }
        int al = ax & 0xff;
        setFlags(flags, al % base, 0);
        return al / base << 8 | al % base;
    }

    /** AAD. */
    public static int adjustBeforeDivide(Flags flags, int ax, int base) {
        int al = (ax & 0xff) + (ax >> 8 & 0xff) * base & 0xff;
        setFlags(flags, al, 0);
        return al;
    }

    /** SF, ZF and PF of a byte, and {@code others}; OF is undefined and cleared. */
    private static void setFlags(Flags flags, int result, int others) {
        int status = (Flags.parity(BYTE, result) ? PF : 0)
                | (Flags.zero(BYTE, result) ? ZF : 0)
                | (Flags.sign(BYTE, result) ? SF : 0);
        flags.set((status | others) & ~OF);
    }
}
