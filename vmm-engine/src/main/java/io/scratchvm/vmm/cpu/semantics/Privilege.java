package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** The privilege level and what instructions ask of it and of the mode. */
public final class Privilege {
    private Privilege() {}

    /** #GP(0) unless CPL is 0 (which it is in real mode). */
    public static void requireKernel(Vcpu vcpu) {
        if (vcpu.cpl != 0) {
            throw Fault.gp(0);
        }
    }

    /** #UD in real and virtual-8086 mode, where selectors name no descriptors. */
    static void requireSelectors(Vcpu vcpu) {
        if (selectorsAreParagraphs(vcpu)) {
            throw Fault.ud();
        }
    }

    /** #UD in real and virtual-8086 mode, which know no VEX prefixes. */
    public static void requireVex(Vcpu vcpu) {
        requireSelectors(vcpu);
    }

    /** Real or virtual-8086 mode: a segment's base is its selector times 16. */
    static boolean selectorsAreParagraphs(Vcpu vcpu) {
        return !vcpu.protectedMode() || vcpu.virtual8086();
    }

    static void requireCanonical(long address) {
        if (!Vcpu.isCanonical(address)) {
            throw Fault.gp(0);
        }
    }

    /** Makes {@code cpl} the current privilege level. Ring 3 ends a system call, however it is entered. */
    static void enter(Vcpu vcpu, Mmu mmu, int cpl) {
        vcpu.cpl = cpl;
        if (cpl == 3) {
            vcpu.systemCallLatch = false;
        }
        mmu.synchronize();
    }
}
