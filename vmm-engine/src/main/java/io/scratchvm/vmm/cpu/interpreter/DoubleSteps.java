package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;
import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Binary64;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * ADDSD, SUBSD, MULSD and DIVSD, each a step of its own. Once a program has had its first inexact result, ordinary
 * numbers leave no exception to be recorded, and the host's own result is all.
 */
final class DoubleSteps {
    private DoubleSteps() {}

    /** Null where {@code i} is another instruction, or its operand not within reach of a step. */
    static Step of(Execution x, Instruction i) {
        if (i.second() instanceof Operand.Xmm) {
            return ofRegister(x, i);
        }
        return MemoryStep.fits(i.second()) ? ofMemory(x, i) : null;
    }

    private static Step ofRegister(Execution x, Instruction i) {
        return switch (i.operation()) {
            case ADDSD -> new AddRegister(x, i);
            case SUBSD -> new SubtractRegister(x, i);
            case MULSD -> new MultiplyRegister(x, i);
            case DIVSD -> new DivideRegister(x, i);
            default -> null;
        };
    }

    private static Step ofMemory(Execution x, Instruction i) {
        return switch (i.operation()) {
            case ADDSD -> new AddMemory(x, i);
            case SUBSD -> new SubtractMemory(x, i);
            case MULSD -> new MultiplyMemory(x, i);
            case DIVSD -> new DivideMemory(x, i);
            default -> null;
        };
    }

    private abstract static class OfRegister extends Step {
        private final Mxcsr mxcsr;
        private final int to;
        private final int from;

        OfRegister(Execution x, Instruction i) {
            mxcsr = x.floatingPoint;
            to = index(i.first());
            from = index(i.second());
        }

        final double destination(Vcpu vcpu) {
            FloatingPointState.requireSse(vcpu);
            return longBitsToDouble(vcpu.xmm[to]);
        }

        final double source(Vcpu vcpu) {
            return longBitsToDouble(vcpu.xmm[from]);
        }

        final void set(Vcpu vcpu, Operation operation, double result) {
            DoubleSteps.set(vcpu, mxcsr, operation, to, vcpu.xmm[from], result);
        }
    }

    private abstract static class OfMemory extends MemoryStep {
        private final Mxcsr mxcsr;
        private final int to;

        OfMemory(Execution x, Instruction i) {
            super((Operand.Memory) i.second());
            mxcsr = x.floatingPoint;
            to = index(i.first());
        }

        final long source(Vcpu vcpu, Mmu mmu) {
            FloatingPointState.requireSse(vcpu);
            return mmu.read64(linear(vcpu));
        }

        final double destination(Vcpu vcpu) {
            return longBitsToDouble(vcpu.xmm[to]);
        }

        final void set(Vcpu vcpu, Operation operation, long source, double result) {
            DoubleSteps.set(vcpu, mxcsr, operation, to, source, result);
        }
    }

    /** Takes the host's result where it is all there is to say, else computes as x86 does. */
    private static void set(Vcpu vcpu, Mxcsr mxcsr, Operation operation, int to, long source, double result) {
        long bits = doubleToRawLongBits(result);
        if (Mxcsr.hidesPrecision(vcpu.mxcsr) && Binary64.areOrdinary(vcpu.xmm[to], source, bits)) {
            vcpu.xmm[to] = bits;
        } else {
            SseFloatSteps.compute(vcpu, mxcsr, operation, to, source);
        }
    }

    private static final class AddRegister extends OfRegister {
        AddRegister(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            set(vcpu, Operation.ADDSD, destination(vcpu) + source(vcpu));
        }
    }

    private static final class AddMemory extends OfMemory {
        AddMemory(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long source = source(vcpu, mmu);
            set(vcpu, Operation.ADDSD, source, destination(vcpu) + longBitsToDouble(source));
        }
    }

    private static final class SubtractRegister extends OfRegister {
        SubtractRegister(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            set(vcpu, Operation.SUBSD, destination(vcpu) - source(vcpu));
        }
    }

    private static final class SubtractMemory extends OfMemory {
        SubtractMemory(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long source = source(vcpu, mmu);
            set(vcpu, Operation.SUBSD, source, destination(vcpu) - longBitsToDouble(source));
        }
    }

    private static final class MultiplyRegister extends OfRegister {
        MultiplyRegister(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            set(vcpu, Operation.MULSD, destination(vcpu) * source(vcpu));
        }
    }

    private static final class MultiplyMemory extends OfMemory {
        MultiplyMemory(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long source = source(vcpu, mmu);
            set(vcpu, Operation.MULSD, source, destination(vcpu) * longBitsToDouble(source));
        }
    }

    private static final class DivideRegister extends OfRegister {
        DivideRegister(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            set(vcpu, Operation.DIVSD, destination(vcpu) / source(vcpu));
        }
    }

    private static final class DivideMemory extends OfMemory {
        DivideMemory(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long source = source(vcpu, mmu);
            set(vcpu, Operation.DIVSD, source, destination(vcpu) / longBitsToDouble(source));
        }
    }
}
