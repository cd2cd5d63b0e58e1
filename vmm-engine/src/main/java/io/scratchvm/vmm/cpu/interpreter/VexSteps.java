package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.VexOperands.number;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.semantics.ExtendedState;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.semantics.PackedIntegers;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of what compilers and C libraries use most under a VEX prefix: moves, scalar arithmetic, search in memory. */
final class VexSteps {
    private VexSteps() {}

    /** The step for {@code i}, or null where {@link VexOperation} is all that there is. */
    static Step of(Execution x, Instruction i) {
        return switch (i.operation()) {
            case MOVAPS, MOVAPD, MOVDQA, MOVNTPS, MOVNTPD, MOVNTDQ -> move(i, true);
            case MOVUPS, MOVUPD, MOVDQU -> move(i, false);
            case MOVSS, MOVSD, MOVQ -> scalarMove(i);
            case PXOR, PAND, PANDN, POR, XORPS, XORPD, ANDPS, ANDPD, ANDNPS, ANDNPD, ORPS, ORPD -> packed(i);
            case PCMPEQB, PCMPEQW, PCMPEQD, PMINUB, PMAXUB, PSUBB, PADDB, PADDD, PADDQ -> packed(i);
            case PMOVMSKB -> new ByteMask(i);
            case ADDSS, SUBSS, MULSS, DIVSS, MINSS, MAXSS, SQRTSS, ADDSD, SUBSD, MULSD, DIVSD, MINSD, MAXSD, SQRTSD ->
                scalar(x, i);
            default -> null;
        };
    }

    private static Step move(Instruction i, boolean aligned) {
        if (MemoryStep.fits(i.second())) {
            return new Load(i, aligned);
        }
        return MemoryStep.fits(i.first()) ? new Store(i, aligned) : null;
    }

    /** Between memory and a register. */
    private static Step scalarMove(Instruction i) {
        if (i.third() != null) {
            return null;
        }
        if (MemoryStep.fits(i.second())) {
            return new LoadScalar(i);
        }
        return MemoryStep.fits(i.first()) ? new StoreScalar(i) : null;
    }

    private static Step packed(Instruction i) {
        if (MemoryStep.fits(i.third())) {
            return new PackedMemory(i);
        }
        return i.third() instanceof Operand.Memory ? null : new Packed(i);
    }

    private static Step scalar(Execution x, Instruction i) {
        if (i.third() instanceof Operand.Xmm) {
            return new ScalarRegister(x, i);
        }
        return MemoryStep.fits(i.third()) ? new ScalarMemory(x, i) : null;
    }

    private static int index(Operand register) {
        return 2 * number(register);
    }

    private static boolean isWide(Operand register) {
        return register instanceof Operand.Ymm;
    }

    private static void setUpper(Vcpu vcpu, int to, long low, long high) {
        vcpu.ymm[to] = low;
        vcpu.ymm[to + 1] = high;
    }

    private static final class Load extends MemoryStep {
        private final int to;
        private final boolean wide;
        private final int alignment;

        Load(Instruction i, boolean aligned) {
            super((Operand.Memory) i.second());
            to = index(i.first());
            wide = isWide(i.first());
            alignment = aligned ? VexOperands.size(i.first()) - 1 : 0;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            ExtendedState.requireAvx(vcpu);
            long linear = SseSteps.aligned(linear(vcpu), alignment);
            long low = mmu.read64(linear);
            long high = mmu.read64(linear + 8);
            if (wide) {
                long third = mmu.read64(linear + 16);
                setUpper(vcpu, to, third, mmu.read64(linear + 24));
            } else {
                setUpper(vcpu, to, 0, 0);
            }
            vcpu.xmm[to] = low;
            vcpu.xmm[to + 1] = high;
        }
    }

    private static final class Store extends MemoryStep {
        private final int from;
        private final boolean wide;
        private final int alignment;

        Store(Instruction i, boolean aligned) {
            super((Operand.Memory) i.first());
            from = index(i.second());
            wide = isWide(i.second());
            alignment = aligned ? VexOperands.size(i.second()) - 1 : 0;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            ExtendedState.requireAvx(vcpu);
            long linear = SseSteps.aligned(linear(vcpu), alignment);
            mmu.checkWrite(linear, wide ? 32 : 16);
            mmu.write64(linear, vcpu.xmm[from]);
            mmu.write64(linear + 8, vcpu.xmm[from + 1]);
            if (wide) {
                mmu.write64(linear + 16, vcpu.ymm[from]);
                mmu.write64(linear + 24, vcpu.ymm[from + 1]);
            }
        }
    }

    private static final class LoadScalar extends MemoryStep {
        private final int to;
        private final int size;

