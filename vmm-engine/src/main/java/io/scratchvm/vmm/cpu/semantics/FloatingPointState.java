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
    private static final int EMPTY = 3;

    private FloatingPointState() {}

    /** #NM where CR0.EM or CR0.TS hands x87 and FXSAVE to software. */
    private static void requireAvailable(Vcpu vcpu) {
        if ((vcpu.cr0 & (CR0_EM | CR0_TS)) != 0) {
            throw Fault.of(Fault.NM);
        }
    }

    /** WAIT: #NM where CR0.MP and CR0.TS are both set. */
    public static void waitForExceptions(Vcpu vcpu) {
        long both = CR0_MP | CR0_TS;
        if ((vcpu.cr0 & both) == both) {
            throw Fault.of(Fault.NM);
        }
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
        if ((vcpu.x87.statusWord & X87.ES) != 0) {
            throw Fault.of(Fault.MF);
        }
    }

    /** FNINIT (SDM volume 2): the registers keep their values and are tagged empty. */
    public static void initialize(Vcpu vcpu) {
        requireAvailable(vcpu);
        X87 x87 = vcpu.x87;
        x87.controlWord = X87.INITIAL_CONTROL_WORD;
        x87.statusWord = 0;
        x87.tagWord = 0xffff;
        x87.lastOpcode = 0;
        x87.lastInstruction = 0;
        x87.lastData = 0;
    }

    /** FNCLEX: clears the exception flags, the stack fault, the exception summary and B. */
    public static void clearExceptions(Vcpu vcpu) {
        requireAvailable(vcpu);
        vcpu.x87.statusWord &= 0x7f00;
    }

    /** FLDCW; #MF where an exception is pending. An exception that the new word unmasks becomes pending. */
    public static void loadControlWord(Vcpu vcpu, int value) {
        requireAvailable(vcpu);
        X87 x87 = vcpu.x87;
        if ((x87.statusWord & X87.ES) != 0) {
            throw Fault.of(Fault.MF);
        }
        x87.controlWord = value & 0x1f3f | 0x40;
        boolean pending = (x87.statusWord & ~x87.controlWord & 0x3f) != 0;
        x87.statusWord = pending ? x87.statusWord | X87.ES | X87.BUSY : x87.statusWord & ~(X87.ES | X87.BUSY);
    }

    /** FNSTCW: the word to be stored. */
    public static int controlWord(Vcpu vcpu) {
        requireAvailable(vcpu);
        return vcpu.x87.controlWord;
    }

    /** FNSTSW: the word to be stored. */
    public static int statusWord(Vcpu vcpu) {
        requireAvailable(vcpu);
        return vcpu.x87.statusWord;
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
        requireAvailable(vcpu);
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
            int register = physical(x87, i);
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
        requireAvailable(vcpu);
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
            int register = physical(x87, i);
            x87.significand[register] = mmu.read64(linear + REGISTERS_AT + 16 * i);
            x87.signExponent[register] = (int) mmu.read16(linear + REGISTERS_AT + 16 * i + 8);
        }
        x87.tagWord = full(x87, valid);
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

    /** The physical register that ST(i) is. */
    private static int physical(X87 x87, int i) {
        return (x87.statusWord >> 11) + i & 7;
    }

    /** One bit a register: not empty. */
    private static int abridged(int tagWord) {
        int valid = 0;
        for (int i = 0; i < 8; i++) {
            valid |= (tagWord >> 2 * i & EMPTY) == EMPTY ? 0 : 1 << i;
        }
        return valid;
    }

    /** The tag word anew, from which registers are not empty and what they hold. */
    private static int full(X87 x87, int valid) {
        int tagWord = 0;
        for (int i = 0; i < 8; i++) {
            int tag = (valid >> i & 1) == 0 ? EMPTY : tag(x87.significand[i], x87.signExponent[i]);
            tagWord |= tag << 2 * i;
        }
        return tagWord;
    }

    /** 0 a normal number, 1 zero, 2 special. */
    private static int tag(long significand, int signExponent) {
        int exponent = signExponent & 0x7fff;
        if (exponent == 0 && significand == 0) {
            return 1;
        }
        return exponent == 0 || exponent == 0x7fff || significand >= 0 ? 2 : 0;
    }
}
