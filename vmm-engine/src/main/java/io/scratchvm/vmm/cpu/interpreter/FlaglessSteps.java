package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * Steps that compute and record no flags, for where the flags are replaced before anybody can see them: no instruction
 * in between uses them, may fault or ends the block. Where a run is to end in between, the exact step stands in.
 */
final class FlaglessSteps {
    private FlaglessSteps() {}

    /** What does the same as {@code exact} but for the flags; {@code exact} itself where there is nothing better. */
    static Step of(Instruction i, Step exact) {
        return switch (i.operation()) {
            case ADD -> new Add(i, exact);
            case SUB -> new Subtract(i, exact);
            case AND -> new And(i, exact);
            case OR -> new Or(i, exact);
            case XOR -> new Xor(i, exact);
            case INC -> new Increment(i, exact);
            case DEC -> new Decrement(i, exact);
            case SHL, SHR, SAR, ROL, ROR -> shift(i, exact);
            default -> exact;
        };
    }

    /** A shift by an immediate; a rotation of 4 or 8 bytes. */
    private static Step shift(Instruction i, Step exact) {
        boolean whole = i.operandSize() >= 4;
        return switch (i.operation()) {
            case SHL -> new ShiftLeft(i, exact);
            case SHR -> new ShiftRight(i, exact);
            case SAR -> new ShiftArithmeticRight(i, exact);
            default ->
                i.operandSize() == 8 ? new RotateLongLeft(i, exact) : whole ? new RotateIntLeft(i, exact) : exact;
        };
    }

    private abstract static class Flagless extends RegisterStep {
        private final Step exact;

        Flagless(Instruction i, Step exact) {
            super(i);
            this.exact = exact;
        }

        @Override
        final Step first() {
            return exact;
        }

        @Override
        final FlagUse flagUse() {
            return FlagUse.NONE;
        }
    }

    private abstract static class Shift extends Flagless {
        final int count;

        Shift(Instruction i, Step exact) {
            super(i, exact);
            int given = AluSteps.count(i);
            boolean right = i.operation() == Operation.ROR;
            count = right ? -given : given;
        }
    }

    private static final class Add extends Flagless {
        Add(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, a + second(vcpu.gpr));
        }
    }

    private static final class Subtract extends Flagless {
        Subtract(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, a - second(vcpu.gpr));
        }
    }

    private static final class And extends Flagless {
        And(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, a & second(vcpu.gpr));
        }
    }

    private static final class Or extends Flagless {
        Or(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, a | second(vcpu.gpr));
        }
    }

    private static final class Xor extends Flagless {
        Xor(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, a ^ second(vcpu.gpr));
        }
    }

    private static final class Increment extends Flagless {
        Increment(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, a + 1);
        }
    }

    private static final class Decrement extends Flagless {
        Decrement(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, a - 1);
        }
    }

    private static final class ShiftLeft extends Shift {
        ShiftLeft(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, a << count);
        }
    }

    private static final class ShiftRight extends Shift {
        ShiftRight(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, a << shift >>> shift >>> count);
        }
    }

    private static final class ShiftArithmeticRight extends Shift {
        ShiftArithmeticRight(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, a << shift >> shift >> count);
        }
    }

    private static final class RotateIntLeft extends Shift {
        RotateIntLeft(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, Integer.rotateLeft((int) a, count));
        }
    }

    private static final class RotateLongLeft extends Shift {
        RotateLongLeft(Instruction i, Step exact) {
            super(i, exact);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long a = vcpu.gpr[destination];
            write(vcpu, a, Long.rotateLeft(a, count));
        }
    }
}
