package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.semantics.PackedIntegers;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of SSE moves, and of the SSE2 instructions that C libraries copy, compare and search memory with. */
final class SseSteps {
    private SseSteps() {}

    /** The step for {@code i}, a 16-byte move or one of the few others; or null. */
    static Step of(Instruction i) {
        return switch (i.operation()) {
            case MOVAPS, MOVAPD, MOVDQA, MOVNTPS, MOVNTPD, MOVNTDQ -> move(i, 15);
            case MOVUPS, MOVUPD, MOVDQU -> move(i, 0);
            case MOVSS, MOVSD, MOVQ -> scalarMove(i);
            case PXOR, PAND, POR, PCMPEQB, PCMPEQD, PMINUB, PSUBB, PADDD, PADDQ -> packed(i);
            case PMOVMSKB -> i.second() instanceof Operand.Xmm ? new ByteMask(i) : null;
            default -> null;
        };
    }

    private static Step move(Instruction i, int alignment) {
        if (i.first() instanceof Operand.Xmm) {
            if (i.second() instanceof Operand.Xmm) {
                return new Copy(i);
            }
            return MemoryStep.fits(i.second()) ? new Load(i, alignment) : null;
        }
        return MemoryStep.fits(i.first()) && i.second() instanceof Operand.Xmm ? new Store(i, alignment) : null;
    }

    /** Between memory and a register; null for the others. */
    private static Step scalarMove(Instruction i) {
        if (i.first() instanceof Operand.Xmm && MemoryStep.fits(i.second())) {
            return new LoadScalar(i);
        }
        return i.second() instanceof Operand.Xmm && MemoryStep.fits(i.first()) ? new StoreScalar(i) : null;
    }

    private static Step packed(Instruction i) {
        boolean registers = i.first() instanceof Operand.Xmm && i.second() instanceof Operand.Xmm;
        return registers ? new Packed(i) : null;
    }

    private static final class Load extends MemoryStep {
        private final int to;
        private final int alignment;

        Load(Instruction i, int alignment) {
            super((Operand.Memory) i.second());
            to = index(i.first());
            this.alignment = alignment;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            FloatingPointState.requireSse(vcpu);
            long linear = aligned(linear(vcpu), alignment);
            long low = mmu.read64(linear);
            vcpu.xmm[to + 1] = mmu.read64(linear + 8);
            vcpu.xmm[to] = low;
        }
    }

    private static final class Store extends MemoryStep {
        private final int from;
        private final int alignment;

        Store(Instruction i, int alignment) {
            super((Operand.Memory) i.first());
            from = index(i.second());
            this.alignment = alignment;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            FloatingPointState.requireSse(vcpu);
            long linear = aligned(linear(vcpu), alignment);
            mmu.checkWrite(linear, 16);
            mmu.write64(linear, vcpu.xmm[from]);
            mmu.write64(linear + 8, vcpu.xmm[from + 1]);
        }
    }

    /** MOVSS, MOVSD and MOVQ from memory clear what is above the scalar. */
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
            FloatingPointState.requireSse(vcpu);
            vcpu.xmm[to] = mmu.read(linear(vcpu), size);
            vcpu.xmm[to + 1] = 0;
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
            FloatingPointState.requireSse(vcpu);
            mmu.write(linear(vcpu), vcpu.xmm[from], size);
        }
    }

    /** @throws Fault #GP(0) where {@code linear} has any bit of {@code alignment} */
    static long aligned(long linear, int alignment) {
        if ((linear & alignment) != 0) {
            throw Vcpu.isCanonical(linear) ? Fault.gp(0) : Fault.nonCanonical();
        }
        return linear;
    }

    private static final class Copy extends Step {
        private final int to;
        private final int from;

        Copy(Instruction i) {
            to = index(i.first());
            from = index(i.second());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            FloatingPointState.requireSse(vcpu);
            vcpu.xmm[to] = vcpu.xmm[from];
            vcpu.xmm[to + 1] = vcpu.xmm[from + 1];
        }
    }

    private static final class Packed extends Step {
        private final Operation operation;
        private final int to;
        private final int from;

        Packed(Instruction i) {
            operation = i.operation();
            to = index(i.first());
            from = index(i.second());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            FloatingPointState.requireSse(vcpu);
            long[] xmm = vcpu.xmm;
            xmm[to] = PackedOperations.lanes(operation, xmm[to], xmm[from]);
            xmm[to + 1] = PackedOperations.lanes(operation, xmm[to + 1], xmm[from + 1]);
        }
    }

    private static final class ByteMask extends Step {
        private final int to;
        private final int from;

        ByteMask(Instruction i) {
            to = ((Operand.Register) i.first()).number();
            from = index(i.second());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            FloatingPointState.requireSse(vcpu);
            long[] xmm = vcpu.xmm;
            vcpu.gpr[to] = PackedIntegers.byteSigns(xmm[from]) | (long) PackedIntegers.byteSigns(xmm[from + 1]) << 8;
        }
    }
}
