package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.EFER_SCE;
import static io.scratchvm.vmm.cpu.state.Segment.*;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * SYSCALL, SYSRET, SYSENTER, SYSEXIT and SWAPGS (Intel SDM volume 2; volume 3, section 5.8). Where Intel's and AMD's
 * CPUs differ, this is Intel's: SYSCALL and SYSRET exist in 64-bit mode only, and SYSRET to an address that is not
 * canonical faults in ring 0.
 */
public final class SystemCalls {
    /** Flags that SYSRET takes from R11: all but RF and VM. */
    private static final long SYSRET_FLAGS = 0x3c_7fd7;

    private SystemCalls() {}

    /** SYSCALL; {@code next} is the address after it. */
    public static void syscall(Vcpu vcpu, Mmu mmu, long next) {
        requireSyscall(vcpu);
        vcpu.gpr[Vcpu.RCX] = next;
        vcpu.gpr[Vcpu.R11] = vcpu.rflags();
        vcpu.setRflags(vcpu.rflags() & ~vcpu.fmask);
        int selector = (int) (vcpu.star >>> 32) & 0xfffc;
        enterFlat(vcpu, mmu, flatCode64(selector, 0), selector + 8, vcpu.lstar);
        vcpu.systemCallLatch = true;
    }

    /** SYSRET; {@code operandSize} 8 returns to 64-bit mode, any other to compatibility mode. */
    public static void sysret(Vcpu vcpu, Mmu mmu, int operandSize) {
        requireSyscall(vcpu);
        Privilege.requireKernel(vcpu);
        boolean wide = operandSize == 8;
        long target = vcpu.gpr[Vcpu.RCX];
        if (wide) {
            Privilege.requireCanonical(target);
        }
        vcpu.setRflags(vcpu.gpr[Vcpu.R11] & SYSRET_FLAGS);
        int selector = (int) (vcpu.star >>> 48);
        Segment code = wide ? flatCode64(selector + 16 & 0xffff | 3, 3) : flatCode32(selector | 3, 3);
        enterFlat(vcpu, mmu, code, selector + 8 | 3, wide ? target : target & 0xffff_ffffL);
    }

    private static void requireSyscall(Vcpu vcpu) {
        if (!vcpu.mode64() || (vcpu.efer & EFER_SCE) == 0) {
            throw Fault.ud();
        }
    }

    /** SYSENTER. */
    public static void sysenter(Vcpu vcpu, Mmu mmu) {
        requireSysenter(vcpu);
        vcpu.systemFlags &= ~(Flags.VM | Flags.IF | Flags.RF);
        boolean wide = vcpu.longMode();
        int selector = (int) vcpu.sysenterCs & 0xfffc;
        vcpu.gpr[Vcpu.RSP] = wide ? vcpu.sysenterEsp : vcpu.sysenterEsp & 0xffff_ffffL;
        long target = wide ? vcpu.sysenterEip : vcpu.sysenterEip & 0xffff_ffffL;
        enterFlat(vcpu, mmu, wide ? flatCode64(selector, 0) : flatCode32(selector, 0), selector + 8, target);
    }

    /** SYSEXIT; {@code operandSize} 8 returns to 64-bit mode. */
    public static void sysexit(Vcpu vcpu, Mmu mmu, int operandSize) {
        requireSysenter(vcpu);
        Privilege.requireKernel(vcpu);
        boolean wide = operandSize == 8;
        long mask = wide ? -1 : 0xffff_ffffL;
        long target = vcpu.gpr[Vcpu.RDX] & mask;
        long stack = vcpu.gpr[Vcpu.RCX] & mask;
        Privilege.requireCanonical(target);
        Privilege.requireCanonical(stack);
        int selector = (int) vcpu.sysenterCs & 0xffff | 3;
        vcpu.gpr[Vcpu.RSP] = stack;
        Segment code = wide ? flatCode64(selector + 32 & 0xffff, 3) : flatCode32(selector + 16 & 0xffff, 3);
        enterFlat(vcpu, mmu, code, code.selector() + 8, target);
    }

    private static void requireSysenter(Vcpu vcpu) {
        if (!vcpu.protectedMode() || (vcpu.sysenterCs & 0xfffc) == 0) {
            throw Fault.gp(0);
        }
    }

    /** These instructions load CS and SS with fixed content; the tables are not looked at. */
    private static void enterFlat(Vcpu vcpu, Mmu mmu, Segment code, int stackSelector, long target) {
        vcpu.segments[CS] = code;
        vcpu.segments[SS] = flatData(stackSelector & 0xffff, code.dpl());
        vcpu.rip = target;
        Privilege.enter(vcpu, mmu, code.dpl());
    }

    private static Segment flatCode32(int selector, int dpl) {
        Segment wide = flatCode64(selector, dpl);
        return new Segment(selector, 0, wide.limit(), wide.attributes() & ~LONG | BIG);
    }

    /** SWAPGS. */
    public static void swapGs(Vcpu vcpu) {
        if (!vcpu.mode64()) {
            throw Fault.ud();
        }
        Privilege.requireKernel(vcpu);
        long base = vcpu.kernelGsBase;
        vcpu.kernelGsBase = vcpu.segments[GS].base();
        ModelSpecificRegisters.setBase(vcpu, GS, base);
    }
}
