package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.semantics.Arithmetic;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * The most frequent steps of all: arithmetic and logic between a register and a register or an immediate. Each operation
 * has an {@code execute} of its own, here and in {@link FlaglessSteps}: what they would share, a JVM compiles once for
 * all of them, with a second virtual call for what they do not.
 */
final class BinarySteps {
    private BinarySteps() {}

    /** The step for {@code i}, whose operands {@linkplain RegisterStep#fits fit}. */
    static Step of(Instruction i) {
        return switch (i.operation()) {
            case ADD -> new Add(i);
            case SUB -> new Subtract(i);
            case CMP -> new Compare(i);
            case AND -> new And(i);
            case TEST -> new Test(i);
            case OR -> new Or(i);
            case XOR -> new Xor(i);
            default -> new AluSteps.WithCarry(i);
        };
    }

    /** Records all flags, whatever they were. */
    private abstract static class Binary extends RegisterStep {
        private final Instruction instruction;

        Binary(Instruction i) {
            super(i);
            instruction = i;
        }

        @Override
        final FlagUse flagUse() {
            return FlagUse.REPLACED;
        }

        @Override
        final Step withoutFlags() {
            return FlaglessSteps.of(instruction, this);
        }
    }

    static final class Add extends Binary {
        Add(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, Arithmetic.add(vcpu.flags, shift, a, second(vcpu.gpr)));
        }
    }

    static final class Subtract extends Binary {
        Subtract(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, Arithmetic.subtract(vcpu.flags, shift, a, second(vcpu.gpr)));
        }
    }

    static final class Compare extends Binary {
        Compare(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            Arithmetic.subtract(vcpu.flags, shift, a, second(vcpu.gpr));
        }
    }

    static final class And extends Binary {
        And(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, Arithmetic.and(vcpu.flags, shift, a, second(vcpu.gpr)));
        }
    }

    static final class Test extends Binary {
        Test(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            Arithmetic.and(vcpu.flags, shift, a, second(vcpu.gpr));
        }
    }

    static final class Or extends Binary {
        Or(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, Arithmetic.or(vcpu.flags, shift, a, second(vcpu.gpr)));
        }
    }

    static final class Xor extends Binary {
        Xor(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, Arithmetic.xor(vcpu.flags, shift, a, second(vcpu.gpr)));
        }
    }
}
