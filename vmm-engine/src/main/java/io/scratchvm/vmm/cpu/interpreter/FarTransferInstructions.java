package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.FarReturns;
import io.scratchvm.vmm.cpu.semantics.FarTransfers;
import io.scratchvm.vmm.cpu.semantics.Interrupts;
import io.scratchvm.vmm.cpu.semantics.SystemCalls;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;

/** Far JMP, CALL and RET; IRET, INT n, INT3, INT1, INTO; SYSCALL, SYSRET, SYSENTER, SYSEXIT. RIP is past each. */
final class FarTransferInstructions {
    private FarTransferInstructions() {}

    static void execute(Execution x, Instruction i) {
        Vcpu vcpu = x.vcpu;
        switch (i.operation()) {
            case JMP_FAR, CALL_FAR -> transfer(x, i);
            case RET_FAR ->
                FarReturns.ret(vcpu, x.mmu, i.operandSize(), i.first() == null ? 0 : (int) x.read(i.first(), 2));
            case IRET -> FarReturns.iret(vcpu, x.mmu, i.operandSize());
            case INT -> Interrupts.software(vcpu, x.mmu, (int) x.read(i.first(), 1), vcpu.rip);
            case INT3 -> trap(x, Fault.BP);
            case INT1 -> {
                offer(x, Fault.DB);
                Interrupts.debugTrap(vcpu, x.mmu, vcpu.rip);
            }
            case INTO -> trapOnOverflow(x);
            case SYSCALL -> SystemCalls.syscall(vcpu, x.mmu, vcpu.rip);
            case SYSRET -> SystemCalls.sysret(vcpu, x.mmu, i.operandSize());
            case SYSENTER -> SystemCalls.sysenter(vcpu, x.mmu);
            default -> SystemCalls.sysexit(vcpu, x.mmu, i.operandSize());
        }
    }

    private static void trapOnOverflow(Execution x) {
        if (x.vcpu.flags.of()) {
            trap(x, Fault.OF);
        }
    }

    /** What is offered to the VMM looks like a fault: RIP at the instruction, which is not counted. */
    private static void offer(Execution x, int vector) {
        if (x.offersFault()) {
            throw Fault.of(vector);
        }
    }

    private static void trap(Execution x, int vector) {
        offer(x, vector);
        Interrupts.trap(x.vcpu, x.mmu, vector, x.vcpu.rip);
    }

    private static void transfer(Execution x, Instruction i) {
        if (i.first() instanceof Operand.FarPointer p) {
            transfer(x, i, p.selector(), p.offset());
        } else {
            int size = i.operandSize();
            long linear = x.linear((Operand.Memory) i.first(), size + 2, false);
            transfer(x, i, (int) x.mmu.read16(linear + size), x.mmu.read(linear, size));
        }
    }

    private static void transfer(Execution x, Instruction i, int selector, long offset) {
        if (i.operation() == Operation.JMP_FAR) {
            FarTransfers.jump(x.vcpu, x.mmu, selector, offset);
        } else {
            FarTransfers.call(x.vcpu, x.mmu, selector, offset, i.operandSize(), x.vcpu.rip);
        }
    }
}
