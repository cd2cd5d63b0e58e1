package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.X87;
import io.scratchvm.vmm.memory.Mmu;

/** FXSAVE, FXRSTOR, LDMXCSR and STMXCSR (Intel SDM volume 1, section 10.5). */
public final class FloatingPointState {
    private static final int AREA = 512;
    private static final int MXCSR_AT = 24, REGISTERS_AT = 32, XMM_AT = 160;
    private static final int MXCSR_MASK = 0xffff;
    /** All exceptions masked, round to nearest. */
    static final int MXCSR_RESET = 0x1f80;

    private static final int EMPTY = 3;

    private FloatingPointState() {}

    /** #NM where CR0.EM or CR0.TS hands x87 and FXSAVE to software. */
    public static void requireX87(Vcpu vcpu) {
        if ((vcpu.cr0 & (CR0_EM | CR0_TS)) != 0) {
            throw Fault.of(Fault.NM);
        }
    }

    /**
     * #MF where an x87 exception is pending that is not masked. Without CR0.NE it would be an external interrupt, by way
     * of pins that nothing is connected to: ignored.
     */
    public static void requireNothingPending(Vcpu vcpu) {
        if (vcpu.x87.isPending() && (vcpu.cr0 & CR0_NE) != 0) {
            throw Fault.of(Fault.MF);
        }
    }

    /** WAIT: #NM where CR0.MP and CR0.TS are both set, #MF where an exception is pending. */
    public static void waitForExceptions(Vcpu vcpu) {
        long both = CR0_MP | CR0_TS;
        if ((vcpu.cr0 & both) == both) {
            throw Fault.of(Fault.NM);
        }
        requireNothingPending(vcpu);
    }

    /** #UD where SSE is not enabled, #NM where CR0.TS defers it (SDM volume 3, table 14-1). */
    public static void requireSse(Vcpu vcpu) {
        if ((vcpu.cr0 & CR0_EM) != 0 || (vcpu.cr4 & CR4_OSFXSR) == 0) {
            throw Fault.ud();
        }
        if ((vcpu.cr0 & CR0_TS) != 0) {
            throw Fault.of(Fault.NM);
        }
    }

    /** #UD or #NM where MMX is not available, #MF where an x87 exception is pending. */
    public static void requireMmx(Vcpu vcpu) {
        if ((vcpu.cr0 & CR0_EM) != 0) {
            throw Fault.ud();
        }
        if ((vcpu.cr0 & CR0_TS) != 0) {
            throw Fault.of(Fault.NM);
        }
        requireNothingPending(vcpu);
    }

    private static void requireAligned(long linear) {
        if ((linear & 15) != 0) {
            throw Fault.gp(0);
        }
    }

    /** LDMXCSR: what the operand's value does. */
    public static void loadControl(Vcpu vcpu, int value) {
        requireSse(vcpu);
        vcpu.mxcsr = checked(value);
    }

    /** STMXCSR: the value to be stored. */
    public static int storeControl(Vcpu vcpu) {
        requireSse(vcpu);
        return vcpu.mxcsr;
    }

    /**
     * Sets MXCSR's flags after an SSE instruction.
     *
     * @throws Fault #XM where an exception is not masked, #UD where the guest has not said that it handles #XM; the
     *     flags stay set (SDM volume 1, section 11.5.3)
     */
    public static void recordExceptions(Vcpu vcpu, Mxcsr mxcsr) {
        vcpu.mxcsr = mxcsr.end();
        if (mxcsr.faults()) {
            throw Fault.of((vcpu.cr4 & CR4_OSXMMEXCPT) != 0 ? Fault.XM : Fault.UD);
        }
    }

    private static int checked(int mxcsr) {
        if ((mxcsr & ~MXCSR_MASK) != 0) {
            throw Fault.gp(0);
        }
        return mxcsr;
    }

    /** FXSAVE; {@code wide} with REX.W: 64-bit pointers. */
    public static void save(Vcpu vcpu, Mmu mmu, long linear, boolean wide) {
        requireX87(vcpu);
        requireAligned(linear);
        mmu.checkWrite(linear, AREA);
        saveX87(vcpu.x87, mmu, linear, wide);
        saveControl(vcpu, mmu, linear);
        saveXmm(vcpu, mmu, linear);
    }

