package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.PackedIntegers;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of moves between vector registers, memory and general registers. */
final class VectorMoveSteps {
    private VectorMoveSteps() {}

    /** A move of a whole register. */
    static Step whole(Instruction i) {
        if (i.first() instanceof Operand.Memory) {
            return new Store(i);
        }
        return i.second() instanceof Operand.Memory ? new Load(i) : new Copy(i);
    }

    /** MOVSS, MOVSD and MOVQ. */
    static Step scalar(Instruction i) {
        if (i.first() instanceof Operand.Memory) {
            return new StoreScalar(i);
        }
        if (i.second() instanceof Operand.Memory) {
            return new LoadScalar(i);
        }
        return i.operation() == Operation.MOVQ ? new CopyQuadword(i) : new Merge(i);
    }

    /** MOVD and its form of 64 bits. */
    static Step general(Instruction i) {
        if (i.second() instanceof Operand.Xmm) {
            return i.first() instanceof Operand.Memory ? new StoreScalar(i) : new ToGeneral(i);
        }
        return new FromGeneral(i);
    }

    /** MOVLPS and MOVLPD. */
    static Step lowHalf(Instruction i) {
        return i.first() instanceof Operand.Memory ? new StoreScalar(i) : new Merge(i);
    }

    /** MOVHPS and MOVHPD. */
    static Step highHalf(Instruction i) {
        return i.first() instanceof Operand.Memory ? new StoreHigh(i) : new LoadHigh(i);
    }

    private static final class Copy extends VectorStep {
        Copy(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long low = vcpu.xmm[second];
            long high = vcpu.xmm[second + 1];
            if (wide) {
                set(vcpu, low, high, vcpu.ymm[second], vcpu.ymm[second + 1]);
            } else {
                set(vcpu, low, high);
            }
        }
    }

    private static final class Load extends VectorStep {
        Load(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long at = aligned(linear(vcpu));
            long low = mmu.read64(at);
            long high = mmu.read64(at + 8);
            if (wide) {
                long upperLow = mmu.read64(at + 16);
                set(vcpu, low, high, upperLow, mmu.read64(at + 24));
            } else {
                set(vcpu, low, high);
            }
        }
    }

    private static final class Store extends VectorStep {
        Store(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long at = aligned(linear(vcpu));
            mmu.checkWrite(at, size);
            mmu.write64(at, vcpu.xmm[second]);
            mmu.write64(at + 8, vcpu.xmm[second + 1]);
            if (wide) {
                mmu.write64(at + 16, vcpu.ymm[second]);
                mmu.write64(at + 24, vcpu.ymm[second + 1]);
            }
        }
    }

    /** What is above becomes zero. */
    private static final class LoadScalar extends VectorStep {
        LoadScalar(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            set(vcpu, mmu.read(linear(vcpu), size), 0);
        }
    }

    private static final class CopyQuadword extends VectorStep {
        CopyQuadword(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            set(vcpu, vcpu.xmm[second], 0);
        }
    }

    private static final class StoreScalar extends VectorStep {
        StoreScalar(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            mmu.write(linear(vcpu), vcpu.xmm[second], size);
        }
    }

    private static final class StoreHigh extends VectorStep {
        StoreHigh(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            mmu.write64(linear(vcpu), vcpu.xmm[second + 1]);
        }
    }

    /** What is above the scalar is the first source's. */
    private static final class Merge extends VectorStep {
        private final long mask;

        Merge(Instruction i) {
            super(i);
            mask = i.operation() == Operation.MOVSS ? 0xffff_ffffL : -1;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long value = scalar(vcpu, mmu);
            setScalar(vcpu, vcpu.xmm[first] & ~mask | value & mask);
        }
    }

    private static final class LoadHigh extends VectorStep {
        LoadHigh(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long value = scalar(vcpu, mmu);
            set(vcpu, vcpu.xmm[first], value);
        }
    }

    private static final class FromGeneral extends VectorStep {
        private final long mask;

        FromGeneral(Instruction i) {
            super(i);
            mask = i.operandSize() == 8 ? -1 : 0xffff_ffffL;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            set(vcpu, general(vcpu, mmu) & mask, 0);
        }
    }

    private static final class ToGeneral extends VectorStep {
        private final long mask;

        ToGeneral(Instruction i) {
            super(i);
            mask = i.operandSize() == 8 ? -1 : 0xffff_ffffL;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            vcpu.gpr[to] = vcpu.xmm[second] & mask;
        }
    }

    /** PMOVMSKB. */
    static final class ByteMask extends VectorStep {
        ByteMask(Instruction i) {
            super(i);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            require(vcpu);
            long mask = signs(vcpu.xmm);
            vcpu.gpr[to] = wide ? mask | signs(vcpu.ymm) << 16 : mask;
        }

        private long signs(long[] halves) {
            return PackedIntegers.byteSigns(halves[second]) | (long) PackedIntegers.byteSigns(halves[second + 1]) << 8;
        }
    }
}
