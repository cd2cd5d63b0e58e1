package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of {@link AluInstructions} and of the shifts by an immediate. CMP and TEST write back what was there. */
final class AluSteps {
    private AluSteps() {}

    private static boolean writes(Operation operation) {
        return operation != Operation.CMP && operation != Operation.TEST;
    }

    /** A register and the way in which {@code size} bytes are written to it: what is kept, what is written. */
    private abstract static class ToRegister extends Step {
        final Operation operation;
        final int shift;
        final int destination;
        final long kept;
        final long written;

        ToRegister(Instruction i) {
            operation = i.operation();
            shift = Flags.shift(i.operandSize());
            destination = ((Operand.Register) i.first()).number();
            kept = writes(operation) ? RegisterPart.kept(i.operandSize()) : -1;
            written = writes(operation) ? RegisterPart.written(i.operandSize()) : 0;
        }
    }

    static final class RegisterRegister extends ToRegister {
        private final int source;

        RegisterRegister(Instruction i) {
            super(i);
            source = ((Operand.Register) i.second()).number();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            long a = gpr[destination];
            long result = AluInstructions.compute(vcpu.flags, operation, shift, a, gpr[source]);
            gpr[destination] = a & kept | result & written;
        }
    }

    static final class RegisterImmediate extends ToRegister {
        private final long b;

        RegisterImmediate(Instruction i) {
            super(i);
            b = ((Operand.Immediate) i.second()).value();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            long a = gpr[destination];
            long result = AluInstructions.compute(vcpu.flags, operation, shift, a, b);
            gpr[destination] = a & kept | result & written;
        }
    }

    /** INC, DEC, NEG, NOT. */
    static final class UnaryRegister extends ToRegister {
        UnaryRegister(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            long a = gpr[destination];
            long result = AluInstructions.compute(vcpu.flags, operation, shift, a);
            gpr[destination] = a & kept | result & written;
        }
    }

    /** Shifts and rotates by an immediate. */
    static final class ShiftImmediate extends ToRegister {
        private final int count;

        ShiftImmediate(Instruction i) {
            super(i);
            count = (int) ((Operand.Immediate) i.second()).value();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            long a = gpr[destination];
            long result = ShiftInstructions.compute(vcpu.flags, operation, shift, a, count);
            gpr[destination] = a & kept | result & written;
        }
    }

    /** Shifts and rotates by CL. */
    static final class ShiftByCount extends ToRegister {
        ShiftByCount(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            long a = gpr[destination];
            long result = ShiftInstructions.compute(vcpu.flags, operation, shift, a, (int) gpr[Vcpu.RCX]);
            gpr[destination] = a & kept | result & written;
        }
    }

    static final class RegisterMemory extends MemoryStep {
        private final Operation operation;
        private final int size;
        private final int destination;
        private final long kept;
        private final long written;

        RegisterMemory(Instruction i) {
            super((Operand.Memory) i.second());
            operation = i.operation();
            size = i.operandSize();
            destination = ((Operand.Register) i.first()).number();
            kept = writes(operation) ? RegisterPart.kept(size) : -1;
            written = writes(operation) ? RegisterPart.written(size) : 0;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long b = mmu.read(linear(vcpu), size);
            long[] gpr = vcpu.gpr;
            long a = gpr[destination];
            long result = AluInstructions.compute(vcpu.flags, operation, Flags.shift(size), a, b);
            gpr[destination] = a & kept | result & written;
        }
    }

    static final class MemoryRegister extends MemoryStep {
        private final Operation operation;
        private final int size;
        private final int source;

        MemoryRegister(Instruction i) {
            super((Operand.Memory) i.first());
            operation = i.operation();
            size = i.operandSize();
            source = ((Operand.Register) i.second()).number();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            modify(vcpu, mmu, linear(vcpu), operation, size, vcpu.gpr[source]);
        }
    }

    static final class MemoryImmediate extends MemoryStep {
        private final Operation operation;
        private final int size;
        private final long b;

        MemoryImmediate(Instruction i) {
            super((Operand.Memory) i.first());
            operation = i.operation();
            size = i.operandSize();
            b = ((Operand.Immediate) i.second()).value();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            modify(vcpu, mmu, linear(vcpu), operation, size, b);
        }
    }

    private static void modify(Vcpu vcpu, Mmu mmu, long linear, Operation operation, int size, long b) {
        mmu.checkWrite(linear, size);
        long a = mmu.read(linear, size);
        mmu.write(linear, AluInstructions.compute(vcpu.flags, operation, Flags.shift(size), a, b), size);
    }

    /** CMP and TEST of memory with a register. */
    static final class CompareMemoryRegister extends MemoryStep {
        private final Operation operation;
        private final int size;
        private final int source;

        CompareMemoryRegister(Instruction i) {
            super((Operand.Memory) i.first());
            operation = i.operation();
            size = i.operandSize();
            source = ((Operand.Register) i.second()).number();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = mmu.read(linear(vcpu), size);
            AluInstructions.compute(vcpu.flags, operation, Flags.shift(size), a, vcpu.gpr[source]);
        }
    }

    /** CMP and TEST of memory with an immediate. */
    static final class CompareMemoryImmediate extends MemoryStep {
        private final Operation operation;
        private final int size;
        private final long b;

        CompareMemoryImmediate(Instruction i) {
            super((Operand.Memory) i.first());
            operation = i.operation();
            size = i.operandSize();
            b = ((Operand.Immediate) i.second()).value();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = mmu.read(linear(vcpu), size);
            AluInstructions.compute(vcpu.flags, operation, Flags.shift(size), a, b);
        }
    }
}
