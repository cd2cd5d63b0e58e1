package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Fault;
import java.util.function.BooleanSupplier;

/**
 * What stands where Linux's kernel would: the guest's processes and their tasks, as the VM enters them. A system call goes
 * to the process of the task that makes it; what becomes of the task then is decided here.
 */
public final class Kernel {
    private final ProcessEnvironment environment;
    private final Scheduler scheduler;
    private final Runnable callAgain;
    private final LinuxProcess initial;

    /**
     * A guest of one process with these files and state.
     *
     * @param space null where the VMM does not know the guest's memory
     * @param saveCall the number of the call that is SAVE, whatever Linux has there
     * @param callAgain puts the vCPU back to the call that it has just made
     * @throws VmmException if {@code state} is none that a process can have
     */
    public Kernel(
            ProcessEnvironment environment,
            Descriptors descriptors,
            ProcessState state,
            @Nullable AddressSpace space,
            int saveCall,
            Runnable callAgain) {
        this.environment = environment;
        this.scheduler = environment.scheduler();
        this.callAgain = callAgain;
        this.initial = new LinuxProcess(Identity.PROCESS, environment, descriptors, state, space, saveCall);
        scheduler.add(initial.mainTask());
    }

    /** The process that the guest was started as: the VM ends with it. */
    public LinuxProcess initialProcess() {
        return initial;
    }

    /** Whether a read of standard input that finds nothing read ahead is to end with INPUT_WAIT. */
    public void stopAtInput(boolean stopAtInput) {
        scheduler.stopAtInput(stopAtInput);
    }

    /**
     * When a wait ends with STOPPED though the VM is not to stop, so that it can be looked at meanwhile; the guest's call,
     * issued again, waits on.
     *
     * @param when null for never
     */
    public void putOffWaits(@Nullable BooleanSupplier when) {
        scheduler.putOffWaits(when);
    }

    /** Takes what came for a read of standard input that was put off, if there is one, so that a save knows of it. */
    public void collectInput() {
        PendingIoState.Call pending = scheduler.current().pending;
        if (pending != null && TransferCalls.reads(pending.number())) {
            environment.console().poll();
        }
    }

    /** The call that the guest has issued and that was put off by the last {@link #systemCall}, and what was read ahead. */
    public PendingIoState pendingIo() {
        return new PendingIoState(
                scheduler.current().pending, environment.console().state().readAhead());
    }

    // -- system calls -------------------------------------------------------------------------------------------------

    /** Carries out the system call that the vCPU's registers hold. */
    public Outcome systemCall() {
        Outcome outcome = call();
        try {
            while (outcome.kind() == Outcome.Kind.WAIT) {
                Task next = scheduler.next();
                if (next != scheduler.current()) {
                    callAgain.run();
                    scheduler.switchTo(next);
                    return Outcome.CONTINUE;
                }
                outcome = call();
            }
        } catch (NoReturn e) {
            outcome = e.outcome();
        }
        switch (outcome.kind()) {
            case CONTINUE -> scheduler.callEnded();
            case INPUT_WAIT, STOPPED, DEADLOCK -> callAgain.run();
            default -> {}
        }
        return outcome;
    }

    // -- signals ------------------------------------------------------------------------------------------------------

    /** Has the task that runs take the signals that came between two of its instructions. */
    public Outcome takeSignals() {
        Task task = scheduler.current();
        return task.process().takeSignals(task);
    }

    /** Has the task that runs take the signal of its own fault, which nobody resolved. */
    public Outcome fault(Fault fault) {
        Task task = scheduler.current();
        return task.process().fault(task, fault);
    }

    private Outcome call() {
        Task task = scheduler.current();
        return task.process().systemCall(task);
    }
}
