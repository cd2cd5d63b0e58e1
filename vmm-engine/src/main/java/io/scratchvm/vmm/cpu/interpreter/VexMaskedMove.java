package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.Shuffles;
import java.util.Arrays;

/** VPMASKMOVD and its kin: the elements that a mask's signs choose. Others are neither read nor written. */
final class VexMaskedMove extends VexOperation {
    private final Operand first;
    private final Operand mask;
    private final Operand third;
    private final int bytes;

    VexMaskedMove(Instruction i) {
        first = i.first();
        mask = i.second();
        third = i.third();
        bytes = i.operation() == Operation.VPMASKMOVD || i.operation() == Operation.VMASKMOVPS ? 4 : 8;
    }

    @Override
    void perform(Execution x) {
        long[] chosen = x.vexLane().a;
        VexOperands.read(x, mask, chosen);
        if (first instanceof Operand.Memory m) {
            store(x, m, chosen);
        } else {
            load(x, (Operand.Memory) third, chosen);
        }
    }

    /** Whether the mask has element {@code n}. */
    static boolean has(long[] mask, int bytes, int n) {
        int at = n * bytes;
        return mask[at >> 3] >>> 8 * (at & 7) + 8 * bytes - 1 << 63 != 0;
    }

    /** Replaces element {@code n}. */
    static void set(long[] vector, int bytes, int n, long element) {
        int at = n * bytes;
        vector[at >> 3] = Shuffles.insert(8 * bytes, vector[at >> 3], element, (at & 7) / bytes);
    }

    /** Element {@code n}, zero-extended. */
    static long get(long[] vector, int bytes, int n) {
        int at = n * bytes;
        return Shuffles.lane(8 * bytes, vector[at >> 3], (at & 7) / bytes);
    }

    private long address(Execution x, Operand.Memory m, int n, boolean write) {
        long offset = Execution.cut(x.effective(m) + n * bytes, m.addressSize());
        return x.linear(m.segment(), offset, bytes, write);
    }

    private void load(Execution x, Operand.Memory m, long[] chosen) {
        long[] result = x.vexLane().result;
        Arrays.fill(result, 0);
        for (int n = 0; n < m.size() / bytes; n++) {
            if (has(chosen, bytes, n)) {
                set(result, bytes, n, x.mmu.read(address(x, m, n, false), bytes));
            }
        }
        VexOperands.write(x, first, result);
    }

    /** All or none. */
    private void store(Execution x, Operand.Memory m, long[] chosen) {
        long[] value = x.vexLane().b;
        VexOperands.read(x, third, value);
        for (int n = 0; n < m.size() / bytes; n++) {
            if (has(chosen, bytes, n)) {
                x.mmu.checkWrite(address(x, m, n, true), bytes);
            }
        }
        for (int n = 0; n < m.size() / bytes; n++) {
            if (has(chosen, bytes, n)) {
                x.mmu.write(address(x, m, n, true), get(value, bytes, n), bytes);
            }
        }
    }
}
