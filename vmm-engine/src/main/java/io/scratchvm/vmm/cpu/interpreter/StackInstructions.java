package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RBP;
import static io.scratchvm.vmm.cpu.state.Vcpu.RSP;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.Segment;

/** PUSH, POP, PUSHA, POPA, ENTER, LEAVE. */
final class StackInstructions {
    private StackInstructions() {}

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case PUSH -> x.push(i.operandSize(), x.read(i.first(), i.operandSize()));
            case POP -> pop(x, i);
            case PUSHA -> pushAll(x, i.operandSize());
            case POPA -> popAll(x, i.operandSize());
            case ENTER -> enter(x, i);
            default -> leave(x, i.operandSize());
        }
    }

    /** The address of a memory destination is computed with the stack pointer already moved. */
    private static void pop(Execution x, Instruction i) {
        int size = i.operandSize();
        if (i.first() instanceof Operand.SegmentRegister s) {
            SegmentInstructions.pop(x, s, size);
            return;
        }
        long before = x.vcpu.gpr[RSP];
        long value = x.pop(size);
        if (i.first() instanceof Operand.Memory m) {
            long after = x.vcpu.gpr[RSP];
            long address = x.effective(m);
            // Should the write fault, the stack pointer has not moved.
            x.vcpu.gpr[RSP] = before;
            x.mmu.write(x.linear(m.segment(), address, size, true), value, size);
            x.vcpu.gpr[RSP] = after;
        } else {
            x.write(i.first(), size, value);
        }
    }

    private static void pushAll(Execution x, int size) {
        for (int n = 1; n <= 8; n++) {
            x.mmu.checkWrite(x.stack(-n * size, size, true), size);
        }
        long stackPointer = x.vcpu.gpr[RSP];
        for (int register = 0; register < 8; register++) {
            x.push(size, register == RSP ? stackPointer : x.vcpu.gpr[register]);
        }
    }

    private static void popAll(Execution x, int size) {
        for (int n = 0; n < 8; n++) {
            x.mmu.read(x.stack(n * size, size, false), size);
        }
        for (int register = 7; register >= 0; register--) {
            long value = x.pop(size);
            if (register != RSP) {
                x.setRegister(register, size, value);
            }
        }
    }

    /** The frame's pushes, then the check that its end can be written (Intel SDM volume 2, ENTER). */
    private static void enter(Execution x, Instruction i) {
        int size = i.operandSize();
        long locals = x.read(i.first(), 2);
        int level = (int) x.read(i.second(), 1) & 31;
        int pushes = level + 1;
        for (int n = 1; n <= pushes; n++) {
            x.mmu.checkWrite(x.stack(-n * size, size, true), size);
        }
        x.mmu.checkWrite(x.stack(-pushes * size - locals, size, true), size);
        for (int n = 1; n < level; n++) {
            frameSlot(x, n, size);
        }
        long frame = x.vcpu.gpr[RSP] - size;
        x.push(size, x.vcpu.gpr[RBP]);
        for (int n = 1; n < level; n++) {
            x.push(size, frameSlot(x, n, size));
        }
        if (level > 0) {
            x.push(size, frame);
        }
        x.moveStack(-locals);
        x.setRegister(RBP, x.stackSize(), frame);
    }

    /** The {@code n}th of the enclosing frames' pointers, below RBP. */
    private static long frameSlot(Execution x, int n, int size) {
        long offset = Execution.cut(x.vcpu.gpr[RBP] - (long) n * size, x.stackSize());
        return x.mmu.read(x.linear(Segment.SS, offset, size, false), size);
    }

    private static void leave(Execution x, int size) {
        int stackSize = x.stackSize();
        long frame = Execution.cut(x.vcpu.gpr[RBP], stackSize);
        long value = x.mmu.read(x.linear(Segment.SS, frame, size, false), size);
        x.setStackPointer(frame + size);
        x.setRegister(RBP, size, value);
    }
}
