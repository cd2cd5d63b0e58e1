package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.Engine;
import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.semantics.DebugRegisters;
import io.scratchvm.vmm.cpu.semantics.Interrupts;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.IoSpace;
import io.scratchvm.vmm.memory.Mmu;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Executes decoded instructions one after the other. Code is decoded once, in blocks, and bound to step objects; what
 * stays to be done for each instruction is one virtual call.
 */
public final class Interpreter implements Engine {
    private final Vcpu vcpu;
    private final Mmu mmu;
    private final Execution execution;
    private final BlockCache blocks;

    private volatile boolean stopRequested;
    private Fault fault;
    /** The offset in CS of the HLT that the last system call came from. */
    private long systemCall;
    /** Whether {@link #deliverFault} ended in a triple fault, of which the next run is to tell. */
    private boolean shutDown;

    private boolean breaks;
    private long breakpoint;
    /** Whether the instruction at the breakpoint may run: it is the first since it was set, or hit. */
    private boolean breakpointExempt;

    /** Whether the VMM has an interrupt that waits for the vCPU to take it. */
    private boolean awaitsWindow;

    /** Whether a breakpoint, RFLAGS.TF, RFLAGS.RF or an interrupt shadow wants a look at single instructions, or one waits. */
    private boolean careful;

    /** @param random where RDRAND and RDSEED have their numbers from */
    public Interpreter(Vcpu vcpu, Mmu mmu, IoSpace ports, LongSupplier random) {
        this.vcpu = vcpu;
        this.mmu = mmu;
        this.execution = new Execution(vcpu, mmu, ports, random);
        this.blocks = new BlockCache(execution);
        mmu.setCodeObserver(blocks);
    }

    @Override
    public String name() {
        return "interpreter";
    }

    @Override
    public void setBreakpoint(OptionalLong linearAddress) {
        breaks = linearAddress.isPresent();
        breakpoint = linearAddress.orElse(0);
        breakpointExempt = true;
        blocks.setBreakpoint(breaks, breakpoint);
    }

    @Override
    public void offerFaults(boolean offer) {
        execution.offersFaults = offer;
    }

    @Override
    public boolean takesInterrupts() {
        return (vcpu.systemFlags & Flags.IF) != 0 && !vcpu.interruptShadow;
    }

    @Override
    public void interrupt(int vector) {
        // Even where no handler can be reached.
        vcpu.halted = false;
        try {
            Interrupts.interrupt(vcpu, mmu, vector);
            synchronize();
        } catch (Fault f) {
            fault = f;
            deliverFault();
        }
    }

    @Override
    public void awaitInterruptWindow(boolean await) {
        awaitsWindow = await;
    }

    @Override
    public Fault fault() {
        return fault;
    }

    @Override
    public void retrySystemCall() {
        vcpu.rip = systemCall;
        vcpu.instructions--;
    }

    @Override
    public void requestStop() {
        stopRequested = true;
    }

    @Override
    public void cancelStop() {
        stopRequested = false;
    }

    @Override
    public void reset() {
        shutDown = false;
        mmu.synchronize();
        mmu.flush();
        blocks.clear();
    }

    // -- running --------------------------------------------------------------------------------------------------

    @Override
    public Exit run(long untilInstruction) {
        if (shutDown) {
            return Exit.SHUTDOWN;
        }
        execution.exit = null;
        synchronize();
        try {
            while (true) {
                Exit exit = runToFault(untilInstruction);
                if (exit != null) {
                    return exit;
                }
            }
        } finally {
            blocks.running = BlockCache.NONE;
        }
    }

    @Override
    public void deliverFault() {
        shutDown = deliver(fault) != null;
    }

    /** Returns null where a fault was delivered to the guest. */
    private Exit runToFault(long until) {
        try {
            return runBlocks(until);
        } catch (Fault f) {
            return raise(f);
        }
    }

    private Exit runBlocks(long until) {
        while (true) {
            long left = until - vcpu.instructions;
            if (left <= 0) {
                return Exit.INSTRUCTIONS;
            }
            if (stopRequested) {
                stopRequested = false;
                return Exit.STOP_REQUEST;
            }
            if (careful) {
                Exit exit = runCarefully(left);
                if (exit != null) {
                    return exit;
                }
                continue;
            }
            Block block = blocks.find(vcpu.rip);
            if (block.alone != null) {
                if (runAlone(block, until) != null) {
                    return execution.exit;
                }
            } else if (left >= block.instructions) {
                run(block);
            } else {
                runPart(block, (int) left);
            }
        }
    }

