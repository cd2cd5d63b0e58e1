package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.Bits;

/** BT, BTS, BTR, BTC, BSF, BSR, POPCNT, BSWAP. */
final class BitInstructions {
    private BitInstructions() {}

    static void execute(Execution x, Instruction i) {
        int size = i.operandSize();
        switch (i.operation()) {
            case BSF, BSR -> scan(x, i);
            case POPCNT -> x.write(i.first(), size, Bits.populationCount(x.vcpu.flags, x.read(i.second(), size)));
            case BSWAP -> x.write(i.first(), size, Bits.swapBytes(x.read(i.first(), size), size));
            default -> test(x, i);
        }
    }

    /** A zero source leaves the destination alone, as every CPU does, whatever the SDM leaves undefined. */
    private static void scan(Execution x, Instruction i) {
        long source = x.read(i.second(), i.operandSize());
        if (source != 0) {
            int index = i.operation() == Operation.BSF
                    ? Long.numberOfTrailingZeros(source)
                    : 63 - Long.numberOfLeadingZeros(source);
            x.write(i.first(), i.operandSize(), index);
        }
        Bits.setScanFlags(x.vcpu.flags, source);
    }

    private static void test(Execution x, Instruction i) {
        int size = i.operandSize();
        int bits = 8 * size;
        long offset = Execution.extend(x.read(i.second(), size), size);
        int index = (int) offset & bits - 1;
        if (i.first() instanceof Operand.Memory m) {
            // A register's bit offset reaches beyond the operand; an immediate's does not.
            long step = i.second() instanceof Operand.Register ? (offset - index) / bits * size : 0;
            testMemory(x, i, x.linear(m.segment(), displaced(x, m, step), size, i.operation() != Operation.BT), index);
            return;
        }
        long value = x.read(i.first(), size);
        if (i.operation() != Operation.BT) {
            x.write(i.first(), size, changed(i.operation(), value, index));
        }
        Bits.setCarryToBit(x.vcpu.flags, value, index);
    }

    private static long displaced(Execution x, Operand.Memory m, long step) {
        return Execution.cut(x.effective(m) + step, m.addressSize());
    }

    private static void testMemory(Execution x, Instruction i, long linear, int index) {
        int size = i.operandSize();
        if (i.operation() != Operation.BT) {
            x.mmu.checkWrite(linear, size);
        }
        long value = x.mmu.read(linear, size);
        if (i.operation() != Operation.BT) {
            x.mmu.write(linear, changed(i.operation(), value, index), size);
        }
        Bits.setCarryToBit(x.vcpu.flags, value, index);
    }

    private static long changed(Operation operation, long value, int index) {
        long bit = 1L << index;
        return switch (operation) {
            case BTS -> value | bit;
            case BTR -> value & ~bit;
            default -> value ^ bit;
        };
    }
}
