package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RCX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDI;
import static io.scratchvm.vmm.cpu.state.Vcpu.RSI;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Instruction.Repeat;
import io.scratchvm.vmm.cpu.semantics.Arithmetic;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;

/**
 * MOVS, CMPS, STOS, LODS, SCAS, and the repetition of all string instructions, INS and OUTS included.
 *
 * <p>Each iteration counts as an instruction and is a boundary: where the run is to end, or code has changed, between
 * two of them, RIP goes back to the instruction. This family counts all iterations but the last of its call, which the
 * engine counts as it does every instruction; so after a fault the count is that of the iterations done.
 */
final class StringInstructions {
    /** Iterations after which the engine gets a chance to see a stop request. */
    private static final int MOST_ITERATIONS = 4096;

    private StringInstructions() {}

    static void execute(Execution x, Instruction i) {
        if (i.repeat() == Repeat.NONE) {
            iterate(x, i);
        } else if (x.register(RCX, i.addressSize()) != 0) {
            repeat(x, i);
        }
    }

    private static void repeat(Execution x, Instruction i) {
        for (int n = 1; ; n++) {
            n += StringRuns.run(x, i, MOST_ITERATIONS - n);
            iterate(x, i);
            long left = Execution.cut(x.vcpu.gpr[RCX] - 1, i.addressSize());
            x.setRegister(RCX, i.addressSize(), left);
            if (left == 0 || isEnded(x, i)) {
                return;
            }
            if (n == MOST_ITERATIONS || x.codeChanged || x.vcpu.instructions + 1 >= x.until) {
                x.vcpu.rip = i.address();
                return;
            }
            x.vcpu.instructions++;
        }
    }

    /** Whether REPE or REPNE ends a comparison. */
    private static boolean isEnded(Execution x, Instruction i) {
        return switch (i.operation()) {
            case CMPS, SCAS -> x.vcpu.flags.zf() == (i.repeat() == Repeat.REPNE);
            default -> false;
        };
    }

    private static void iterate(Execution x, Instruction i) {
        switch (i.operation()) {
            case MOVS -> move(x, i);
            case STOS -> store(x, i);
            case LODS -> load(x, i);
            case CMPS -> compare(x, i);
            case INS -> IoInstructions.input(x, i);
            case OUTS -> IoInstructions.output(x, i);
            default -> scan(x, i);
        }
    }

    private static void move(Execution x, Instruction i) {
        long value = readSource(x, i);
        x.mmu.write(destination(x, i, true), value, i.operandSize());
        advance(x, i, RSI);
        advance(x, i, RDI);
    }

    private static void store(Execution x, Instruction i) {
        x.mmu.write(destination(x, i, true), x.vcpu.gpr[RAX], i.operandSize());
        advance(x, i, RDI);
    }

    private static void load(Execution x, Instruction i) {
        x.setRegister(RAX, i.operandSize(), readSource(x, i));
        advance(x, i, RSI);
    }

    private static void compare(Execution x, Instruction i) {
        long a = readSource(x, i);
        long b = x.mmu.read(destination(x, i, false), i.operandSize());
        Arithmetic.subtract(x.vcpu.flags, Flags.shift(i.operandSize()), a, b);
        advance(x, i, RSI);
        advance(x, i, RDI);
    }

    private static void scan(Execution x, Instruction i) {
        long b = x.mmu.read(destination(x, i, false), i.operandSize());
        Arithmetic.subtract(x.vcpu.flags, Flags.shift(i.operandSize()), x.register(RAX, i.operandSize()), b);
        advance(x, i, RDI);
    }

    /** The linear address that RSI names, in the segment that a prefix may have chosen. */
    static long source(Execution x, Instruction i) {
        return x.linear(i.segment(), x.register(RSI, i.addressSize()), i.operandSize(), false);
    }

    /** The linear address that RDI names, always in ES. */
    static long destination(Execution x, Instruction i, boolean write) {
        return x.linear(Segment.ES, x.register(RDI, i.addressSize()), i.operandSize(), write);
    }

    private static long readSource(Execution x, Instruction i) {
        return x.mmu.read(source(x, i), i.operandSize());
    }

    /** Moves RSI or RDI by one element, down if DF is set. */
    static void advance(Execution x, Instruction i, int register) {
        int size = i.operandSize();
        long step = (x.vcpu.systemFlags & Flags.DF) != 0 ? -size : size;
        x.setRegister(register, i.addressSize(), x.vcpu.gpr[register] + step);
    }
}
