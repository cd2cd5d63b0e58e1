package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.semantics.X87Environment;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;
import java.util.Arrays;

/** The part of a signal frame that holds the x87 and SSE registers: what FXSAVE stores (asm/sigcontext.h, struct _fpstate). */
final class FloatingPointFrame {
    static final int ALIGNMENT = 64;

    private static final int LEGACY = 512;
    private static final int MXCSR_DEFAULT = 0x1f80;

    private final Vcpu vcpu;
    private final Mmu mmu;
    private final UserMemory memory;

    FloatingPointFrame(Vcpu vcpu, UserMemory memory) {
        this.vcpu = vcpu;
        this.mmu = memory.mmu();
        this.memory = memory;
    }

    /** Whether it is XSAVE's. */
    boolean isExtended() {
        return false;
    }

    /** Bytes. */
    int size() {
        return LEGACY;
    }

    /** Writes the registers; whether the program may write there. */
    boolean save(long address) {
        // Brings in the stack's pages and leaves no fault for FXSAVE.
        if (memory.writeSome(address, new byte[size()], 0, size()) < size()) {
            return false;
        }
        FloatingPointState.save(vcpu, mmu, address, true);
        return true;
    }

    /** The registers as a handler finds them. */
    void reset() {
        X87Environment.initialize(vcpu.x87);
        Arrays.fill(vcpu.x87.significand, 0);
        Arrays.fill(vcpu.x87.signExponent, 0);
        Arrays.fill(vcpu.xmm, 0);
        vcpu.mxcsr = MXCSR_DEFAULT;
    }

    /** Reads the registers back, or {@linkplain #reset resets} them for address 0; false if they cannot be read, or be so. */
    boolean restore(long address) {
        if (address == 0) {
            reset();
            return true;
        }
        if (memory.readSome(address, new byte[size()], 0, size()) < size()) {
            return false;
        }
        try {
            FloatingPointState.restore(vcpu, mmu, address, true);
            return true;
        } catch (Fault notRestorable) {
            return false;
        }
    }
}
