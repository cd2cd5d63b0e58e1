package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;

/** A move of a whole vector register. */
final class VexMove extends VexOperation {
    private final Operand to;
    private final Operand from;
    private final boolean aligned;

    /** @param aligned whether memory must be aligned to the register's size */
    VexMove(Instruction i, boolean aligned) {
        to = i.first();
        from = i.second();
        this.aligned = aligned;
    }

    @Override
    void perform(Execution x) {
        long[] value = x.vexLane().result;
        if (aligned && from instanceof Operand.Memory m) {
            VexOperands.readAligned(x, m, value);
        } else {
            VexOperands.read(x, from, value);
        }
        if (to instanceof Operand.Memory m) {
            VexOperands.store(x, m, VexOperands.linear(x, m, aligned ? m.size() : 1, true), value);
        } else {
            VexOperands.write(x, to, value);
        }
    }
}
