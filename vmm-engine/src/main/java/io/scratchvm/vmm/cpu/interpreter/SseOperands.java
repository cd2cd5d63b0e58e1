package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.Fault;

/** How SSE instructions reach their operands: XMM registers as halves of {@code vcpu.xmm}, and memory. */
final class SseOperands {
    private SseOperands() {}

    /** The index in {@code vcpu.xmm} of an XMM register's low half. */
    static int index(Operand operand) {
        return 2 * ((Operand.Xmm) operand).number();
    }

    /**
     * The linear address of a 16-byte operand.
     *
     * @throws Fault #GP(0) where it is not aligned (SDM volume 1, section 11.3), after the segment's faults
     */
    static long aligned(Execution x, Operand.Memory m, boolean write) {
        long linear = x.linear(m, 16, write);
        if ((linear & 15) != 0) {
            throw Fault.gp(0);
        }
        return linear;
    }

    /** Stores 16 bytes, or faults having stored none. */
    static void store(Execution x, long linear, long low, long high) {
        x.mmu.checkWrite(linear, 16);
        x.mmu.write64(linear, low);
        x.mmu.write64(linear + 8, high);
    }

    /** The low half of an XMM register or of 16 aligned bytes; or a smaller memory operand, zero-extended. */
    static long low(Execution x, Operand operand) {
        if (operand instanceof Operand.Memory m) {
            return m.size() == 16 ? x.mmu.read64(aligned(x, m, false)) : x.read(m, m.size());
        }
        return x.vcpu.xmm[index(operand)];
    }

    /** The high half of an XMM register or of 16 aligned bytes. */
    static long high(Execution x, Operand operand) {
        return operand instanceof Operand.Memory m
                ? x.mmu.read64(aligned(x, m, false) + 8)
                : x.vcpu.xmm[index(operand) + 1];
    }

    /** Sets both halves of an XMM register. */
    static void set(Execution x, Operand operand, long low, long high) {
        int to = index(operand);
        x.vcpu.xmm[to] = low;
        x.vcpu.xmm[to + 1] = high;
    }
}
