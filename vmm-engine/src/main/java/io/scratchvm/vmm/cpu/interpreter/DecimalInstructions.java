package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.semantics.Decimal;
import io.scratchvm.vmm.cpu.state.Flags;

/** DAA, DAS, AAA, AAS, AAM, AAD. */
final class DecimalInstructions {
    private DecimalInstructions() {}

    static void execute(Execution x, Instruction i) {
        Flags flags = x.vcpu.flags;
        int ax = (int) x.register(RAX, 2);
        int result =
                switch (i.operation()) {
                    case DAA -> Decimal.adjustAfterAdd(flags, ax);
                    case DAS -> Decimal.adjustAfterSubtract(flags, ax);
                    case AAA -> Decimal.adjustUnpackedAfterAdd(flags, ax);
                    case AAS -> Decimal.adjustUnpackedAfterSubtract(flags, ax);
                    case AAM -> Decimal.adjustAfterMultiply(flags, ax, (int) x.read(i.first(), 1));
                    default -> Decimal.adjustBeforeDivide(flags, ax, (int) x.read(i.first(), 1));
                };
        x.setRegister(RAX, 2, result);
    }
}
