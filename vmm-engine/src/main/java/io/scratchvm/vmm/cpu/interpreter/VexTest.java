package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.PackedIntegers;
import io.scratchvm.vmm.cpu.state.Flags;

/** PTEST, VTESTPS, VTESTPD: whether two vectors, or their lanes' signs, have bits in common, and the second more. */
final class VexTest extends VexOperation {
    private final Operand first;
    private final Operand second;
    private final long mask;

    VexTest(Instruction i) {
        first = i.first();
        second = i.second();
        mask = switch (i.operation()) {
            case PTEST -> -1;
            case VTESTPS -> PackedIntegers.signs(32);
            default -> Long.MIN_VALUE;
        };
    }

    @Override
    void perform(Execution x) {
        long[] a = x.vexLane().a;
        long[] b = x.vexLane().b;
        VexOperands.read(x, first, a);
        VexOperands.read(x, second, b);
        long common = 0;
        long more = 0;
        for (int n = 0; n < 4; n++) {
            common |= a[n] & b[n] & mask;
            more |= ~a[n] & b[n] & mask;
        }
        x.vcpu.flags.set((common == 0 ? Flags.ZF : 0) | (more == 0 ? Flags.CF : 0));
    }
}
