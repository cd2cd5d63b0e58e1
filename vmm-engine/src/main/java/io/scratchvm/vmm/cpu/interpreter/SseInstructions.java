package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;

/** MMX and SSE: which family executes an instruction, and whether it may. */
final class SseInstructions {
    private SseInstructions() {}

    static void execute(Execution x, Instruction i) {
        if (MmxInstructions.concern(i)) {
            MmxInstructions.execute(x, i);
            return;
        }
        FloatingPointState.requireSse(x.vcpu);
        onRegisters(x, i);
    }

    /** What the instruction does where it is available; on no MMX register. */
    static void onRegisters(Execution x, Instruction i) {
        if (SseFloatInstructions.concern(i.operation())) {
            SseFloatInstructions.execute(x, i);
            return;
        }
        switch (i.operation()) {
            case MOVAPS, MOVAPD, MOVDQA, MOVNTPS, MOVNTPD, MOVNTDQ -> SseMoveInstructions.execute(x, i);
            case MOVUPS, MOVUPD, MOVDQU, MOVD, MOVQ, MOVSS, MOVSD -> SseMoveInstructions.execute(x, i);
            case MOVLPS, MOVLPD, MOVHPS, MOVHPD, MOVHLPS, MOVLHPS -> SseMoveInstructions.execute(x, i);
            case MOVNTDQA, LDDQU, MOVDDUP, MOVSLDUP, MOVSHDUP -> SseMoveInstructions.execute(x, i);
            case MOVMSKPS, MOVMSKPD, PMOVMSKB, MASKMOVDQU, PINSRW, PEXTRW -> SseMoveInstructions.execute(x, i);
            case PINSRB, PINSRD, PEXTRB, PEXTRD -> SseLaneInstructions.execute(x, i);
            case PMOVSXBW, PMOVSXBD, PMOVSXBQ, PMOVSXWD, PMOVSXWQ, PMOVSXDQ -> SseLaneInstructions.execute(x, i);
            case PMOVZXBW, PMOVZXBD, PMOVZXBQ, PMOVZXWD, PMOVZXWQ, PMOVZXDQ -> SseLaneInstructions.execute(x, i);
            case PSHUFB, PALIGNR, PBLENDW, PBLENDVB -> SseRegisterInstructions.execute(x, i);
            case PHMINPOSUW, MPSADBW, PTEST -> SseRegisterInstructions.execute(x, i);
            case PCMPESTRM, PCMPESTRI, PCMPISTRM, PCMPISTRI -> SseStringInstructions.execute(x, i);
            case AESENC, AESENCLAST, AESDEC, AESDECLAST, AESIMC, AESKEYGENASSIST, PCLMULQDQ ->
                SseCryptographyInstructions.execute(x, i);
            default -> SsePackedInstructions.execute(x, i);
        }
    }
}
