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

    /** ADC and SBB between a register and a register or an immediate. */
    static final class WithCarry extends RegisterStep {
        private final Operation operation;

        WithCarry(Instruction i) {
            super(i);
            operation = i.operation();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, AluInstructions.compute(vcpu.flags, operation, shift, a, second(vcpu.gpr)));
        }
    }

    /** INC, DEC, NEG, NOT. */
    static final class UnaryRegister extends RegisterStep {
        private final Instruction instruction;
        private final Operation operation;

        UnaryRegister(Instruction i) {
            super(i);
            instruction = i;
            operation = i.operation();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, AluInstructions.compute(vcpu.flags, operation, shift, a));
        }

        @Override
        Step withoutFlags() {
            return FlaglessSteps.of(instruction, this);
        }
    }

    /** The count of a shift by an immediate: five bits, or six for 8 bytes. */
    static int count(Instruction i) {
        int count = (int) ((Operand.Immediate) i.second()).value();
        return count & (i.operandSize() == 8 ? 63 : 31);
    }

    /** Shifts and rotates by an immediate. */
    static final class ShiftImmediate extends RegisterStep {
        private final Instruction instruction;
        private final Operation operation;
        private final int count;

        ShiftImmediate(Instruction i) {
            super(i);
            instruction = i;
            operation = i.operation();
            count = count(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, ShiftInstructions.compute(vcpu.flags, operation, shift, a, count));
        }

        @Override
        FlagUse flagUse() {
            return switch (operation) {
                case SHL, SHR, SAR -> count == 0 ? FlagUse.NONE : FlagUse.REPLACED;
                default -> FlagUse.SEEN;
            };
        }

        @Override
        Step withoutFlags() {
            return FlaglessSteps.of(instruction, this);
        }
    }

    /** Shifts and rotates by CL. */
    static final class ShiftByCount extends RegisterStep {
        private final Operation operation;

        ShiftByCount(Instruction i) {
            super(i);
            operation = i.operation();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, ShiftInstructions.compute(vcpu.flags, operation, shift, a, (int) vcpu.gpr[Vcpu.RCX]));
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
