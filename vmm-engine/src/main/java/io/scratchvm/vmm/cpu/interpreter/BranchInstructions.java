package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RCX;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.Fault;

/** JMP, Jcc, JRCXZ, LOOP, LOOPE, LOOPNE, CALL and RET within a segment; BOUND. */
final class BranchInstructions {
    private BranchInstructions() {}

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case JMP -> x.jump(target(x, i), i.operandSize());
            case JCC -> jumpIf(x, i, x.vcpu.flags.condition(i.condition()));
            case JRCXZ -> jumpIf(x, i, x.register(RCX, i.addressSize()) == 0);
            case LOOP, LOOPE, LOOPNE -> loop(x, i);
            case CALL -> call(x, i);
            case RET -> ret(x, i);
            default -> bound(x, i);
        }
    }

    private static long target(Execution x, Instruction i) {
        return i.first() instanceof Operand.Target t ? t.offset() : x.read(i.first(), i.operandSize());
    }

    private static void jumpIf(Execution x, Instruction i, boolean condition) {
        if (condition) {
            x.jump(((Operand.Target) i.first()).offset(), i.operandSize());
        }
    }

    /** The count changes only if the jump does not fault. */
    private static void loop(Execution x, Instruction i) {
        long count = Execution.cut(x.vcpu.gpr[RCX] - 1, i.addressSize());
        boolean zero = x.vcpu.flags.zf();
        boolean condition =
                switch (i.operation()) {
                    case LOOPE -> count != 0 && zero;
                    case LOOPNE -> count != 0 && !zero;
                    default -> count != 0;
                };
        jumpIf(x, i, condition);
        x.setRegister(RCX, i.addressSize(), count);
    }

    private static void call(Execution x, Instruction i) {
        long target = x.checkTarget(target(x, i), i.operandSize());
        x.push(i.operandSize(), i.next());
        x.vcpu.rip = target;
    }

    private static void ret(Execution x, Instruction i) {
        int size = i.operandSize();
        long offset = x.mmu.read(x.stack(0, size, false), size);
        x.jump(offset, size);
        x.moveStack(size + (i.first() == null ? 0 : x.read(i.first(), 2)));
    }

    /** Signed bounds, both inclusive. */
    private static void bound(Execution x, Instruction i) {
        int size = i.operandSize();
        Operand.Memory m = (Operand.Memory) i.second();
        long index = Execution.extend(x.read(i.first(), size), size);
        long linear = x.linear(m, 2 * size, false);
        long lower = Execution.extend(x.mmu.read(linear, size), size);
        long upper = Execution.extend(x.mmu.read(linear + size, size), size);
        if (index < lower || index > upper) {
            throw Fault.of(Fault.BR);
        }
    }
}
