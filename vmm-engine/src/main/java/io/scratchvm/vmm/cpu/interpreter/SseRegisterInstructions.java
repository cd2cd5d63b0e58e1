package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;
import static io.scratchvm.vmm.cpu.interpreter.SseOperands.set;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.HorizontalIntegers;
import io.scratchvm.vmm.cpu.semantics.Shuffles;
import io.scratchvm.vmm.cpu.state.Flags;

/** PSHUFB, PALIGNR, PBLENDW, PBLENDVB, PHMINPOSUW, MPSADBW, PTEST: halves that ask for both halves of the source. */
final class SseRegisterInstructions {
    private SseRegisterInstructions() {}

    static void execute(Execution x, Instruction i) {
        long low = SseOperands.low(x, i.second());
        compute(x, i, low, SseOperands.high(x, i.second()));
    }

    private static void compute(Execution x, Instruction i, long low, long high) {
        long[] xmm = x.vcpu.xmm;
        Operand to = i.first();
        long a = xmm[index(to)];
        long b = xmm[index(to) + 1];
        switch (i.operation()) {
            case PSHUFB -> set(x, to, Shuffles.bytes(a, b, low), Shuffles.bytes(a, b, high));
            case PALIGNR -> {
                int from = immediate(i);
                set(x, to, Shuffles.align(from, low, high, a, b), Shuffles.align(from + 8, low, high, a, b));
            }
            case PBLENDW -> {
                int choice = immediate(i);
                set(x, to, Shuffles.blendWords(a, low, choice), Shuffles.blendWords(b, high, choice >> 4));
            }
            case PBLENDVB -> set(x, to, Shuffles.blendBytes(a, low, xmm[0]), Shuffles.blendBytes(b, high, xmm[1]));
            case PHMINPOSUW -> set(x, to, HorizontalIntegers.leastWord(low, high), 0);
            case MPSADBW -> {
                int from = immediate(i) & 4;
                long four = Shuffles.doublewords(low, high, immediate(i) & 3);
                long sums = HorizontalIntegers.sumsOfDifferences(a, b, from, four);
                set(x, to, sums, HorizontalIntegers.sumsOfDifferences(a, b, from + 4, four));
            }
            default -> test(x.vcpu.flags, a & low | b & high, ~a & low | ~b & high);
        }
    }

    /** PTEST. */
    private static void test(Flags flags, long common, long more) {
        flags.set((common == 0 ? Flags.ZF : 0) | (more == 0 ? Flags.CF : 0));
    }

    private static int immediate(Instruction i) {
        return (int) ((Operand.Immediate) i.third()).value();
    }
}
