package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.X87;
import io.scratchvm.vmm.memory.Mmu;
import java.util.Arrays;

/**
 * XSAVE, XSAVEOPT, XRSTOR, XGETBV and XSETBV (Intel SDM volume 1, chapter 13) for x87, SSE and AVX state, in the
 * standard format. Of the choices that the chapter leaves: a component counts as in use unless it is as reset leaves it, and
 * XSAVEOPT saves all that is in use, modified or not.
 */
public final class ExtendedState {
    /** What XCR0 may hold. */
    static final long COMPONENTS = XCR0_X87 | XCR0_SSE | XCR0_AVX;

    /** What instructions on YMM registers need. */
    private static final long VECTORS = XCR0_SSE | XCR0_AVX;

    /** Bytes of the legacy region and of the header after it. */
    private static final int LEGACY = 512, HEADER = 64;

    /** Where the upper halves of the YMM registers are, and their bytes. */
    static final int AVX_AT = LEGACY + HEADER, AVX_SIZE = 256;

    /** Bytes of all that there is. */
    static final int MAX_AREA = AVX_AT + AVX_SIZE;

    private ExtendedState() {}

    /** #UD unless CR4.OSXSAVE is set. */
    private static void requireEnabled(Vcpu vcpu) {
        if ((vcpu.cr4 & CR4_OSXSAVE) == 0) {
            throw Fault.ud();
        }
    }

    /** #UD unless CR4.OSXSAVE is set, #NM where CR0.TS defers the use of these registers. */
    public static void requireAvailable(Vcpu vcpu) {
        requireEnabled(vcpu);
        if ((vcpu.cr0 & CR0_TS) != 0) {
            throw Fault.of(Fault.NM);
        }
    }

    /** #UD unless XCR0 has enabled AVX, in protected mode; #NM where CR0.TS defers it (SDM volume 2, section 2.8). */
    public static void requireAvx(Vcpu vcpu) {
        Privilege.requireVex(vcpu);
        if ((vcpu.xcr0 & VECTORS) != VECTORS) {
            throw Fault.ud();
        }
        requireAvailable(vcpu);
    }

    /** Bytes of the area for the components that XCR0 enables. */
    public static int area(Vcpu vcpu) {
        return (vcpu.xcr0 & XCR0_AVX) != 0 ? MAX_AREA : AVX_AT;
    }

    private static void requireAligned(long linear) {
        if ((linear & 63) != 0) {
            throw Fault.gp(0);
        }
    }

    /** Makes all components as reset leaves them, what they are made of included. */
    public static void reset(Vcpu vcpu) {
        initialize(vcpu.x87);
        Arrays.fill(vcpu.xmm, 0);
        Arrays.fill(vcpu.ymm, 0);
        vcpu.mxcsr = FloatingPointState.MXCSR_RESET;
    }

    // -- XCR0 --------------------------------------------------------------------------------------------------------

    /** XGETBV: there is register 0 alone. */
    public static long read(Vcpu vcpu, int register) {
        requireEnabled(vcpu);
        if (register != 0) {
            throw Fault.gp(0);
        }
        return vcpu.xcr0;
    }

    /** XSETBV. */
    public static void write(Vcpu vcpu, int register, long value) {
        requireEnabled(vcpu);
        Privilege.requireKernel(vcpu);
        boolean avxAlone = (value & VECTORS) == XCR0_AVX;
        if (register != 0 || (value & XCR0_X87) == 0 || (value & ~COMPONENTS) != 0 || avxAlone) {
            throw Fault.gp(0);
        }
        vcpu.xcr0 = value;
    }

    // -- saving ------------------------------------------------------------------------------------------------------

