package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.semantics.Bits;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;

/** CLC, STC, CMC, CLD, STD, SALC, LAHF, SAHF, PUSHF, POPF. */
final class FlagInstructions {
    /** What POPF can change of the flags that are not status flags; IF and IOPL under conditions. */
    private static final int POPPABLE = Flags.TF | Flags.DF | Flags.NT | Flags.AC | Flags.ID;

    private FlagInstructions() {}

    static void execute(Execution x, Instruction i) {
        Vcpu vcpu = x.vcpu;
        switch (i.operation()) {
            case CLC -> Bits.setCarry(vcpu.flags, false);
            case STC -> Bits.setCarry(vcpu.flags, true);
            case CMC -> Bits.setCarry(vcpu.flags, !vcpu.flags.cf());
            case CLD -> vcpu.systemFlags &= ~Flags.DF;
            case STD -> vcpu.systemFlags |= Flags.DF;
            case SALC -> x.setRegister(RAX, 1, vcpu.flags.cf() ? 0xff : 0);
            case LAHF -> vcpu.gpr[RAX] = vcpu.gpr[RAX] & ~0xff00L | (vcpu.flags.status() & 0xd5 | 2) << 8;
            case SAHF -> vcpu.flags.set(vcpu.flags.status() & Flags.OF | vcpu.gpr[RAX] >> 8 & 0xd5);
            case PUSHF -> push(x, i.operandSize());
            default -> pop(x, i.operandSize());
        }
    }

    private static void push(Execution x, int size) {
        checkVirtual8086(x.vcpu);
        x.push(size, x.vcpu.rflags() & ~(long) (Flags.VM | Flags.RF));
    }

    private static void pop(Execution x, int size) {
        Vcpu vcpu = x.vcpu;
        checkVirtual8086(vcpu);
        long value = x.pop(size);
        long changeable = POPPABLE;
        if (vcpu.cpl <= vcpu.iopl() || !vcpu.protectedMode()) {
            changeable |= Flags.IF;
        }
        if (vcpu.cpl == 0 || !vcpu.protectedMode()) {
            changeable |= Flags.IOPL;
        }
        changeable &= size == 2 ? 0xffff : -1L;
        vcpu.flags.set(value);
        vcpu.systemFlags = vcpu.systemFlags & ~changeable & ~Flags.RF | value & changeable;
    }

    /** In virtual-8086 mode the flags are the monitor's unless IOPL is 3. */
    private static void checkVirtual8086(Vcpu vcpu) {
        if (vcpu.virtual8086() && vcpu.iopl() < 3) {
            throw Fault.gp(0);
        }
    }
}
