package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.PackedIntegers;

/** MOVMSKPS, MOVMSKPD, PMOVMSKB of a YMM register. */
final class VexSigns extends VexOperation {
    private final Operand to;
    private final Operand from;
    private final int width;

    VexSigns(Instruction i) {
        to = i.first();
        from = i.second();
        width = switch (i.operation()) {
            case MOVMSKPS -> 32;
            case MOVMSKPD -> 64;
            default -> 8;
        };
    }

    @Override
    void perform(Execution x) {
        long[] value = x.vexLane().a;
        VexOperands.read(x, from, value);
        long signs = 0;
        for (int n = 3; n >= 0; n--) {
            signs = signs << 64 / width | PackedIntegers.signsOf(width, value[n]);
        }
        x.write(to, 4, signs);
    }
}
