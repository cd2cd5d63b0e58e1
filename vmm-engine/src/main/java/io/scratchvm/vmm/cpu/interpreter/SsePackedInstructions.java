package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.PackedShifts;
import io.scratchvm.vmm.cpu.semantics.Shuffles;

/** Operations on the integer lanes of XMM registers, bitwise ones and rearrangements. */
final class SsePackedInstructions {
    private SsePackedInstructions() {}

    static void execute(Execution x, Instruction i) {
        long[] xmm = x.vcpu.xmm;
        if (i.second() instanceof Operand.Immediate count) {
            compute(xmm, i, count.value(), 0);
        } else {
            long low = SseOperands.low(x, i.second());
            compute(xmm, i, low, SseOperands.high(x, i.second()));
        }
    }

    /** Computes on the first operand and the halves of the second. */
    private static void compute(long[] xmm, Instruction i, long low, long high) {
        int to = index(i.first());
        long a = xmm[to];
        long b = xmm[to + 1];
        Operation operation = i.operation();
        switch (operation) {
            case PSLLW, PSLLD, PSLLQ, PSRLW, PSRLD, PSRLQ, PSRAW, PSRAD -> {
                xmm[to] = PackedOperations.shift(operation, a, low);
                xmm[to + 1] = PackedOperations.shift(operation, b, low);
            }
            case PSLLDQ -> {
                xmm[to] = PackedShifts.leftBytesLow(a, bytes(low));
                xmm[to + 1] = PackedShifts.leftBytesHigh(a, b, bytes(low));
            }
            case PSRLDQ -> {
                xmm[to] = PackedShifts.rightBytesLow(a, b, bytes(low));
                xmm[to + 1] = PackedShifts.rightBytesHigh(b, bytes(low));
            }
            case PACKSSWB, PACKUSWB, PACKSSDW, PACKUSDW -> {
                xmm[to] = PackedOperations.pack(operation, a, b);
                xmm[to + 1] = PackedOperations.pack(operation, low, high);
            }
            case PHADDW, PHADDD, PHADDSW, PHSUBW, PHSUBD, PHSUBSW -> {
                xmm[to] = PackedOperations.horizontal(operation, a, b);
                xmm[to + 1] = PackedOperations.horizontal(operation, low, high);
            }
            case PUNPCKLBW, PUNPCKLWD, PUNPCKLDQ, UNPCKLPS -> {
                int width = PackedOperations.width(operation);
                xmm[to] = Shuffles.interleaveLow(width, a, low);
                xmm[to + 1] = Shuffles.interleaveHigh(width, a, low);
            }
            case PUNPCKHBW, PUNPCKHWD, PUNPCKHDQ, UNPCKHPS -> {
                int width = PackedOperations.width(operation);
                xmm[to] = Shuffles.interleaveLow(width, b, high);
                xmm[to + 1] = Shuffles.interleaveHigh(width, b, high);
            }
            case PUNPCKLQDQ, UNPCKLPD -> xmm[to + 1] = low;
            case PUNPCKHQDQ, UNPCKHPD -> {
                xmm[to] = b;
                xmm[to + 1] = high;
            }
            case PSHUFD, PSHUFLW, PSHUFHW, SHUFPS, SHUFPD -> shuffle(xmm, i, low, high);
            default -> {
                xmm[to] = PackedOperations.lanes(operation, a, low);
                xmm[to + 1] = PackedOperations.lanes(operation, b, high);
            }
        }
    }

    /** A count of bytes that an immediate gives; all beyond 16 are alike. */
    private static int bytes(long count) {
        return (int) Math.min(count, 16);
    }

    private static void shuffle(long[] xmm, Instruction i, long low, long high) {
        int to = index(i.first());
        long a = xmm[to];
        long b = xmm[to + 1];
        int order = (int) ((Operand.Immediate) i.third()).value();
        switch (i.operation()) {
            case PSHUFD -> {
                xmm[to] = Shuffles.doublewords(low, high, order);
                xmm[to + 1] = Shuffles.doublewords(low, high, order >> 4);
            }
            case PSHUFLW -> {
                xmm[to] = Shuffles.words(low, order);
                xmm[to + 1] = high;
            }
            case PSHUFHW -> {
                xmm[to] = low;
                xmm[to + 1] = Shuffles.words(high, order);
            }
            case SHUFPS -> {
                xmm[to] = Shuffles.doublewords(a, b, order);
                xmm[to + 1] = Shuffles.doublewords(low, high, order >> 4);
            }
            default -> {
                xmm[to] = (order & 1) == 0 ? a : b;
                xmm[to + 1] = (order & 2) == 0 ? low : high;
            }
        }
    }
}
