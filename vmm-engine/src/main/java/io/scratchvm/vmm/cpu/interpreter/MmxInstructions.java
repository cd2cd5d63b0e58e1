package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.semantics.PackedIntegers;
import io.scratchvm.vmm.cpu.semantics.Shuffles;
import io.scratchvm.vmm.cpu.state.X87;

/** Instructions on MMX registers, which are the significands of the x87 registers (SDM volume 1, chapter 9). */
final class MmxInstructions {
    private MmxInstructions() {}

    /** Whether {@code i} is one of these. */
    static boolean concern(Instruction i) {
        return i.first() instanceof Operand.Mmx || i.second() instanceof Operand.Mmx || i.operation() == Operation.EMMS;
    }

    static void execute(Execution x, Instruction i) {
        FloatingPointState.requireMmx(x.vcpu);
        switch (i.operation()) {
            case EMMS -> x.vcpu.x87.empty();
            case MOVD, MOVQ, MOVNTQ -> move(x, i, i.operation() == Operation.MOVD ? i.operandSize() : 8);
            case MOVQ2DQ, MOVDQ2Q -> moveBetweenKinds(x, i);
            case CVTPI2PS, CVTPI2PD, CVTPS2PI, CVTPD2PI, CVTTPS2PI, CVTTPD2PI -> convert(x, i);
            case PMOVMSKB -> moveToGeneral(x, i, PackedIntegers.byteSigns(value(x, i.second())));
            case PEXTRW -> moveToGeneral(x, i, Shuffles.word(value(x, i.second()), immediate(i) & 3));
            case MASKMOVQ -> storeSelected(x, i);
            case PINSRW -> {
                long word = x.read(i.second(), 2);
                set(x, i.first(), Shuffles.insertWord(value(x, i.first()), word, immediate(i) & 3));
            }
            case PALIGNR -> {
                long low = value(x, i.second());
                set(x, i.first(), Shuffles.align(immediate(i), low, value(x, i.first()), 0, 0));
            }
            case PSHUFW -> set(x, i.first(), Shuffles.words(value(x, i.second()), immediate(i)));
            default -> set(x, i.first(), compute(i.operation(), value(x, i.first()), value(x, i.second())));
        }
    }

    private static void move(Execution x, Instruction i, int size) {
        if (i.first() instanceof Operand.Mmx) {
            long value = i.second() instanceof Operand.Mmx ? value(x, i.second()) : x.read(i.second(), size);
            set(x, i.first(), value);
        } else {
            x.write(i.first(), size, value(x, i.second()));
            x.vcpu.x87.enterMmx();
        }
    }

    private static void moveBetweenKinds(Execution x, Instruction i) {
        FloatingPointState.requireSse(x.vcpu);
        if (i.first() instanceof Operand.Mmx) {
            set(x, i.first(), SseOperands.low(x, i.second()));
        } else {
            SseOperands.set(x, i.first(), value(x, i.second()), 0);
            x.vcpu.x87.enterMmx();
        }
    }

    /** Even where #XM ends them, conversions have entered MMX. */
    private static void convert(Execution x, Instruction i) {
        FloatingPointState.requireSse(x.vcpu);
        if (i.first() instanceof Operand.Mmx) {
            set(x, i.first(), SseFloatInstructions.toMmx(x, i));
        } else {
            long value = value(x, i.second());
            x.vcpu.x87.enterMmx();
            SseFloatInstructions.onLanes(x, i, value, 0);
        }
    }

    private static void moveToGeneral(Execution x, Instruction i, long value) {
        x.write(i.first(), 4, value);
        x.vcpu.x87.enterMmx();
    }

    private static void storeSelected(Execution x, Instruction i) {
        int selected = PackedIntegers.byteSigns(value(x, i.second()));
        SseMoveInstructions.storeSelected(x, i, selected, value(x, i.first()), 0);
        x.vcpu.x87.enterMmx();
    }

    private static long compute(Operation operation, long a, long b) {
        return switch (operation) {
            case PSLLW, PSLLD, PSLLQ, PSRLW, PSRLD, PSRLQ, PSRAW, PSRAD -> PackedOperations.shift(operation, a, b);
            case PACKSSWB, PACKUSWB, PACKSSDW -> PackedOperations.pack(operation, a, b);
            case PUNPCKLBW, PUNPCKLWD, PUNPCKLDQ -> Shuffles.interleaveLow(PackedOperations.width(operation), a, b);
            case PUNPCKHBW, PUNPCKHWD, PUNPCKHDQ -> Shuffles.interleaveHigh(PackedOperations.width(operation), a, b);
            case PHADDW, PHADDD, PHADDSW, PHSUBW, PHSUBD, PHSUBSW -> PackedOperations.horizontal(operation, a, b);
            case PSHUFB -> Shuffles.bytes(a, a, b);
            default -> PackedOperations.lanes(operation, a, b);
        };
    }

    private static long value(Execution x, Operand operand) {
        if (operand instanceof Operand.Mmx mmx) {
            return x.vcpu.x87.significand[mmx.number()];
        }
        return operand instanceof Operand.Memory m ? x.read(m, m.size()) : ((Operand.Immediate) operand).value();
    }

    private static int immediate(Instruction i) {
        return (int) ((Operand.Immediate) i.third()).value();
    }

    private static void set(Execution x, Operand to, long value) {
        X87 x87 = x.vcpu.x87;
        int number = ((Operand.Mmx) to).number();
        x87.enterMmx();
        x87.significand[number] = value;
        x87.signExponent[number] = 0xffff;
    }
}
