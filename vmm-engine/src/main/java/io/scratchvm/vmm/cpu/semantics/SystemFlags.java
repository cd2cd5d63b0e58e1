package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.Flags.*;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * CLI, STI, PUSHF, POPF and the flags' part of IRET (Intel SDM volume 2; volume 1, section 3.4.3). VME and PVI are not
 * announced, so VIF and VIP only keep what IRET at ring 0 gives them. RF, which IRET sets, is for the engine to clear
 * after one instruction.
 */
public final class SystemFlags {
    /** What POPF may change at all. */
    private static final long POPF = STATUS | TF | IF | DF | IOPL | NT | AC | ID;

    /** What IRET may change at all; VM is treated apart. */
    private static final long IRET = POPF | RF | VIF | VIP;

    private static final long WORD = 0xffff;

    private SystemFlags() {}

    /** CLI. */
    public static void clearInterrupt(Vcpu vcpu) {
        requireIopl(vcpu);
        vcpu.systemFlags &= ~IF;
    }

    /** STI: interrupts come after the next instruction at the earliest. */
    public static void setInterrupt(Vcpu vcpu) {
        requireIopl(vcpu);
        if ((vcpu.systemFlags & IF) == 0) {
            vcpu.interruptShadow = true;
        }
        vcpu.systemFlags |= IF;
    }

    /** What PUSHF pushes, to be cut to the operand size. */
    public static long pushed(Vcpu vcpu) {
        requireIoplInVirtual8086(vcpu);
        return vcpu.rflags() & ~(VM | RF);
    }

    /** POPF, before the stack is read. */
    public static void checkPop(Vcpu vcpu) {
        requireIoplInVirtual8086(vcpu);
    }

    /**
     * POPF, after {@link #checkPop} and after the stack was read.
     *
     * @param operandSize bytes: 2, 4 or 8
     */
    public static void pop(Vcpu vcpu, Mmu mmu, long value, int operandSize) {
        replace(vcpu, mmu, POPF & byPrivilege(vcpu) & bySize(operandSize) | RF, value & ~RF);
    }

    /** What IRET, executed now, may change. */
    static long writableByIret(Vcpu vcpu, int operandSize) {
        long mask = IRET & byPrivilege(vcpu) & bySize(operandSize);
        return vcpu.protectedMode() && vcpu.cpl == 0 ? mask : mask & ~(VIF | VIP);
    }

    private static long bySize(int operandSize) {
        return operandSize == 2 ? WORD : -1;
    }

    private static long byPrivilege(Vcpu vcpu) {
        return ~((vcpu.cpl == 0 ? 0 : IOPL) | (vcpu.cpl <= vcpu.iopl() ? 0 : IF));
    }

    /** Replaces the bits of RFLAGS that {@code mask} names. */
    static void replace(Vcpu vcpu, Mmu mmu, long mask, long value) {
        vcpu.setRflags(vcpu.rflags() & ~mask | value & mask);
        mmu.synchronize();
    }

    private static void requireIopl(Vcpu vcpu) {
        if (vcpu.protectedMode() && vcpu.cpl > vcpu.iopl()) {
            throw Fault.gp(0);
        }
    }

    /** PUSHF, POPF, INT n and IRET in virtual-8086 mode need IOPL 3. */
    static void requireIoplInVirtual8086(Vcpu vcpu) {
        if (vcpu.virtual8086() && vcpu.iopl() < 3) {
            throw Fault.gp(0);
        }
    }
}
