package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of floating-point arithmetic and comparison. They take the host's result where that is all there is to say. */
final class FloatSteps {
    private FloatSteps() {}

    /** Of the lowest number. */
    static Step scalar(Execution x, Instruction i) {
        return switch (i.operation()) {
            case ADDSD -> new Add(x, i);
            case SUBSD -> new Subtract(x, i);
            case MULSD -> new Multiply(x, i);
            case DIVSD -> new Divide(x, i);
            default -> new Scalar(x, i);
        };
    }

    /** Of all numbers. */
    static Step packed(Execution x, Instruction i) {
        return VexOperands.isWide(i.first()) ? new Wide(x, i) : new Packed(x, i);
    }

    private static class Scalar extends FloatStep {
        Scalar(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long b = scalar(vcpu, mmu);
            finish(vcpu, b, HostArithmetic.scalar(operation, vcpu.xmm[first], b));
        }

        /** Takes the host's result, or computes as x86 does. */
        final void finish(Vcpu vcpu, long b, long result) {
            if (result != HostArithmetic.NONE && Mxcsr.hidesPrecision(vcpu.mxcsr)) {
                setScalar(vcpu, result);
            } else {
                compute(vcpu, b);
            }
        }

        private void compute(Vcpu vcpu, long b) {
            mxcsr.begin(vcpu.mxcsr);
            long result = FloatArithmetic.scalar(operation, mxcsr, vcpu.xmm[first], b);
            FloatingPointState.recordExceptions(vcpu, mxcsr);
            setScalar(vcpu, result);
        }
    }

    // The four that compilers make most have a class each, which saves the switch.

    private static final class Add extends Scalar {
        Add(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long b = quadword(vcpu, mmu);
            finish(vcpu, b, HostArithmetic.sum(vcpu.xmm[first], b));
        }
    }

    private static final class Subtract extends Scalar {
        Subtract(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long b = quadword(vcpu, mmu);
            finish(vcpu, b, HostArithmetic.difference(vcpu.xmm[first], b));
        }
    }

    private static final class Multiply extends Scalar {
        Multiply(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long b = quadword(vcpu, mmu);
            finish(vcpu, b, HostArithmetic.product(vcpu.xmm[first], b));
        }
    }

    private static final class Divide extends Scalar {
        Divide(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long b = quadword(vcpu, mmu);
            finish(vcpu, b, HostArithmetic.quotient(vcpu.xmm[first], b));
        }
    }

    /** On 16 bytes. */
    private static final class Packed extends FloatStep {
        Packed(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long at = address(vcpu);
            long a = vcpu.xmm[first];
            long b = vcpu.xmm[first + 1];
            long low = low(vcpu, mmu, at);
            long high = high(vcpu, mmu, at);
            long resultLow = HostArithmetic.packed(operation, a, low);
            long resultHigh = HostArithmetic.packed(operation, b, high);
            if (resultLow == HostArithmetic.NONE
                    || resultHigh == HostArithmetic.NONE
                    || !Mxcsr.hidesPrecision(vcpu.mxcsr)) {
                mxcsr.begin(vcpu.mxcsr);
                resultLow = FloatArithmetic.packed(operation, mxcsr, a, low);
                resultHigh = FloatArithmetic.packed(operation, mxcsr, b, high);
                FloatingPointState.recordExceptions(vcpu, mxcsr);
            }
            set(vcpu, resultLow, resultHigh);
        }
    }

    /** On 32 bytes. */
    private static final class Wide extends FloatStep {
        private final VexLane lane;

        Wide(Execution x, Instruction i) {
            super(x, i);
            lane = x.vexLane();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long at = address(vcpu);
            lane.b[0] = low(vcpu, mmu, at);
            lane.b[1] = high(vcpu, mmu, at);
            lane.b[2] = upperLow(vcpu, mmu, at);
            lane.b[3] = upperHigh(vcpu, mmu, at);
            if (!Mxcsr.hidesPrecision(vcpu.mxcsr) || !byHost(vcpu)) {
                compute(vcpu);
            }
            set(vcpu, lane.result[0], lane.result[1], lane.result[2], lane.result[3]);
        }

        private long first(Vcpu vcpu, int n) {
            return n < 2 ? vcpu.xmm[first + n] : vcpu.ymm[first + n - 2];
        }

        private boolean byHost(Vcpu vcpu) {
            boolean suffices = true;
            for (int n = 0; n < 4; n++) {
                lane.result[n] = HostArithmetic.packed(operation, first(vcpu, n), lane.b[n]);
                suffices &= lane.result[n] != HostArithmetic.NONE;
            }
            return suffices;
        }

        private void compute(Vcpu vcpu) {
            mxcsr.begin(vcpu.mxcsr);
            for (int n = 0; n < 4; n++) {
                lane.result[n] = FloatArithmetic.packed(operation, mxcsr, first(vcpu, n), lane.b[n]);
            }
            FloatingPointState.recordExceptions(vcpu, mxcsr);
        }
    }

    /** COMISS, COMISD, UCOMISS and UCOMISD. */
    static final class Compare extends FloatStep {
        Compare(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long b = scalar(vcpu, mmu);
            mxcsr.begin(vcpu.mxcsr);
            int flags = FloatComparisons.flags(FloatComparisons.relation(operation, mxcsr, vcpu.xmm[to], b));
            FloatingPointState.recordExceptions(vcpu, mxcsr);
            vcpu.flags.set(flags);
        }
    }
}
