package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;
import static io.scratchvm.vmm.cpu.interpreter.SseOperands.low;
import static io.scratchvm.vmm.cpu.interpreter.SseOperands.set;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.Shuffles;

/** PINSR, PEXTR, PMOVSX and PMOVZX: lanes that come alone, or from a part of a register. Memory need not be aligned. */
final class SseLaneInstructions {
    private SseLaneInstructions() {}

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case PINSRB -> insert(x, i, 1);
            case PINSRD -> insert(x, i, i.operandSize());
            case PEXTRB -> extract(x, i, 1);
            case PEXTRD -> extract(x, i, i.operandSize());
            case PMOVSXBW -> widen(x, i, 8, 16, true);
            case PMOVSXBD -> widen(x, i, 8, 32, true);
            case PMOVSXBQ -> widen(x, i, 8, 64, true);
            case PMOVSXWD -> widen(x, i, 16, 32, true);
            case PMOVSXWQ -> widen(x, i, 16, 64, true);
            case PMOVSXDQ -> widen(x, i, 32, 64, true);
            case PMOVZXBW -> widen(x, i, 8, 16, false);
            case PMOVZXBD -> widen(x, i, 8, 32, false);
            case PMOVZXBQ -> widen(x, i, 8, 64, false);
            case PMOVZXWD -> widen(x, i, 16, 32, false);
            case PMOVZXWQ -> widen(x, i, 16, 64, false);
            default -> widen(x, i, 32, 64, false);
        }
    }

    private static void insert(Execution x, Instruction i, int bytes) {
        long value = x.read(i.second(), bytes);
        int at = bytes * select(i, bytes);
        int to = index(i.first()) + (at >> 3);
        x.vcpu.xmm[to] = Shuffles.insert(8 * bytes, x.vcpu.xmm[to], value, (at & 7) / bytes);
    }

    /** To a register, zero-extended. */
    private static void extract(Execution x, Instruction i, int bytes) {
        int at = bytes * select(i, bytes);
        long lane = Shuffles.lane(8 * bytes, x.vcpu.xmm[index(i.second()) + (at >> 3)], (at & 7) / bytes);
        x.write(i.first(), i.first() instanceof Operand.Memory ? bytes : Math.max(bytes, 4), lane);
    }

    /** The lane that the immediate names. */
    private static int select(Instruction i, int bytes) {
        return (int) ((Operand.Immediate) i.third()).value() & 16 / bytes - 1;
    }

    private static void widen(Execution x, Instruction i, int from, int to, boolean signed) {
        long lanes = low(x, i.second());
        // The upper half of the result comes from what the lower half left.
        long upper = lanes >>> 64 * from / to;
        set(x, i.first(), Shuffles.widen(from, to, lanes, signed), Shuffles.widen(from, to, upper, signed));
    }
}
