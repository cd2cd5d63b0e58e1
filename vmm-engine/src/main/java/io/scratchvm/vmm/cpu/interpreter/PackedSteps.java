package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of integer and bitwise operations whose lanes stay where they are. */
final class PackedSteps {
    private PackedSteps() {}

    /** One of {@link PackedOperations#lanes}. */
    static final class Lanes extends VectorStep {
        private final Operation operation;

        Lanes(Instruction i) {
            super(i);
            operation = i.operation();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long at = address(vcpu);
            long low = compute(vcpu.xmm[first], low(vcpu, mmu, at));
            long high = compute(vcpu.xmm[first + 1], high(vcpu, mmu, at));
            if (wide) {
                long upperLow = compute(vcpu.ymm[first], upperLow(vcpu, mmu, at));
                long upperHigh = compute(vcpu.ymm[first + 1], upperHigh(vcpu, mmu, at));
                set(vcpu, low, high, upperLow, upperHigh);
            } else {
                set(vcpu, low, high);
            }
        }

        private long compute(long a, long b) {
            return PackedOperations.lanes(operation, a, b);
        }
    }

    /** A shift of lanes by an immediate. */
    static final class Shift extends VectorStep {
        private final Operation operation;
        private final long count;

        Shift(Instruction i) {
            super(i, i.vex() ? i.second() : i.first(), null);
            operation = i.operation();
            count = ((Operand.Immediate) (i.vex() ? i.third() : i.second())).value();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long low = compute(vcpu.xmm[first]);
            long high = compute(vcpu.xmm[first + 1]);
            if (wide) {
                set(vcpu, low, high, compute(vcpu.ymm[first]), compute(vcpu.ymm[first + 1]));
            } else {
                set(vcpu, low, high);
            }
        }

        private long compute(long a) {
            return PackedOperations.shift(operation, a, count);
        }
    }
}
