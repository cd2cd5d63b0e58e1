package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RCX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDX;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.ExtendedState;

/** XSAVE, XSAVEOPT, XRSTOR, XGETBV, XSETBV. */
final class ExtendedStateInstructions {
    private ExtendedStateInstructions() {}

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case XGETBV -> {
                long value = ExtendedState.read(x.vcpu, (int) x.vcpu.gpr[RCX]);
                x.setRegister(RAX, 4, value);
                x.setRegister(RDX, 4, value >>> 32);
            }
            case XSETBV -> ExtendedState.write(x.vcpu, (int) x.vcpu.gpr[RCX], pair(x));
            default -> move(x, i);
        }
    }

    private static void move(Execution x, Instruction i) {
        ExtendedState.requireAvailable(x.vcpu);
        boolean restores = i.operation() == Operation.XRSTOR;
        boolean wide = i.operandSize() == 8;
        long linear = x.linear((Operand.Memory) i.first(), ExtendedState.area(x.vcpu), !restores);
        if (restores) {
            ExtendedState.restore(x.vcpu, x.mmu, linear, pair(x), wide);
        } else {
            boolean optimized = i.operation() == Operation.XSAVEOPT;
            ExtendedState.save(x.vcpu, x.mmu, linear, pair(x), wide, optimized);
        }
    }

    /** EDX:EAX. */
    private static long pair(Execution x) {
        return x.register(RDX, 4) << 32 | x.register(RAX, 4);
    }
}
