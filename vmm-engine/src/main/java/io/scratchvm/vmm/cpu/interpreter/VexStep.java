package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** An instruction on vector registers under a VEX prefix, taken apart. */
final class VexStep extends Step {
    private final Execution x;
    private final VexOperation operation;

    VexStep(Execution x, Instruction i) {
        this.x = x;
        operation = VexOperation.of(i);
    }

    @Override
    void execute(Vcpu vcpu, Mmu mmu) {
        operation.execute(x);
    }
}
