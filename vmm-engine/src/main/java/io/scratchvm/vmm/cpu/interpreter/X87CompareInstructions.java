package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.Extended;
import io.scratchvm.vmm.cpu.semantics.X87Compare;
import io.scratchvm.vmm.cpu.semantics.X87Rounding;
import io.scratchvm.vmm.cpu.semantics.X87Stack;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.X87;

/** x87 instructions that compare and classify. */
final class X87CompareInstructions {
    private X87CompareInstructions() {}

    static void execute(Execution x, Instruction i) {
        X87 x87 = x.vcpu.x87;
        if (i.operation() == Operation.FXAM) {
            int codes = X87Compare.examine(X87Stack.get(x87, 0), x87.isEmpty(0));
            X87Stack.setCodes(x87, X87Compare.CODES | X87.C1, codes);
            return;
        }
        X87Rounding r = new X87Rounding(x87.controlWord);
        Extended a = X87Stack.operand(x87, 0, r);
        Extended b = other(x, i, r);
        int codes = r.hasStackFault() ? X87Compare.UNORDERED : compare(i.operation(), a, b, r);
        X87Stack.record(x87, r);
        if (!r.stops()) {
            deliver(x, i.operation(), codes);
        }
    }

    private static Extended other(Execution x, Instruction i, X87Rounding r) {
        return switch (i.operation()) {
            case FTST -> Extended.ZERO;
            case FCOMPP, FUCOMPP -> X87Stack.operand(x.vcpu.x87, 1, r);
            case FCOMI, FCOMIP, FUCOMI, FUCOMIP -> X87Operands.source(x, i, i.second(), r);
            default -> X87Operands.source(x, i, i.first(), r);
        };
    }

    private static int compare(Operation operation, Extended a, Extended b, X87Rounding r) {
        return switch (operation) {
            case FUCOM, FUCOMP, FUCOMPP, FUCOMI, FUCOMIP -> X87Compare.unordered(a, b, r);
            default -> X87Compare.ordered(a, b, r);
        };
    }

    private static void deliver(Execution x, Operation operation, int codes) {
        X87 x87 = x.vcpu.x87;
        switch (operation) {
            case FCOMI, FCOMIP, FUCOMI, FUCOMIP -> x.vcpu.flags.set(flags(codes));
            default -> X87Stack.setCodes(x87, X87Compare.CODES, codes);
        }
        switch (operation) {
            case FCOMP, FUCOMP, FICOMP, FCOMIP, FUCOMIP -> x87.pop();
            case FCOMPP, FUCOMPP -> {
                x87.pop();
                x87.pop();
            }
            default -> {}
        }
    }

    /** C3, C2 and C0 as ZF, PF and CF; the other status flags zero. */
    private static long flags(int codes) {
        return ((codes & X87.C3) != 0 ? Flags.ZF : 0)
                | ((codes & X87.C2) != 0 ? Flags.PF : 0)
                | ((codes & X87.C0) != 0 ? Flags.CF : 0);
    }
}
