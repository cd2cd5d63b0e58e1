package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.CR4_OSFXSR;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;

/**
 * Where an SSE instruction executes on a lane of a VEX form's operands: a vCPU of which there are a few registers. So
 * what an instruction does to 16 bytes is said once. Holds nothing from one instruction to the next.
 */
final class VexLane {
    /** The register that instructions find the lane of the mask in, of the destination, and of the other source. */
    static final Operand MASK = new Operand.Xmm(0), DESTINATION = new Operand.Xmm(1), SOURCE = new Operand.Xmm(2);

    private static final int MASKS_AT = 7;

    /** All but precision, which arithmetic is faster with where it has been raised before. */
    private static final int OTHER_EXCEPTIONS = ExceptionFlags.ALL & ~ExceptionFlags.PRECISION;

    private final Execution execution = new Execution(new Vcpu(), null, null, null);
    private final Vcpu vcpu = execution.vcpu;

    /** Operands and results of the instruction that is being executed. */
    final long[] a = new long[4];

    final long[] b = new long[4];
    final long[] c = new long[4];
    final long[] result = new long[4];

    /** The MXCSR that the instruction began with, and the exceptions of its lanes. */
    private int control;

    private int exceptions;
    private Fault fault;

    VexLane() {
        vcpu.cr4 |= CR4_OSFXSR;
    }

    void begin(Vcpu of) {
        control = of.mxcsr;
        exceptions = 0;
        fault = null;
        vcpu.cr4 = of.cr4;
    }

    void setGeneral(long value) {
        vcpu.gpr[Vcpu.RAX] = value;
    }

    long general() {
        return vcpu.gpr[Vcpu.RAX];
    }

    void set(Operand register, long low, long high) {
        SseOperands.set(execution, register, low, high);
    }

    long low() {
        return vcpu.xmm[SseOperands.index(DESTINATION)];
    }

    long high() {
        return vcpu.xmm[SseOperands.index(DESTINATION) + 1];
    }

    /** Executes {@code i} on the lane's registers. A fault waits for what the other lanes raise. */
    void execute(Instruction i) {
        vcpu.mxcsr = control & ~OTHER_EXCEPTIONS;
        try {
            SseInstructions.onRegisters(execution, i);
        } catch (Fault raised) {
            fault = raised;
        }
        exceptions |= vcpu.mxcsr & ExceptionFlags.ALL;
    }

    /**
     * Ends the instruction, after all of its lanes.
     *
     * @throws Fault that a lane raised
     */
    void end(Vcpu of) {
        int unmasked = exceptions & ~(control >> MASKS_AT);
        boolean computes = (unmasked & ExceptionFlags.BEFORE_COMPUTATION) == 0;
        of.mxcsr = control | (computes ? exceptions : exceptions & ExceptionFlags.BEFORE_COMPUTATION);
        throwFault();
    }

    /** Ends an instruction of one lane, which has said itself what counts of several steps. */
    void endAlone(Vcpu of) {
        of.mxcsr = control | exceptions;
        throwFault();
    }

    private void throwFault() {
        if (fault != null) {
            throw fault;
        }
    }
}
