package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.Arithmetic;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * CMP or TEST with the Jcc after it: two instructions in one step, the most frequent pair there is. The condition is
 * that of the operands themselves, and not taken from the flags, which are recorded all the same. Always the last step
 * of its block; the jump's target is canonical.
 */
final class CompareAndJump {
    private CompareAndJump() {}

    /** The step for {@code compare}, whose own step is {@code alone}, and {@code jump}; null if there is none. */
    static Step of(Instruction compare, Step alone, Instruction jump) {
        boolean canonical =
                jump.operandSize() == 8 && jump.first() instanceof Operand.Target t && Vcpu.isCanonical(t.offset());
        if (!canonical) {
            return null;
        }
        Decision decision = new Decision(compare, jump);
        if (RegisterStep.fits(compare)) {
            return new OfRegister(compare, alone, decision);
        }
        return alone instanceof AluSteps.CompareMemoryImmediate ? new MemoryImmediate(compare, alone, decision) : null;
    }

    /** What becomes of the two operands. */
    private static final class Decision {
        private final boolean test;
        private final int shift;
        private final int condition;
        private final long target;

        Decision(Instruction compare, Instruction jump) {
            test = compare.operation() == Operation.TEST;
            shift = Flags.shift(compare.operandSize());
            condition = jump.condition();
            target = ((Operand.Target) jump.first()).offset();
        }

        void take(Vcpu vcpu, long a, long b) {
            boolean met;
            if (test) {
                met = isMet(vcpu.flags, Arithmetic.and(vcpu.flags, shift, a, b) << shift, 0);
            } else {
                Arithmetic.subtract(vcpu.flags, shift, a, b);
                met = isMet(vcpu.flags, a << shift, b << shift);
            }
            if (met) {
                vcpu.rip = target;
            }
        }

        /** The operands of a subtraction without borrow, at the top of 64 bits; of TEST, its result and zero. */
        private boolean isMet(Flags flags, long left, long right) {
            return switch (condition) {
                case 2 -> Long.compareUnsigned(left, right) < 0;
                case 3 -> Long.compareUnsigned(left, right) >= 0;
                case 4 -> left == right;
                case 5 -> left != right;
                case 6 -> Long.compareUnsigned(left, right) <= 0;
                case 7 -> Long.compareUnsigned(left, right) > 0;
                case 8 -> left - right < 0;
                case 9 -> left - right >= 0;
                case 12 -> left < right;
                case 13 -> left >= right;
                case 14 -> left <= right;
                case 15 -> left > right;
                default -> flags.condition(condition);
            };
        }
    }

    private static final class OfRegister extends RegisterStep {
        private final Step alone;
        private final Decision decision;

        OfRegister(Instruction compare, Step alone, Decision decision) {
            super(compare);
            this.alone = alone;
            this.decision = decision;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            decision.take(vcpu, vcpu.gpr[destination], second(vcpu.gpr));
        }

        @Override
        FlagUse flagUse() {
            return FlagUse.REPLACED;
        }

        @Override
        Step first() {
            return alone;
        }
    }

    private static final class MemoryImmediate extends MemoryStep {
        private final Step alone;
        private final Decision decision;
        private final int size;
        private final long b;

        MemoryImmediate(Instruction compare, Step alone, Decision decision) {
            super((Operand.Memory) compare.first());
            this.alone = alone;
            this.decision = decision;
            size = compare.operandSize();
            b = ((Operand.Immediate) compare.second()).value();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            decision.take(vcpu, mmu.read(linear(vcpu), size), b);
        }

        @Override
        Step first() {
            return alone;
        }
    }
}
