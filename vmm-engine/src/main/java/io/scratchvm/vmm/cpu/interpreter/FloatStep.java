package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;

/** A step that computes with floating-point numbers under MXCSR. */
abstract class FloatStep extends VectorStep {
    final Mxcsr mxcsr;
    final Operation operation;

    FloatStep(Execution x, Instruction i) {
        super(i);
        mxcsr = x.floatingPoint;
        operation = i.operation();
    }
}
