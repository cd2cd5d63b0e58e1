package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.Fault;
import java.util.Arrays;

/** How instructions under VEX reach their operands: four quadwords, of which an XMM register has the lower two. */
final class VexOperands {
    private VexOperands() {}

    /** The bytes of a vector register. */
    static int size(Operand register) {
        return register instanceof Operand.Ymm ? 32 : 16;
    }

    static boolean isWide(Operand register) {
        return register instanceof Operand.Ymm;
    }

    static int number(Operand register) {
        return register instanceof Operand.Ymm ymm ? ymm.number() : ((Operand.Xmm) register).number();
    }

    /** Reads a register or memory; what it does not have is zero. Memory need not be aligned. */
    static void read(Execution x, Operand operand, long[] to) {
        Arrays.fill(to, 0);
        if (operand instanceof Operand.Memory m) {
            load(x, m, x.linear(m, m.size(), false), to);
        } else if (operand instanceof Operand.Register r) {
            to[0] = x.read(r, r.size());
        } else {
            int from = 2 * number(operand);
            to[0] = x.vcpu.xmm[from];
            to[1] = x.vcpu.xmm[from + 1];
            if (operand instanceof Operand.Ymm) {
                to[2] = x.vcpu.ymm[from];
                to[3] = x.vcpu.ymm[from + 1];
            }
        }
    }

    private static void load(Execution x, Operand.Memory m, long linear, long[] to) {
        if (m.size() < 8) {
            to[0] = x.mmu.read(linear, m.size());
            return;
        }
        for (int n = 0; n < m.size() / 8; n++) {
            to[n] = x.mmu.read64(linear + 8 * n);
        }
    }

    /** Writes a vector register, all of it: above an XMM register come zeros. */
    static void write(Execution x, Operand register, long[] value) {
        writePart(x, register, value);
        if (register instanceof Operand.Xmm xmm) {
            Arrays.fill(x.vcpu.ymm, 2 * xmm.number(), 2 * xmm.number() + 2, 0);
        }
    }

    /** Writes a vector register; above an XMM register, all stays. */
    static void writePart(Execution x, Operand register, long[] value) {
        int to = 2 * number(register);
        x.vcpu.xmm[to] = value[0];
        x.vcpu.xmm[to + 1] = value[1];
        if (register instanceof Operand.Ymm) {
            x.vcpu.ymm[to] = value[2];
            x.vcpu.ymm[to + 1] = value[3];
        }
    }

    /** Stores as many bytes as the operand has, 8 or more, or faults having stored none. */
    static void store(Execution x, Operand.Memory m, long linear, long[] value) {
        x.mmu.checkWrite(linear, m.size());
        for (int n = 0; n < m.size() / 8; n++) {
            x.mmu.write64(linear + 8 * n, value[n]);
        }
    }

    /** The linear address of a memory operand; #GP(0) where it is not aligned to {@code alignment} bytes. */
    static long linear(Execution x, Operand.Memory m, int alignment, boolean write) {
        long linear = x.linear(m, m.size(), write);
        if ((linear & alignment - 1) != 0) {
            throw Fault.gp(0);
        }
        return linear;
    }

    /** Reads an aligned memory operand. */
    static void readAligned(Execution x, Operand.Memory m, long[] to) {
        Arrays.fill(to, 0);
        load(x, m, linear(x, m, m.size(), false), to);
    }
}
