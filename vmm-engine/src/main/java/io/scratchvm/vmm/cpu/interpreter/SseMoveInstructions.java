package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;
import static io.scratchvm.vmm.cpu.interpreter.SseOperands.low;
import static io.scratchvm.vmm.cpu.interpreter.SseOperands.set;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.PackedIntegers;
import io.scratchvm.vmm.cpu.semantics.Shuffles;
import io.scratchvm.vmm.cpu.state.Vcpu;

/** Moves to, from and among XMM registers. The non-temporal ones are plain: there is no cache to pass by. */
final class SseMoveInstructions {
    private static final long LOW_DOUBLEWORD = 0xffff_ffffL;

    private SseMoveInstructions() {}

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case MOVAPS, MOVAPD, MOVDQA, MOVNTPS, MOVNTPD, MOVNTDQ, MOVNTDQA -> moveAligned(x, i);
            case MOVUPS, MOVUPD, MOVDQU, LDDQU -> moveUnaligned(x, i);
            case MOVD -> moveGeneral(x, i);
            case MOVQ -> moveQuadword(x, i);
            case MOVSS -> moveScalar(x, i, LOW_DOUBLEWORD);
            case MOVSD -> moveScalar(x, i, -1);
            case MOVLPS, MOVLPD -> moveHalf(x, i, 0);
            case MOVHPS, MOVHPD -> moveHalf(x, i, 1);
            case MOVHLPS -> x.vcpu.xmm[index(i.first())] = x.vcpu.xmm[index(i.second()) + 1];
            case MOVLHPS -> x.vcpu.xmm[index(i.first()) + 1] = x.vcpu.xmm[index(i.second())];
            case MOVDDUP -> {
                long value = low(x, i.second());
                set(x, i.first(), value, value);
            }
            case MOVSLDUP, MOVSHDUP -> duplicate(x, i);
            case MOVMSKPS, MOVMSKPD, PMOVMSKB -> x.write(i.first(), 4, signs(x, i));
            case MASKMOVDQU -> storeSelected(x, i);
            case PINSRW -> insertWord(x, i);
            case PEXTRW -> extractWord(x, i);
            default -> throw new IllegalArgumentException("no move: " + i.operation());
        }
    }

    private static void moveAligned(Execution x, Instruction i) {
        if (i.first() instanceof Operand.Memory m) {
            store(x, SseOperands.aligned(x, m, true), i.second());
        } else if (i.second() instanceof Operand.Memory m) {
            load(x, i.first(), SseOperands.aligned(x, m, false));
        } else {
            copy(x, i);
        }
    }

    private static void moveUnaligned(Execution x, Instruction i) {
        if (i.first() instanceof Operand.Memory m) {
            store(x, x.linear(m, 16, true), i.second());
        } else if (i.second() instanceof Operand.Memory m) {
            load(x, i.first(), x.linear(m, 16, false));
        } else {
            copy(x, i);
        }
    }

    /** MOVSLDUP: doublewords 0, 0, 2, 2; MOVSHDUP: 1, 1, 3, 3. */
    private static void duplicate(Execution x, Instruction i) {
        moveAligned(x, i);
        int order = i.operation() == Operation.MOVSLDUP ? 0b0000 : 0b0101;
        int to = index(i.first());
        long[] xmm = x.vcpu.xmm;
        xmm[to] = Shuffles.doublewords(xmm[to], 0, order);
        xmm[to + 1] = Shuffles.doublewords(xmm[to + 1], 0, order);
    }

    private static void store(Execution x, long linear, Operand from) {
        int low = index(from);
        SseOperands.store(x, linear, x.vcpu.xmm[low], x.vcpu.xmm[low + 1]);
    }

    private static void load(Execution x, Operand to, long linear) {
        long low = x.mmu.read64(linear);
        set(x, to, low, x.mmu.read64(linear + 8));
    }

    private static void copy(Execution x, Instruction i) {
        int from = index(i.second());
        set(x, i.first(), x.vcpu.xmm[from], x.vcpu.xmm[from + 1]);
    }

    /** MOVD, and MOVQ with a general register. */
    private static void moveGeneral(Execution x, Instruction i) {
        if (i.first() instanceof Operand.Xmm) {
            set(x, i.first(), x.read(i.second(), i.operandSize()), 0);
        } else {
            x.write(i.first(), i.operandSize(), low(x, i.second()));
        }
    }

    private static void moveQuadword(Execution x, Instruction i) {
        if (i.first() instanceof Operand.Memory m) {
            x.write(m, 8, low(x, i.second()));
        } else {
            set(x, i.first(), low(x, i.second()), 0);
        }
    }

    /** A load clears what is above the scalar, a move between registers leaves it alone. */
    private static void moveScalar(Execution x, Instruction i, long mask) {
        if (i.first() instanceof Operand.Memory m) {
            x.write(m, m.size(), low(x, i.second()));
        } else if (i.second() instanceof Operand.Memory m) {
            set(x, i.first(), low(x, m), 0);
        } else {
            int to = index(i.first());
            x.vcpu.xmm[to] = x.vcpu.xmm[to] & ~mask | low(x, i.second()) & mask;
        }
    }

    /** Between memory and the low (0) or high (1) half of a register. */
    private static void moveHalf(Execution x, Instruction i, int half) {
        if (i.first() instanceof Operand.Memory m) {
            x.write(m, 8, x.vcpu.xmm[index(i.second()) + half]);
        } else {
            x.vcpu.xmm[index(i.first()) + half] = x.read(i.second(), 8);
        }
    }

    private static long signs(Execution x, Instruction i) {
        int from = index(i.second());
        long low = x.vcpu.xmm[from];
        long high = x.vcpu.xmm[from + 1];
        return switch (i.operation()) {
            case MOVMSKPS -> low >>> 31 & 1 | low >>> 63 << 1 | (high >>> 31 & 1) << 2 | high >>> 63 << 3;
            case MOVMSKPD -> low >>> 63 | high >>> 63 << 1;
            default -> PackedIntegers.byteSigns(low) | PackedIntegers.byteSigns(high) << 8;
        };
    }

    private static void insertWord(Execution x, Instruction i) {
        int select = (int) ((Operand.Immediate) i.third()).value() & 7;
        long word = x.read(i.second(), 2);
        int to = index(i.first()) + (select >> 2);
        x.vcpu.xmm[to] = Shuffles.insertWord(x.vcpu.xmm[to], word, select & 3);
    }

    private static void extractWord(Execution x, Instruction i) {
        int select = (int) ((Operand.Immediate) i.third()).value() & 7;
        int size = i.first() instanceof Operand.Memory ? 2 : 4;
        x.write(i.first(), size, Shuffles.word(x.vcpu.xmm[index(i.second()) + (select >> 2)], select & 3));
    }

    /** MASKMOVDQU: the bytes whose mask byte has its top bit set, to RDI. */
    private static void storeSelected(Execution x, Instruction i) {
        int from = index(i.first());
        int mask = index(i.second());
        long[] xmm = x.vcpu.xmm;
        int selected = PackedIntegers.byteSigns(xmm[mask]) | PackedIntegers.byteSigns(xmm[mask + 1]) << 8;
        storeSelected(x, i, selected, xmm[from], xmm[from + 1]);
    }

    /** Stores the bytes of two halves that {@code selected} has bits for, to RDI; all or none. */
    static void storeSelected(Execution x, Instruction i, int selected, long low, long high) {
        for (int n = 0; n < 16; n++) {
            if ((selected >> n & 1) != 0) {
                x.mmu.checkWrite(byteAddress(x, i, n), 1);
            }
        }
        for (int n = 0; n < 16; n++) {
            if ((selected >> n & 1) != 0) {
                x.mmu.write8(byteAddress(x, i, n), (n < 8 ? low : high) >>> 8 * (n & 7));
            }
        }
    }

    private static long byteAddress(Execution x, Instruction i, int n) {
        long offset = Execution.cut(x.vcpu.gpr[Vcpu.RDI] + n, i.addressSize());
        return x.linear(i.segment(), offset, 1, true);
    }
}
