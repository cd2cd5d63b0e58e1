package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RCX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDX;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.ControlRegisterMoves;
import io.scratchvm.vmm.cpu.semantics.Cpuid;
import io.scratchvm.vmm.cpu.semantics.DebugRegisters;
import io.scratchvm.vmm.cpu.semantics.ExtendedState;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.semantics.ModelSpecificRegisters;
import io.scratchvm.vmm.cpu.semantics.Privilege;
import io.scratchvm.vmm.cpu.semantics.SystemFlags;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;

/**
 * MOV to and from control and debug registers, LMSW, SMSW, CLTS, INVLPG, INVD, WBINVD, CLFLUSH, CLFLUSHOPT, RDMSR,
 * WRMSR, RDTSC, RDTSCP, RDPMC, RDPID, RDRAND, RDSEED, CPUID, CLI, STI, HLT, VMCALL, WAIT, FXSAVE, FXRSTOR, LDMXCSR,
 * STMXCSR.
 */
final class SystemInstructions {
    /** Bytes that FXSAVE stores. */
    private static final int FXSAVE_AREA = 512;

    private SystemInstructions() {}

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case CLI -> SystemFlags.clearInterrupt(x.vcpu);
            case STI -> SystemFlags.setInterrupt(x.vcpu);
            case HLT -> halt(x);
            case VMCALL -> x.exit = Exit.HYPERCALL;
            case CPUID -> Cpuid.execute(x.vcpu);
            case INVD, WBINVD -> Privilege.requireKernel(x.vcpu);
            case INVLPG -> ControlRegisterMoves.invalidatePage(x.vcpu, x.mmu, unchecked(x, (Operand.Memory) i.first()));
            case CLFLUSH, CLFLUSHOPT -> x.read(i.first(), 1);
            case CLTS -> ControlRegisterMoves.clearTaskSwitched(x.vcpu, x.mmu);
            case LMSW -> ControlRegisterMoves.loadStatusWord(x.vcpu, x.mmu, x.read(i.first(), 2));
            case SMSW -> x.write(i.first(), i.operandSize(), x.vcpu.cr0);
            case WAIT -> FloatingPointState.waitForExceptions(x.vcpu);
            default -> executeWide(x, i);
        }
    }

    private static void executeWide(Execution x, Instruction i) {
        switch (i.operation()) {
            case RDMSR -> writePair(x, ModelSpecificRegisters.read(x.vcpu, index(x)));
            case WRMSR ->
                ModelSpecificRegisters.write(x.vcpu, x.mmu, index(x), x.register(RDX, 4) << 32 | x.register(RAX, 4));
            case RDTSC -> writePair(x, ModelSpecificRegisters.readTimeStamp(x.vcpu));
            case RDTSCP -> {
                writePair(x, ModelSpecificRegisters.readTimeStamp(x.vcpu));
                x.setRegister(RCX, 4, x.vcpu.tscAux);
            }
            case RDPID -> x.write(i.first(), i.operandSize(), x.vcpu.tscAux);
            case RDRAND, RDSEED -> drawNumber(x, i);
            case RDPMC -> writePair(x, ModelSpecificRegisters.readPerformanceCounter(x.vcpu, index(x)));
            case FXSAVE -> FloatingPointState.save(x.vcpu, x.mmu, area(x, i, true), i.operandSize() == 8);
            case FXRSTOR -> FloatingPointState.restore(x.vcpu, x.mmu, area(x, i, false), i.operandSize() == 8);
            default -> moveControl(x, i);
        }
    }

    /** LDMXCSR, STMXCSR. */
    private static void moveControl(Execution x, Instruction i) {
        if (i.vex()) {
            ExtendedState.requireAvx(x.vcpu);
        }
        if (i.operation() == Operation.LDMXCSR) {
            FloatingPointState.loadControl(x.vcpu, (int) x.read(i.first(), 4));
        } else {
            x.write(i.first(), 4, FloatingPointState.storeControl(x.vcpu));
        }
    }

    private static int index(Execution x) {
        return (int) x.vcpu.gpr[RCX];
    }

    /** There always is one: CF is set, the other status flags are cleared. */
    private static void drawNumber(Execution x, Instruction i) {
        x.write(i.first(), i.operandSize(), x.random.getAsLong());
        x.vcpu.flags.set(Flags.CF);
    }

    /** EDX:EAX. */
    private static void writePair(Execution x, long value) {
        x.setRegister(RAX, 4, value);
        x.setRegister(RDX, 4, value >>> 32);
    }

    private static long area(Execution x, Instruction i, boolean write) {
        return x.linear((Operand.Memory) i.first(), FXSAVE_AREA, write);
    }

    /** INVLPG takes any address: a wrong one only has nothing to invalidate. */
    private static long unchecked(Execution x, Operand.Memory m) {
        boolean flat = x.vcpu.mode64() && m.segment() < Segment.FS;
        return (flat ? 0 : x.vcpu.segments[m.segment()].base()) + x.effective(m);
    }

    private static void halt(Execution x) {
        Privilege.requireKernel(x.vcpu);
        if (x.vcpu.systemCallLatch) {
            x.exit = Exit.SYSTEM_CALL;
        } else {
            x.vcpu.halted = true;
            x.exit = Exit.HALT;
        }
    }

    /** MOV with a control or debug register on one side and a general register on the other. */
    static void move(Execution x, Instruction i) {
        int size = i.operandSize();
        if (i.first() instanceof Operand.ControlRegister c) {
            ControlRegisterMoves.write(x.vcpu, x.mmu, c.number(), x.read(i.second(), size));
        } else if (i.first() instanceof Operand.DebugRegister d) {
            DebugRegisters.write(x.vcpu, d.number(), x.read(i.second(), size));
        } else if (i.second() instanceof Operand.ControlRegister c) {
            x.write(i.first(), size, ControlRegisterMoves.read(x.vcpu, c.number()));
        } else if (i.second() instanceof Operand.DebugRegister d) {
            x.write(i.first(), size, DebugRegisters.read(x.vcpu, d.number()));
        } else {
            throw new IllegalArgumentException("not a system register: " + i);
        }
    }
}
