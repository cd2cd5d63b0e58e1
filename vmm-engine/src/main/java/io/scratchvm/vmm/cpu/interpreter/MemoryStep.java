package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;

/** A step with a memory operand of 64-bit mode, its address not cut. */
abstract class MemoryStep extends Step {
    private final int base;
    private final long baseMask;
    private final int index;
    private final long indexMask;
    private final int scaleShift;
    private final long displacement;
    private final int segment;

    MemoryStep(Operand.Memory m) {
        // A register that is not there is RAX with a mask of zero: no branch for each access to decide.
        base = Math.max(m.base(), 0);
        baseMask = m.base() < 0 ? 0 : -1;
        index = Math.max(m.index(), 0);
        indexMask = m.index() < 0 ? 0 : -1;
        scaleShift = Integer.numberOfTrailingZeros(m.scale());
        displacement = m.displacement();
        segment = m.segment();
    }

    /** Whether a step can have this operand. */
    static boolean fits(Operand operand) {
        return operand instanceof Operand.Memory m && m.addressSize() == 8;
    }

    /** The linear address. */
    final long linear(Vcpu vcpu) {
        long address = effective(vcpu);
        return segment >= Segment.FS ? address + vcpu.segments[segment].base() : address;
    }

    /** The offset in the segment. */
    final long effective(Vcpu vcpu) {
        long[] gpr = vcpu.gpr;
        return displacement + (gpr[base] & baseMask) + ((gpr[index] & indexMask) << scaleShift);
    }

    @Override
    boolean addressesStack() {
        return segment == Segment.SS;
    }
}
