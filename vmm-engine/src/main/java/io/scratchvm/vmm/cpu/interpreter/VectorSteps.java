package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;

/** Chooses the step for an instruction on vector registers, under VEX or not. */
final class VectorSteps {
    private VectorSteps() {}

    /** The step for {@code i}; null where it is not frequent, or has operands that steps do not reach. */
    static Step of(Execution x, Instruction i) {
        if (!VectorStep.fits(i)) {
            return null;
        }
        return switch (i.operation()) {
            case MOVAPS, MOVAPD, MOVDQA, MOVNTPS, MOVNTPD, MOVNTDQ, MOVUPS, MOVUPD, MOVDQU -> VectorMoveSteps.whole(i);
            case MOVSS, MOVSD, MOVQ -> VectorMoveSteps.scalar(i);
            case MOVD -> VectorMoveSteps.general(i);
            case MOVLPS, MOVLPD -> VectorMoveSteps.lowHalf(i);
            case MOVHPS, MOVHPD -> VectorMoveSteps.highHalf(i);
            case PMOVMSKB -> new VectorMoveSteps.ByteMask(i);
            case PSLLW, PSLLD, PSLLQ, PSRLW, PSRLD, PSRLQ, PSRAW, PSRAD -> shift(i);
            case ADDSS, SUBSS, MULSS, DIVSS, MINSS, MAXSS, SQRTSS, ADDSD, SUBSD, MULSD, DIVSD, MINSD, MAXSD, SQRTSD ->
                FloatSteps.scalar(x, i);
            case ADDPS, SUBPS, MULPS, DIVPS, MINPS, MAXPS, SQRTPS, ADDPD, SUBPD, MULPD, DIVPD, MINPD, MAXPD, SQRTPD ->
                FloatSteps.packed(x, i);
            case COMISS, COMISD, UCOMISS, UCOMISD -> new FloatSteps.Compare(x, i);
            case CVTSI2SS, CVTSI2SD -> new ConversionSteps.FromGeneral(x, i);
            case CVTSS2SI, CVTSD2SI, CVTTSS2SI, CVTTSD2SI -> new ConversionSteps.ToGeneral(x, i);
            case CVTSS2SD, CVTSD2SS -> new ConversionSteps.Between(x, i);
            default -> other(x, i);
        };
    }

    private static Step other(Execution x, Instruction i) {
        if (PackedOperations.areLanes(i.operation())) {
            return new PackedSteps.Lanes(i);
        }
        return FusedMultiplyAdd.concerns(i.operation()) ? FusedSteps.of(x, i) : null;
    }

    /** By an immediate; null where it is by a register. */
    private static Step shift(Instruction i) {
        Operand count = i.vex() ? i.third() : i.second();
        return count instanceof Operand.Immediate ? new PackedSteps.Shift(i) : null;
    }
}