    /** Runs a block. */
    private void run(Block block) {
        Step[] steps = block.steps;
        vcpu.rip = block.end;
        blocks.running = block.start;
        int done = 0;
        try {
            for (; done < steps.length; done++) {
                steps[done].execute(vcpu, mmu);
            }
            vcpu.instructions += block.instructions;
        } catch (Step.BlockLeft e) {
            leave(block, done);
        } catch (Fault f) {
            leave(block, done);
            throw inSegment(f, steps[done]);
        }
    }

    /** Runs the first {@code count} instructions of a block that has more. */
    private void runPart(Block block, int count) {
        blocks.running = block.start;
        int done = 0;
        try {
            for (; done < count; done++) {
                block.steps[done].first().execute(vcpu, mmu);
            }
        } catch (Step.BlockLeft e) {
            // The rest is decoded anew.
        } catch (Fault f) {
            throw inSegment(f, block.steps[done]);
        } finally {
            leave(block, done);
        }
    }

    private void leave(Block block, int done) {
        vcpu.rip = block.offset(done);
        vcpu.instructions += done;
    }

    private static Fault inSegment(Fault f, Step step) {
        return f.isNonCanonical() && step.addressesStack() ? Fault.of(Fault.SS) : f;
    }

    /** Runs a block of one instruction that may count, stop and change more than others do. */
    private Exit runAlone(Block block, long until) {
        blocks.running = BlockCache.NONE;
        execution.until = until;
        execution.codeChanged = false;
        vcpu.rip = block.end;
        try {
            block.steps[0].execute(vcpu, mmu);
        } catch (Fault f) {
            vcpu.rip = block.start;
            throw f;
        }
        vcpu.instructions++;
        systemCall = block.start;
        synchronize();
        return execution.exit;
    }

    /** Takes note of what instructions that stand alone, and the VMM, may have changed: IF among it. */
    private void synchronize() {
        mmu.synchronize();
        blocks.synchronize();
        careful = breaks
                || vcpu.interruptShadow
                || (vcpu.systemFlags & (Flags.TF | Flags.RF)) != 0
                || awaitsWindow && takesInterrupts();
    }

    // -- breakpoints and single steps -----------------------------------------------------------------------------

    private Exit runCarefully(long left) {
        if (awaitsWindow && takesInterrupts()) {
            return Exit.INTERRUPT_WINDOW;
        }
        if (breaks && !breakpointExempt && blocks.mode().linear(vcpu.rip) == breakpoint) {
            breakpointExempt = true;
            return Exit.BREAKPOINT;
        }
        Block block = blocks.find(vcpu.rip);
        boolean trap = (vcpu.systemFlags & Flags.TF) != 0;
        boolean shadow = vcpu.interruptShadow;
        long resume = vcpu.systemFlags & Flags.RF;
        // Both last for one instruction, which may set them anew.
        vcpu.interruptShadow = false;
        vcpu.systemFlags &= ~resume;
        try {
            runOnce(block, trap || shadow || resume != 0 ? 1 : left);
        } catch (Fault f) {
            vcpu.interruptShadow = shadow;
            vcpu.systemFlags |= resume;
            throw f;
        }
        // A repeated string instruction that is not through yet is still the same instruction.
        breakpointExempt = breakpointExempt && block.alone != null && vcpu.rip == block.start;
        Exit exit = execution.exit;
        if ((exit == null || exit == Exit.DEVICE) && trap && traps(block)) {
            Exit raised = raise(DebugRegisters.singleStep(vcpu));
            return raised == null ? exit : raised;
        }
        return exit;
    }

    private void runOnce(Block block, long most) {
        if (block.alone != null) {
            runAlone(block, vcpu.instructions + most);
        } else {
            if (most >= block.instructions) {
                run(block);
            } else {
                runPart(block, (int) most);
            }
            synchronize();
        }
    }

    /** Software interrupts and SYSCALL clear TF before its trap; a load of SS holds it off for one instruction. */
    private boolean traps(Block block) {
        if (block.alone == null) {
            return true;
        }
        return switch (block.alone.operation()) {
            case INT, INT3, INT1, INTO -> false;
            case SYSCALL -> (vcpu.systemFlags & Flags.TF) != 0;
            case MOV, POP -> !vcpu.interruptShadow;
            default -> true;
        };
    }

    // -- faults -----------------------------------------------------------------------------------------------------

    /** Returns null where the fault was delivered to the guest. */
    private Exit raise(Fault f) {
        fault = f;
        if (execution.offersFault()) {
            return Exit.FAULT;
        }
        return deliver(f);
    }

    private Exit deliver(Fault f) {
        boolean delivered = Interrupts.deliver(vcpu, mmu, f);
        synchronize();
        return delivered ? null : Exit.SHUTDOWN;
    }
}
