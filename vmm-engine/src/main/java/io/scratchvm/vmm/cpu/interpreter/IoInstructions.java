package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RDI;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RSI;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.TaskState;

/** IN and OUT, and one iteration of INS and OUTS. */
final class IoInstructions {
    private IoInstructions() {}

    static void execute(Execution x, Instruction i) {
        int size = i.operandSize();
        if (i.operation() == Operation.IN) {
            x.write(i.first(), size, x.ports.read(port(x, (int) x.read(i.second(), 2), size), size) & 0xffff_ffffL);
        } else {
            int port = port(x, (int) x.read(i.first(), 2), size);
            x.ports.write(port, size, (int) x.read(i.second(), size));
        }
        x.portAccessed();
    }

    /** INS: the memory is known to be writable before the port is read, which cannot be undone. */
    static void input(Execution x, Instruction i) {
        int size = i.operandSize();
        int port = port(x, (int) x.register(RDX, 2), size);
        long linear = StringInstructions.destination(x, i, true);
        x.mmu.checkWrite(linear, size);
        x.mmu.write(linear, x.ports.read(port, size), size);
        StringInstructions.advance(x, i, RDI);
        x.portAccessed();
    }

    /** OUTS. */
    static void output(Execution x, Instruction i) {
        int size = i.operandSize();
        int port = port(x, (int) x.register(RDX, 2), size);
        x.ports.write(port, size, (int) x.mmu.read(StringInstructions.source(x, i), size));
        StringInstructions.advance(x, i, RSI);
        x.portAccessed();
    }

    /** {@code port}, after the check that the guest may use it. */
    private static int port(Execution x, int port, int size) {
        TaskState.checkPort(x.vcpu, x.mmu, port, size);
        return port;
    }
}