    static void saveX87(X87 x87, Mmu mmu, long linear, boolean wide) {
        mmu.write16(linear, x87.controlWord);
        mmu.write16(linear + 2, x87.statusWord);
        mmu.write16(linear + 4, abridged(x87.tagWord));
        mmu.write16(linear + 6, x87.lastOpcode);
        long mask = wide ? -1 : 0xffff_ffffL;
        mmu.write64(linear + 8, x87.lastInstruction & mask);
        mmu.write64(linear + 16, x87.lastData & mask);
        for (int i = 0; i < 8; i++) {
            int register = x87.physical(i);
            mmu.write64(linear + REGISTERS_AT + 16 * i, x87.significand[register]);
            mmu.write64(linear + REGISTERS_AT + 16 * i + 8, x87.signExponent[register] & 0xffff);
        }
    }

    /** MXCSR and the mask of its bits. */
    static void saveControl(Vcpu vcpu, Mmu mmu, long linear) {
        mmu.write32(linear + MXCSR_AT, vcpu.mxcsr);
        mmu.write32(linear + MXCSR_AT + 4, MXCSR_MASK);
    }

    static void saveXmm(Vcpu vcpu, Mmu mmu, long linear) {
        for (int i = 0; i < xmmHalves(vcpu); i++) {
            mmu.write64(linear + XMM_AT + 8 * i, vcpu.xmm[i]);
        }
    }

    /** FXRSTOR. */
    public static void restore(Vcpu vcpu, Mmu mmu, long linear, boolean wide) {
        requireX87(vcpu);
        requireAligned(linear);
        mmu.read8(linear + AREA - 1);
        int mxcsr = savedControl(mmu, linear);
        restoreX87(vcpu.x87, mmu, linear, wide);
        restoreXmm(vcpu, mmu, linear);
        vcpu.mxcsr = mxcsr;
    }

    /** @throws Fault #GP(0) where MXCSR has no such bits */
    static int savedControl(Mmu mmu, long linear) {
        return checked((int) mmu.read32(linear + MXCSR_AT));
    }

    static void restoreX87(X87 x87, Mmu mmu, long linear, boolean wide) {
        x87.controlWord = (int) mmu.read16(linear) & 0x1f7f | 0x40;
        x87.statusWord = (int) mmu.read16(linear + 2);
        int valid = (int) mmu.read8(linear + 4);
        x87.lastOpcode = (int) mmu.read16(linear + 6) & 0x7ff;
        long mask = wide ? -1 : 0xffff_ffffL;
        x87.lastInstruction = mmu.read64(linear + 8) & mask;
        x87.lastData = mmu.read64(linear + 16) & mask;
        for (int i = 0; i < 8; i++) {
            int register = x87.physical(i);
            x87.significand[register] = mmu.read64(linear + REGISTERS_AT + 16 * i);
            x87.signExponent[register] = (int) mmu.read16(linear + REGISTERS_AT + 16 * i + 8);
        }
        x87.tagWord = full(valid);
        x87.summarize();
    }

    static void restoreXmm(Vcpu vcpu, Mmu mmu, long linear) {
        for (int i = 0; i < xmmHalves(vcpu); i++) {
            vcpu.xmm[i] = mmu.read64(linear + XMM_AT + 8 * i);
        }
    }

    /** How many of {@code vcpu.xmm} there are in this mode. */
    static int xmmHalves(Vcpu vcpu) {
        return vcpu.mode64() ? 32 : 16;
    }

    /** One bit a register: not empty. */
    private static int abridged(int tagWord) {
        int valid = 0;
        for (int i = 0; i < 8; i++) {
            valid |= (tagWord >> 2 * i & EMPTY) == EMPTY ? 0 : 1 << i;
        }
        return valid;
    }

    /** The tag word from which registers are not empty. */
    private static int full(int valid) {
        int tagWord = 0;
        for (int i = 0; i < 8; i++) {
            tagWord |= (valid >> i & 1) == 0 ? EMPTY << 2 * i : 0;
        }
        return tagWord;
    }
}
