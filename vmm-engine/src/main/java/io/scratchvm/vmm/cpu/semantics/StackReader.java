package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Takes values from the current stack without moving RSP until told to. */
final class StackReader {
    private final Mmu mmu;
    private final StackPointer pointer;
    private final int slot;
    private final boolean asUser;
    private int taken;

    StackReader(Vcpu vcpu, Mmu mmu, int slot) {
        this.mmu = mmu;
        this.pointer = StackPointer.current(vcpu);
        this.slot = slot;
        this.asUser = vcpu.cpl == 3;
    }

    /** The next value, zero-extended. */
    long pop() {
        long at = pointer.below(-taken);
        if (!pointer.contains(at, slot)) {
            throw Fault.of(Fault.SS);
        }
        taken += slot;
        return mmu.readAs(pointer.linear(at), slot, asUser);
    }

    void skip(int bytes) {
        taken += bytes;
    }

    /** Moves RSP past what was taken. */
    void commit(Vcpu vcpu) {
        vcpu.gpr[Vcpu.RSP] = pointer.merge(vcpu.gpr[Vcpu.RSP], pointer.below(-taken));
    }
}
