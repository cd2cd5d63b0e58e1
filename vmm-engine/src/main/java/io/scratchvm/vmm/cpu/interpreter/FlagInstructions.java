package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.semantics.Bits;
import io.scratchvm.vmm.cpu.semantics.SystemFlags;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;

/** CLC, STC, CMC, CLD, STD, SALC, LAHF, SAHF, PUSHF, POPF. */
final class FlagInstructions {
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
        x.push(size, SystemFlags.pushed(x.vcpu));
    }

    private static void pop(Execution x, int size) {
        SystemFlags.checkPop(x.vcpu);
        SystemFlags.pop(x.vcpu, x.mmu, x.pop(size), size);
    }
}
