package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;
import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RCX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDX;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.StringComparison;

/** PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM. Memory need not be aligned. */
final class SseStringInstructions {
    private SseStringInstructions() {}

    static void execute(Execution x, Instruction i) {
        StringComparison strings = strings(x, i);
        int size = i.operandSize();
        switch (i.operation()) {
            case PCMPESTRI, PCMPESTRM ->
                strings.withLengths(Execution.extend(x.vcpu.gpr[RAX], size), Execution.extend(x.vcpu.gpr[RDX], size));
            default -> {}
        }
        int result = strings.result();
        switch (i.operation()) {
            case PCMPESTRI, PCMPISTRI -> x.setRegister(RCX, 4, strings.index(result));
            default -> {
                x.vcpu.xmm[0] = strings.mask(result, 0);
                x.vcpu.xmm[1] = strings.mask(result, 1);
            }
        }
        x.vcpu.flags.set(strings.flags(result));
    }

    private static StringComparison strings(Execution x, Instruction i) {
        long[] xmm = x.vcpu.xmm;
        int first = index(i.first());
        int control = (int) ((Operand.Immediate) i.third()).value();
        if (i.second() instanceof Operand.Memory m) {
            long linear = x.linear(m, 16, false);
            long low = x.mmu.read64(linear);
            return new StringComparison(xmm[first], xmm[first + 1], low, x.mmu.read64(linear + 8), control);
        }
        int second = index(i.second());
        return new StringComparison(xmm[first], xmm[first + 1], xmm[second], xmm[second + 1], control);
    }
}
