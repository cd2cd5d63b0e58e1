package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of floating-point instructions: one of their own for scalar arithmetic, which is what compilers make most. */
final class SseFloatSteps {
    private SseFloatSteps() {}

    /** The step for {@code i}, one of {@link SseFloatInstructions}; or null where MMX registers take part. */
    static Step of(Execution x, Instruction i) {
        if (MmxInstructions.concern(i)) {
            return null;
        }
        return switch (i.operation()) {
            case ADDSS, SUBSS, MULSS, DIVSS, MINSS, MAXSS, SQRTSS, ADDSD, SUBSD, MULSD, DIVSD, MINSD, MAXSD, SQRTSD ->
                scalar(x, i);
            default -> new General(x, i);
        };
    }

    private static Step scalar(Execution x, Instruction i) {
        Step step = DoubleSteps.of(x, i);
        if (step != null) {
            return step;
        }
        if (i.second() instanceof Operand.Xmm) {
            return new ScalarRegister(x, i);
        }
        return MemoryStep.fits(i.second()) ? new ScalarMemory(x, i) : new General(x, i);
    }

    static void compute(Vcpu vcpu, Mxcsr mxcsr, Operation operation, int to, long operand) {
        mxcsr.begin(vcpu.mxcsr);
        long result = FloatArithmetic.scalar(operation, mxcsr, vcpu.xmm[to], operand);
        FloatingPointState.recordExceptions(vcpu, mxcsr);
        vcpu.xmm[to] = result;
    }

    private static final class ScalarRegister extends Step {
        private final Mxcsr mxcsr;
        private final Operation operation;
        private final int to;
        private final int from;

        ScalarRegister(Execution x, Instruction i) {
            mxcsr = x.floatingPoint;
            operation = i.operation();
            to = index(i.first());
            from = index(i.second());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            FloatingPointState.requireSse(vcpu);
            compute(vcpu, mxcsr, operation, to, vcpu.xmm[from]);
        }
    }

    private static final class ScalarMemory extends MemoryStep {
        private final Mxcsr mxcsr;
        private final Operation operation;
        private final int to;
        private final int size;

        ScalarMemory(Execution x, Instruction i) {
            super((Operand.Memory) i.second());
            mxcsr = x.floatingPoint;
            operation = i.operation();
            to = index(i.first());
            size = ((Operand.Memory) i.second()).size();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            FloatingPointState.requireSse(vcpu);
            compute(vcpu, mxcsr, operation, to, mmu.read(linear(vcpu), size));
        }
    }

    /** Any other, past the search for its family. */
    private static final class General extends Step {
        private final Execution x;
        private final Instruction instruction;

        General(Execution x, Instruction instruction) {
            this.x = x;
            this.instruction = instruction;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            FloatingPointState.requireSse(vcpu);
            SseFloatInstructions.execute(x, instruction);
        }
    }
}
