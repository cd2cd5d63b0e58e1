package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.ExtendedState;
import java.util.Arrays;

/** An instruction on vector registers under a VEX prefix: AVX, AVX2, FMA, F16C. */
abstract class VexOperation {
    /** Executes it, in a mode and under a control register that allow it. */
    abstract void perform(Execution x);

    final void execute(Execution x) {
        ExtendedState.requireAvx(x.vcpu);
        perform(x);
    }

    static VexOperation of(Instruction i) {
        return switch (i.operation()) {
            case VZEROUPPER, VZEROALL -> new Clear(i.operation());
            case MOVAPS, MOVAPD, MOVDQA, MOVNTPS, MOVNTPD, MOVNTDQ, MOVNTDQA -> new VexMove(i, true);
            case MOVUPS, MOVUPD, MOVDQU, LDDQU -> new VexMove(i, false);
            case COMISS, COMISD, UCOMISS, UCOMISD, PCMPESTRI, PCMPISTRI, PCMPESTRM, PCMPISTRM, MASKMOVDQU ->
                new Unchanged(i);
            case PTEST, VTESTPS, VTESTPD -> new VexTest(i);
            case VPMASKMOVD, VPMASKMOVQ, VMASKMOVPS, VMASKMOVPD -> new VexMaskedMove(i);
            case VPGATHERDD, VPGATHERDQ, VPGATHERQD, VPGATHERQQ, VGATHERDPS, VGATHERDPD, VGATHERQPS, VGATHERQPD ->
                new VexGather(i);
            case VCVTPH2PS, VCVTPS2PH -> new VexHalfPrecision(i);
            default -> onVectors(i);
        };
    }

    private static VexOperation onVectors(Instruction i) {
        Operation operation = i.operation();
        if (FusedMultiplyAdd.concerns(operation)) {
            return new FusedMultiplyAdd(i);
        }
        if (operation.compareTo(Operation.VBROADCASTSS) >= 0) {
            return new VexRearrangement(i);
        }
        if (!(i.first() instanceof Operand.Xmm || i.first() instanceof Operand.Ymm)) {
            return i.second() instanceof Operand.Ymm ? new VexSigns(i) : new Unchanged(i);
        }
        return new VexLanes(i);
    }

    /** VZEROUPPER, VZEROALL: of the registers that the mode has. */
    private static final class Clear extends VexOperation {
        private final boolean all;

        Clear(Operation operation) {
            all = operation == Operation.VZEROALL;
        }

        @Override
        void perform(Execution x) {
            int halves = x.vcpu.mode64() ? 32 : 16;
            Arrays.fill(x.vcpu.ymm, 0, halves, 0);
            if (all) {
                Arrays.fill(x.vcpu.xmm, 0, halves, 0);
            }
        }
    }

    /** One that does what it does without VEX; of vector registers, it writes none but XMM0. */
    private static final class Unchanged extends VexOperation {
        private final Instruction instruction;
        private final boolean clears;

        Unchanged(Instruction i) {
            instruction = i;
            clears = i.operation() == Operation.PCMPESTRM || i.operation() == Operation.PCMPISTRM;
        }

        @Override
        void perform(Execution x) {
            SseInstructions.onRegisters(x, instruction);
            if (clears) {
                Arrays.fill(x.vcpu.ymm, 0, 2, 0);
            }
        }
    }
}