    /**
     * XSAVE, or XSAVEOPT, which leaves out what is not in use.
     *
     * @param requested EDX:EAX
     * @param wide with REX.W: 64-bit pointers
     */
    public static void save(Vcpu vcpu, Mmu mmu, long linear, long requested, boolean wide, boolean optimized) {
        requireAligned(linear);
        mmu.checkWrite(linear, LEGACY);
        mmu.checkWrite(linear + LEGACY, area(vcpu) - LEGACY);
        long wanted = requested & vcpu.xcr0;
        long used = inUse(vcpu);
        long saved = optimized ? wanted & used : wanted;
        if ((saved & XCR0_X87) != 0) {
            FloatingPointState.saveX87(vcpu.x87, mmu, linear, wide);
        }
        if ((wanted & VECTORS) != 0) {
            FloatingPointState.saveControl(vcpu, mmu, linear);
        }
        if ((saved & XCR0_SSE) != 0) {
            FloatingPointState.saveXmm(vcpu, mmu, linear);
        }
        if ((saved & XCR0_AVX) != 0) {
            for (int i = 0; i < FloatingPointState.xmmHalves(vcpu); i++) {
                mmu.write64(linear + AVX_AT + 8 * i, vcpu.ymm[i]);
            }
        }
        long before = mmu.read64(linear + LEGACY);
        mmu.write64(linear + LEGACY, before & ~wanted | used & wanted);
    }

    /** The components that are not in their initial configuration (section 13.6). */
    private static long inUse(Vcpu vcpu) {
        long used = isInitial(vcpu.x87) ? 0 : XCR0_X87;
        for (int i = 0; i < FloatingPointState.xmmHalves(vcpu); i++) {
            used |= (vcpu.xmm[i] != 0 ? XCR0_SSE : 0) | (vcpu.ymm[i] != 0 ? XCR0_AVX : 0);
        }
        return used;
    }

    private static boolean isInitial(X87 x87) {
        boolean control = x87.controlWord == X87.INITIAL_CONTROL_WORD && x87.statusWord == 0 && x87.tagWord == 0xffff;
        boolean last = x87.lastOpcode == 0 && x87.lastInstruction == 0 && x87.lastData == 0;
        boolean registers = true;
        for (int i = 0; i < 8; i++) {
            registers &= x87.significand[i] == 0 && x87.signExponent[i] == 0;
        }
        return control && last && registers;
    }

    // -- restoring ---------------------------------------------------------------------------------------------------

    /** XRSTOR: components that are not in the area become as reset leaves them. */
    public static void restore(Vcpu vcpu, Mmu mmu, long linear, long requested, boolean wide) {
        requireAligned(linear);
        mmu.read8(linear);
        long present = mmu.read64(linear + LEGACY);
        checkHeader(vcpu, mmu, linear + LEGACY, present);
        long wanted = requested & vcpu.xcr0;
        if ((wanted & VECTORS) != 0) {
            vcpu.mxcsr = FloatingPointState.savedControl(mmu, linear);
        }
        if ((wanted & present & XCR0_SSE) != 0) {
            FloatingPointState.restoreXmm(vcpu, mmu, linear);
        } else if ((wanted & XCR0_SSE) != 0) {
            Arrays.fill(vcpu.xmm, 0, FloatingPointState.xmmHalves(vcpu), 0);
        }
        if ((wanted & present & XCR0_AVX) != 0) {
            restoreYmm(vcpu, mmu, linear + AVX_AT);
        } else if ((wanted & XCR0_AVX) != 0) {
            Arrays.fill(vcpu.ymm, 0, FloatingPointState.xmmHalves(vcpu), 0);
        }
        if ((wanted & present & XCR0_X87) != 0) {
            FloatingPointState.restoreX87(vcpu.x87, mmu, linear, wide);
        } else if ((wanted & XCR0_X87) != 0) {
            initialize(vcpu.x87);
        }
    }

    private static void restoreYmm(Vcpu vcpu, Mmu mmu, long linear) {
        for (int i = 0; i < FloatingPointState.xmmHalves(vcpu); i++) {
            vcpu.ymm[i] = mmu.read64(linear + 8 * i);
        }
    }

    /** No component that is not enabled, not the compacted format, nothing where nothing is defined. */
    private static void checkHeader(Vcpu vcpu, Mmu mmu, long header, long present) {
        long compaction = mmu.read64(header + 8);
        if ((present & ~vcpu.xcr0) != 0 || compaction != 0 || mmu.read64(header + 16) != 0) {
            throw Fault.gp(0);
        }
    }

    private static void initialize(X87 x87) {
        Arrays.fill(x87.significand, 0);
        Arrays.fill(x87.signExponent, 0);
        X87Environment.initialize(x87);
    }
}