        LoadScalar(Instruction i) {
            super((Operand.Memory) i.second());
            to = index(i.first());
            size = ((Operand.Memory) i.second()).size();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            ExtendedState.requireAvx(vcpu);
            vcpu.xmm[to] = mmu.read(linear(vcpu), size);
            vcpu.xmm[to + 1] = 0;
            setUpper(vcpu, to, 0, 0);
        }
    }

    private static final class StoreScalar extends MemoryStep {
        private final int from;
        private final int size;

        StoreScalar(Instruction i) {
            super((Operand.Memory) i.first());
            from = index(i.second());
            size = ((Operand.Memory) i.first()).size();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            ExtendedState.requireAvx(vcpu);
            mmu.write(linear(vcpu), vcpu.xmm[from], size);
        }
    }

    private static final class Packed extends Step {
        private final Operation operation;
        private final int to;
        private final int first;
        private final int second;
        private final boolean wide;

        Packed(Instruction i) {
            operation = i.operation();
            to = index(i.first());
            first = index(i.second());
            second = index(i.third());
            wide = isWide(i.first());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            ExtendedState.requireAvx(vcpu);
            compute(vcpu.xmm);
            if (wide) {
                compute(vcpu.ymm);
            } else {
                setUpper(vcpu, to, 0, 0);
            }
        }

        private void compute(long[] halves) {
            halves[to] = PackedOperations.lanes(operation, halves[first], halves[second]);
            halves[to + 1] = PackedOperations.lanes(operation, halves[first + 1], halves[second + 1]);
        }
    }

    private static final class PackedMemory extends MemoryStep {
        private final Operation operation;
        private final int to;
        private final int first;
        private final boolean wide;

        PackedMemory(Instruction i) {
            super((Operand.Memory) i.third());
            operation = i.operation();
            to = index(i.first());
            first = index(i.second());
            wide = isWide(i.first());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            ExtendedState.requireAvx(vcpu);
            long linear = linear(vcpu);
            long low = mmu.read64(linear);
            long high = mmu.read64(linear + 8);
            if (wide) {
                long third = mmu.read64(linear + 16);
                compute(vcpu.ymm, third, mmu.read64(linear + 24));
            } else {
                setUpper(vcpu, to, 0, 0);
            }
            compute(vcpu.xmm, low, high);
        }

        private void compute(long[] halves, long low, long high) {
            halves[to] = PackedOperations.lanes(operation, halves[first], low);
            halves[to + 1] = PackedOperations.lanes(operation, halves[first + 1], high);
        }
    }

    private static final class ByteMask extends Step {
        private final int to;
        private final int from;
        private final boolean wide;

        ByteMask(Instruction i) {
            to = ((Operand.Register) i.first()).number();
            from = index(i.second());
            wide = isWide(i.second());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            ExtendedState.requireAvx(vcpu);
            long mask = signs(vcpu.xmm);
            vcpu.gpr[to] = wide ? mask | signs(vcpu.ymm) << 16 : mask;
        }

        private long signs(long[] halves) {
            return PackedIntegers.byteSigns(halves[from]) | (long) PackedIntegers.byteSigns(halves[from + 1]) << 8;
        }
    }

    private static void compute(Vcpu vcpu, Mxcsr mxcsr, Operation operation, int to, int first, long operand) {
        mxcsr.begin(vcpu.mxcsr);
        long result = FloatArithmetic.scalar(operation, mxcsr, vcpu.xmm[first], operand);
        FloatingPointState.recordExceptions(vcpu, mxcsr);
        vcpu.xmm[to] = result;
        vcpu.xmm[to + 1] = vcpu.xmm[first + 1];
        setUpper(vcpu, to, 0, 0);
    }

    private static final class ScalarRegister extends Step {
        private final Mxcsr mxcsr;
        private final Operation operation;
        private final int to;
        private final int first;
        private final int second;

        ScalarRegister(Execution x, Instruction i) {
            mxcsr = x.floatingPoint;
            operation = i.operation();
            to = index(i.first());
            first = index(i.second());
            second = index(i.third());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            ExtendedState.requireAvx(vcpu);
            compute(vcpu, mxcsr, operation, to, first, vcpu.xmm[second]);
        }
    }

    private static final class ScalarMemory extends MemoryStep {
        private final Mxcsr mxcsr;
        private final Operation operation;
        private final int to;
        private final int first;
        private final int size;

        ScalarMemory(Execution x, Instruction i) {
            super((Operand.Memory) i.third());
            mxcsr = x.floatingPoint;
            operation = i.operation();
            to = index(i.first());
            first = index(i.second());
            size = ((Operand.Memory) i.third()).size();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            ExtendedState.requireAvx(vcpu);
            compute(vcpu, mxcsr, operation, to, first, mmu.read(linear(vcpu), size));
        }
    }
}
