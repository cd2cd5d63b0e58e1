package io.scratchvm.vmm.cpu.floatingpoint;

import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.BEFORE_COMPUTATION;
import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.OVERFLOW;
import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.PRECISION;
import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.UNDERFLOW;

/**
 * What MXCSR asks of one instruction, and the exceptions that the instruction raises, in all of its lanes (SDM volume
 * 1, sections 10.2.3 and 11.5). Lives for that instruction: {@link #begin}, the arithmetic, {@link #end}.
 */
public final class Mxcsr {
    /** All exceptions masked, round to nearest: what reset and Linux give. */
    public static final int INITIAL = 0x1f80;

    private static final int DAZ = 1 << 6, FTZ = 1 << 15;
    private static final int MASKS_AT = 7, ROUNDING_AT = 13;
    private static final int PRECISION_KNOWN = PRECISION | PRECISION << MASKS_AT;

    /** The register, and what counts of it. */
    private int register;

    private int control;
    private int raised;

    /** Whether, under this value of the register, nobody can see that another result has been rounded, to nearest. */
    public static boolean hidesPrecision(int mxcsr) {
        return (mxcsr & (PRECISION_KNOWN | 3 << ROUNDING_AT)) == PRECISION_KNOWN;
    }

    /** Begins an instruction under this value of the register. */
    public void begin(int mxcsr) {
        register = mxcsr;
        control = mxcsr;
        raised = 0;
    }

    /** Begins an instruction that says itself how it rounds, as bits 14 and 13 would, and flushes no result to zero. */
    public void beginRounding(int mxcsr, int mode) {
        begin(mxcsr & ~(FTZ | 3 << ROUNDING_AT) | mode << ROUNDING_AT);
        register = mxcsr;
    }

    /** The register's value after the instruction, whether it ends or raises {@code #XM}. */
    public int end() {
        return register | (unmasked(BEFORE_COMPUTATION) ? raised & BEFORE_COMPUTATION : raised);
    }

    /** Whether the instruction must raise {@code #XM} and leave its destination alone. */
    public boolean faults() {
        return unmasked(ExceptionFlags.ALL);
    }

    /** Whether another step of the same instruction may follow: if so, what has been raised so far is recorded. */
    public boolean permitsNextStep() {
        if (faults()) {
            return false;
        }
        register |= raised;
        raised = 0;
        return true;
    }

    private boolean unmasked(int flags) {
        return (raised & flags & ~(control >> MASKS_AT)) != 0;
    }

    void raise(int flags) {
        raised |= flags;
    }

    int roundingMode() {
        return control >> ROUNDING_AT & 3;
    }

    boolean roundsToNearest() {
        return roundingMode() == RoundingMode.NEAREST;
    }

    boolean denormalsAreZero() {
        return (control & DAZ) != 0;
    }

    /** Flush to zero, which counts only while underflow is masked. */
    boolean flushesToZero() {
        return (control & FTZ) != 0 && masksUnderflow();
    }

    boolean masksOverflow() {
        return (control & OVERFLOW << MASKS_AT) != 0;
    }

    boolean masksUnderflow() {
        return (control & UNDERFLOW << MASKS_AT) != 0;
    }

    /** Whether nobody can see the precision exception being raised once more. */
    boolean isPrecisionKnown() {
        return (control & PRECISION_KNOWN) == PRECISION_KNOWN;
    }
}
