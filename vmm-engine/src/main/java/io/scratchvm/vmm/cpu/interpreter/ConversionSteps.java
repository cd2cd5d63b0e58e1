package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of conversions of one number. */
final class ConversionSteps {
    private ConversionSteps() {}

    /** CVTSI2SS and CVTSI2SD. */
    static final class FromGeneral extends FloatStep {
        private final int bytes;

        FromGeneral(Execution x, Instruction i) {
            super(x, i);
            bytes = i.operandSize();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long value = Execution.extend(general(vcpu, mmu), bytes);
            mxcsr.begin(vcpu.mxcsr);
            long result = FloatConversions.fromInteger(operation, mxcsr, vcpu.xmm[first], value);
            FloatingPointState.recordExceptions(vcpu, mxcsr);
            setScalar(vcpu, result);
        }
    }

    /** CVTSS2SI, CVTSD2SI, CVTTSS2SI and CVTTSD2SI. */
    static final class ToGeneral extends FloatStep {
        private final int bytes;

        ToGeneral(Execution x, Instruction i) {
            super(x, i);
            bytes = i.operandSize();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long value = scalar(vcpu, mmu);
            mxcsr.begin(vcpu.mxcsr);
            long result = FloatConversions.toInteger(operation, mxcsr, value, 8 * bytes);
            FloatingPointState.recordExceptions(vcpu, mxcsr);
            vcpu.gpr[to] = Execution.cut(result, bytes);
        }
    }

    /** CVTSS2SD and CVTSD2SS. */
    static final class Between extends FloatStep {
        Between(Execution x, Instruction i) {
            super(x, i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long b = scalar(vcpu, mmu);
            mxcsr.begin(vcpu.mxcsr);
            long result = FloatConversions.scalar(operation, mxcsr, vcpu.xmm[first], b);
            FloatingPointState.recordExceptions(vcpu, mxcsr);
            setScalar(vcpu, result);
        }
    }
}
