package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.X87Environment;
import io.scratchvm.vmm.cpu.state.X87;

/** FNDISI, FNENI, FNSETPM, FNINIT, FNCLEX, FLDCW, FNSTCW, FNSTSW, FLDENV, FNSTENV, FNSAVE, FRSTOR. */
final class X87ControlInstructions {
    private X87ControlInstructions() {}

    static void execute(Execution x, Instruction i) {
        X87 x87 = x.vcpu.x87;
        int size = i.operandSize();
        switch (i.operation()) {
            case FNINIT -> X87Environment.initialize(x87);
            // Of older coprocessors: they do nothing any more.
            case FNDISI, FNENI, FNSETPM -> {}
            case FNCLEX -> X87Environment.clearExceptions(x87);
            case FLDCW -> X87Environment.loadControlWord(x87, (int) x.read(i.first(), 2));
            case FNSTCW -> x.write(i.first(), 2, x87.controlWord);
            case FNSTSW -> x.write(i.first(), 2, x87.statusWord);
            case FLDENV -> X87Environment.load(x.vcpu, x.mmu, area(x, i, X87Environment.size(size), false), size);
            case FNSTENV -> X87Environment.store(x.vcpu, x.mmu, area(x, i, X87Environment.size(size), true), size);
            case FRSTOR ->
                X87Environment.restore(x.vcpu, x.mmu, area(x, i, X87Environment.sizeWithRegisters(size), false), size);
            default ->
                X87Environment.save(x.vcpu, x.mmu, area(x, i, X87Environment.sizeWithRegisters(size), true), size);
        }
    }

    private static long area(Execution x, Instruction i, int bytes, boolean write) {
        return x.linear((Operand.Memory) i.first(), bytes, write);
    }
}
