package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.Extended;
import io.scratchvm.vmm.cpu.semantics.X87Conversions;
import io.scratchvm.vmm.cpu.semantics.X87Rounding;
import io.scratchvm.vmm.cpu.semantics.X87Stack;

/** How x87 instructions reach their operands: registers of the stack, and numbers in memory. */
final class X87Operands {
    private static final int EXTENDED_SIZE = 10;

    private X87Operands() {}

    /** The number of an x87 register. */
    static int st(Operand operand) {
        return ((Operand.St) operand).number();
    }

    /** A register of the stack, or a number in memory as {@link #load} gives it. */
    static Extended source(Execution x, Instruction i, Operand operand, X87Rounding r) {
        return operand instanceof Operand.Memory m ? load(x, i, m, r) : X87Stack.operand(x.vcpu.x87, st(operand), r);
    }

    /** A number in memory, converted exactly: an integer, or a real number by the operand's size. */
    static Extended load(Execution x, Instruction i, Operand.Memory m, X87Rounding r) {
        if (isInteger(i.operation())) {
            return X87Conversions.fromInteger(Execution.extend(x.read(m, m.size()), m.size()));
        }
        return switch (m.size()) {
            case 4 -> X87Conversions.fromSingle((int) x.read(m, 4), r);
            case 8 -> X87Conversions.fromDouble(x.read(m, 8), r);
            default -> loadExtended(x, m);
        };
    }

    private static boolean isInteger(Operation operation) {
        return switch (operation) {
            case FILD, FIADD, FISUB, FISUBR, FIMUL, FIDIV, FIDIVR, FICOM, FICOMP -> true;
            default -> false;
        };
    }

    /** Ten bytes as they are. */
    static Extended loadExtended(Execution x, Operand.Memory m) {
        long linear = x.linear(m, EXTENDED_SIZE, false);
        long low = x.mmu.read64(linear);
        return new Extended(low, (int) x.mmu.read16(linear + 8));
    }

    /** Stores ten bytes, or faults having stored none. */
    static void storeExtended(Execution x, Operand.Memory m, long low, int high) {
        long linear = x.linear(m, EXTENDED_SIZE, true);
        x.mmu.checkWrite(linear, EXTENDED_SIZE);
        x.mmu.write64(linear, low);
        x.mmu.write16(linear + 8, high);
    }
}
