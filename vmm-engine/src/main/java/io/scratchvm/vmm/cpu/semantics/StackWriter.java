package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * Values on their way to a stack: all are {@linkplain #check checked} before the first is {@linkplain #write written}.
 */
final class StackWriter {
    /** Return address, old stack and the 31 parameters of a call gate are the most. */
    private static final int CAPACITY = 40;

    private final StackPointer pointer;
    private final int slot;
    private final boolean asUser;
    private final int errorCode;
    private final long[] values = new long[CAPACITY];
    private int count;

    /**
     * @param slot bytes of each value: 2, 4 or 8
     * @param cpl the privilege that the stack belongs to
     * @param errorCode of #SS
     */
    StackWriter(StackPointer pointer, int slot, int cpl, int errorCode) {
        this.pointer = pointer;
        this.slot = slot;
        this.asUser = cpl == 3;
        this.errorCode = errorCode;
    }

    /** The current stack. */
    static StackWriter current(Vcpu vcpu, int slot) {
        return new StackWriter(StackPointer.current(vcpu), slot, vcpu.cpl, 0);
    }

    StackWriter push(long value) {
        values[count++] = value;
        return this;
    }

    /** Faults as the pushes would. */
    void check(Mmu mmu) {
        for (int i = 1; i <= count; i++) {
            long at = pointer.below(i * slot);
            if (!pointer.contains(at, slot)) {
                throw Fault.of(Fault.SS, errorCode);
            }
            mmu.checkWriteAs(pointer.linear(at), slot, asUser);
        }
    }

    /** Pushes; to be called after {@link #check}. */
    void write(Mmu mmu) {
        for (int i = 1; i <= count; i++) {
            mmu.writeAs(pointer.linear(pointer.below(i * slot)), values[i - 1], slot, asUser);
        }
    }

    /** The stack's segment, and RSP after the pushes. */
    void commit(Vcpu vcpu) {
        vcpu.segments[Segment.SS] = pointer.segment();
        vcpu.gpr[Vcpu.RSP] = pointer.merge(vcpu.gpr[Vcpu.RSP], pointer.below(count * slot));
    }
}
