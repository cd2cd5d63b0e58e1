package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;

/** Chooses the step for an instruction. */
final class StepBinder {
    private StepBinder() {}

    static Step bind(Execution x, Instruction i, int codeSize) {
        return new Step.General(x, i);
    }
}
