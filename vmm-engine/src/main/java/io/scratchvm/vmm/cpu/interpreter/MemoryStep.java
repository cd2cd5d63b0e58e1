package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;

/** A step with a memory operand of 64-bit mode, its address not cut. */
abstract class MemoryStep extends Step {
    private final int base;
    private final int index;
    private final int scaleShift;
    private final long displacement;
    private final int segment;

    MemoryStep(Operand.Memory m) {
        base = m.base();
        index = m.index();
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
        long address = displacement;
        if (base >= 0) {
            address += vcpu.gpr[base];
        }
        if (index >= 0) {
            address += vcpu.gpr[index] << scaleShift;
        }
        return address;
    }

    @Override
    boolean addressesStack() {
        return segment == Segment.SS;
    }
}
