package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.ExtendedState;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * A step on XMM or YMM registers, in the form with three operands that VEX gives most of them: a destination, a source
 * that is a register, and one that may be memory. Without VEX the destination is the first source. So the two encodings
 * differ in what makes them available, in what becomes of the upper half of the destination's YMM register, and in
 * whether memory must be aligned, which all are said here.
 */
abstract class VectorStep extends MemoryStep {
    private static final Operand.Memory NOWHERE = new Operand.Memory(Segment.DS, -1, -1, 1, 0, 8, 0);

    /** The destination and the sources: of a general register its number, of a vector register its low half's index. */
    final int to;

    final int first;
    final int second;

    /** Bytes of the memory operand. */
    final int size;

    /** Whether operands have 32 bytes. */
    final boolean wide;

    private final boolean memory;
    private final boolean vex;
    private final int alignment;

    VectorStep(Instruction i) {
        this(i, hasThree(i) ? i.second() : i.first(), hasThree(i) ? i.third() : i.second());
    }

    VectorStep(Instruction i, Operand first, Operand second) {
        super(memory(i.first(), second));
        to = index(i.first());
        this.first = index(first);
        this.second = index(second);
        Operand.Memory m = memory(i.first(), second);
        memory = m != NOWHERE;
        size = m.size();
        wide = i.first() instanceof Operand.Ymm || second instanceof Operand.Ymm;
        vex = i.vex();
        alignment = memory ? alignment(i, size) : 1;
    }

    private static boolean hasThree(Instruction i) {
        return i.vex() && i.third() != null && !(i.third() instanceof Operand.Immediate);
    }

    private static Operand.Memory memory(Operand first, Operand second) {
        return first instanceof Operand.Memory to ? to : second instanceof Operand.Memory from ? from : NOWHERE;
    }

    private static int index(Operand operand) {
        if (operand instanceof Operand.Register r) {
            return r.number();
        }
        return operand instanceof Operand.Xmm || operand instanceof Operand.Ymm ? 2 * VexOperands.number(operand) : 0;
    }

    private static int alignment(Instruction i, int size) {
        return switch (i.operation()) {
            case MOVAPS, MOVAPD, MOVDQA, MOVNTPS, MOVNTPD, MOVNTDQ -> size;
            case MOVUPS, MOVUPD, MOVDQU -> 1;
            default -> i.vex() || size < 16 ? 1 : 16;
        };
    }

    /** Whether a step can have these operands: no MMX register, and memory within reach. */
    static boolean fits(Instruction i) {
        return fits(i.first()) && fits(i.second()) && fits(i.third()) && fits(i.fourth());
    }

    static boolean fits(Operand operand) {
        return operand instanceof Operand.Memory ? MemoryStep.fits(operand) : !(operand instanceof Operand.Mmx);
    }

    /** @throws Fault where the instruction is not available */
    final void require(Vcpu vcpu) {
        if (vex) {
            ExtendedState.requireAvx(vcpu);
        } else {
            FloatingPointState.requireSse(vcpu);
        }
    }

    // -- a second source of a quadword or less ------------------------------------------------------------------------

    /** A quadword. */
    final long quadword(Vcpu vcpu, Mmu mmu) {
        return memory ? mmu.read64(linear(vcpu)) : vcpu.xmm[second];
    }

    /** A quadword of a register, or as much of it as memory has. */
    final long scalar(Vcpu vcpu, Mmu mmu) {
        return memory ? mmu.read(linear(vcpu), size) : vcpu.xmm[second];
    }

    /** A general register, or as much of it as memory has. */
    final long general(Vcpu vcpu, Mmu mmu) {
        return memory ? mmu.read(linear(vcpu), size) : vcpu.gpr[second];
    }

    // -- a second source of a whole register --------------------------------------------------------------------------

    /** The address of the memory operand, if there is one, for {@link #low} and the others to read at. */
    final long address(Vcpu vcpu) {
        return memory ? aligned(linear(vcpu)) : 0;
    }

    /** @throws Fault #GP(0) where the instruction wants memory aligned, and it is not */
    final long aligned(long linear) {
        if ((linear & alignment - 1) != 0) {
            throw Vcpu.isCanonical(linear) ? Fault.gp(0) : Fault.nonCanonical();
        }
        return linear;
    }

    final long low(Vcpu vcpu, Mmu mmu, long at) {
        return memory ? mmu.read64(at) : vcpu.xmm[second];
    }

    final long high(Vcpu vcpu, Mmu mmu, long at) {
        return memory ? mmu.read64(at + 8) : vcpu.xmm[second + 1];
    }

    /** The lower quadword of the upper 16 bytes. */
    final long upperLow(Vcpu vcpu, Mmu mmu, long at) {
        return memory ? mmu.read64(at + 16) : vcpu.ymm[second];
    }

    final long upperHigh(Vcpu vcpu, Mmu mmu, long at) {
        return memory ? mmu.read64(at + 24) : vcpu.ymm[second + 1];
    }

    // -- the destination ----------------------------------------------------------------------------------------------

    /** Writes 16 bytes; under VEX zeros come above. */
    final void set(Vcpu vcpu, long low, long high) {
        vcpu.xmm[to] = low;
        vcpu.xmm[to + 1] = high;
        if (vex) {
            vcpu.ymm[to] = 0;
            vcpu.ymm[to + 1] = 0;
        }
    }

    /** Writes 32 bytes. */
    final void set(Vcpu vcpu, long low, long high, long upperLow, long upperHigh) {
        vcpu.xmm[to] = low;
        vcpu.xmm[to + 1] = high;
        vcpu.ymm[to] = upperLow;
        vcpu.ymm[to + 1] = upperHigh;
    }

    /** Writes the lowest quadword of a scalar's register; the next is the first source's. */
    final void setScalar(Vcpu vcpu, long low) {
        vcpu.xmm[to] = low;
        if (vex) {
            vcpu.xmm[to + 1] = vcpu.xmm[first + 1];
            vcpu.ymm[to] = 0;
            vcpu.ymm[to + 1] = 0;
        }
    }
}
