package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of FMA. The first factor is a register; of the other and the addend, one may be memory: the second source. */
final class FusedSteps {
    private FusedSteps() {}

    static Step of(Execution x, Instruction i) {
        FusedMultiplyAdd operation = new FusedMultiplyAdd(i);
        if (operation.isScalar()) {
            return new Scalar(x, i, operation);
        }
        return VexOperands.isWide(i.first()) ? new Wide(x, i, operation) : new Packed(x, i, operation);
    }

    private abstract static class Fused extends VectorStep {
        final Mxcsr mxcsr;
        final FusedMultiplyAdd operation;
        private final int third;
        private final boolean addsSecond;

        Fused(Execution x, Instruction i, FusedMultiplyAdd operation) {
            super(i, i.second(), i.fourth() instanceof Operand.Memory ? i.fourth() : i.third());
            mxcsr = x.floatingPoint;
            this.operation = operation;
            addsSecond = i.fourth() instanceof Operand.Memory;
            third = 2 * VexOperands.number(addsSecond ? i.third() : i.fourth());
        }

        /** On quadword {@code n}, which {@code registers} have at {@code half}, and the second source as {@code b}. */
        final long compute(long[] registers, int half, long b) {
            long c = registers[third + half];
            long a = registers[first + half];
            return addsSecond ? operation.quadword(mxcsr, half, a, c, b) : operation.quadword(mxcsr, half, a, b, c);
        }
    }

    private static final class Scalar extends Fused {
        Scalar(Execution x, Instruction i, FusedMultiplyAdd operation) {
            super(x, i, operation);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long b = scalar(vcpu, mmu);
            mxcsr.begin(vcpu.mxcsr);
            long result = operation.merged(vcpu.xmm[to], compute(vcpu.xmm, 0, b));
            FloatingPointState.recordExceptions(vcpu, mxcsr);
            set(vcpu, result, vcpu.xmm[to + 1]);
        }
    }

    /** On 16 bytes. */
    private static final class Packed extends Fused {
        Packed(Execution x, Instruction i, FusedMultiplyAdd operation) {
            super(x, i, operation);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long at = address(vcpu);
            mxcsr.begin(vcpu.mxcsr);
            long low = compute(vcpu.xmm, 0, low(vcpu, mmu, at));
            long high = compute(vcpu.xmm, 1, high(vcpu, mmu, at));
            FloatingPointState.recordExceptions(vcpu, mxcsr);
            set(vcpu, low, high);
        }
    }

    /** On 32 bytes. */
    private static final class Wide extends Fused {
        Wide(Execution x, Instruction i, FusedMultiplyAdd operation) {
            super(x, i, operation);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long at = address(vcpu);
            mxcsr.begin(vcpu.mxcsr);
            long low = compute(vcpu.xmm, 0, low(vcpu, mmu, at));
            long high = compute(vcpu.xmm, 1, high(vcpu, mmu, at));
            long upperLow = compute(vcpu.ymm, 0, upperLow(vcpu, mmu, at));
            long upperHigh = compute(vcpu.ymm, 1, upperHigh(vcpu, mmu, at));
            FloatingPointState.recordExceptions(vcpu, mxcsr);
            set(vcpu, low, high, upperLow, upperHigh);
        }
    }
}
