package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.FilesPolicy;
import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.NoReturn;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.FileSaver;
import io.scratchvm.vmm.linux.file.FilesState;
import io.scratchvm.vmm.linux.file.OpenFiles;
import io.scratchvm.vmm.linux.file.SpecialFiles;
import io.scratchvm.vmm.linux.loader.Symbols;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.linux.signal.FatalSignal;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What stands where Linux's kernel would: the guest's processes and their tasks, as the VM enters them. A system call goes
 * to the process of the task that makes it; what becomes of the task then is decided here.
 */
public final class Kernel implements Closeable {
    private final ProcessEnvironment environment;
    private final Scheduler scheduler;
    private final KernelSetup setup;
    private final Processes processes = new Processes();
    private final LinuxProcess initial;

    /** @throws VmmException if {@code state} is none that a guest can have */
    public Kernel(ProcessEnvironment environment, KernelState state, KernelSetup setup) {
        this.environment = environment;
        this.scheduler = environment.scheduler();
        this.setup = setup;
        if (state.more() == null) {
            begin(state);
        } else {
            new ProcessesRestorer(this, environment, state).restore();
        }
        this.initial = processes.find(Identity.PROCESS);
        if (state.space() != null) {
            state.space().files().begin(initial.descriptors().system());
        }
    }

    private void begin(KernelState state) {
        LinuxProcess only = new LinuxProcess(
                this,
                Relations.ofInitial(),
                environment,
                state.files().get(Identity.PROCESS),
                state.process(),
                state.space(),
                setup.program(),
                setup.symbols());
        processes.add(only);
        scheduler.begin(only.tasks().get(0));
    }

    // -- saved --------------------------------------------------------------------------------------------------------

    /**
     * The record of all processes' files, as {@link Descriptors#state}.
     *
     * @throws IOException if one cannot be read, or {@code stop} said so
     */
    public FilesState files(Host host, FilesPolicy policy, BooleanSupplier stop) throws IOException {
        List<Descriptors> tables = new ArrayList<>();
        for (LinuxProcess process : processes.all()) {
            tables.add(process.descriptors());
        }
        OpenFiles system = initial.descriptors().system();
        system.pages().copyBack();
        FilesState files = new FileSaver(host, policy, stop).save(tables);
        return files.with(SpecialFiles.save(system, scheduler.current().readiness(environment)));
    }

    /** What there is of processes and tasks besides the first of each; null for nothing. */
    @Nullable
    public ProcessesState moreProcesses() throws IOException {
        return new ProcessesSaver(processes, scheduler).save();
    }

    /** The process that the guest was started as: the VM ends with it. */
    public LinuxProcess initialProcess() {
        return initial;
    }

    Processes processes() {
        return processes;
    }

    KernelSetup setup() {
        return setup;
    }

    /** The process whose task runs. */
    private LinuxProcess current() {
        return scheduler.current().process();
    }

    // -- waiting for the host -----------------------------------------------------------------------------------------

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

    // -- what the guest does ------------------------------------------------------------------------------------------

    /** Carries out the system call that the vCPU's registers hold. */
    public Outcome systemCall() {
        Outcome outcome = call();
        try {
            while (outcome.kind() == Outcome.Kind.WAIT) {
                Task next = scheduler.next();
                if (next != scheduler.current()) {
                    setup.callAgain().run();
                    scheduler.switchTo(next);
                    return Outcome.CONTINUE;
                }
                outcome = call();
            }
        } catch (NoReturn e) {
            outcome = e.outcome();
        }
        return afterCall(outcome);
    }

    private Outcome call() {
        Task task = scheduler.current();
        return task.process().systemCall(task);
    }

    private Outcome afterCall(Outcome outcome) {
        switch (outcome.kind()) {
            case CONTINUE -> scheduler.callEnded();
            case INPUT_WAIT, STOPPED, DEADLOCK -> setup.callAgain().run();
            case TASK_EXITED -> {
                endTask();
                return Outcome.CONTINUE;
            }
            case EXITED -> {
                return endProcess(outcome.number() << 8) ? Outcome.CONTINUE : outcome;
            }
            default -> {}
        }
        return outcome;
    }

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

    /** Whether the access that met {@code fault} may be tried again, because its page is there now. */
    public boolean resolve(Fault fault) {
        return current().faults().resolve(fault);
    }

    /** The memory of the process that runs; null where the VMM does not know it. */
    public AddressSpace addressSpace() {
        return current().space();
    }

    /** The symbols of the program that runs. */
    public Symbols symbols() {
        return current().symbols();
    }

    /**
     * Ends the process that runs by a signal, if it is not the one that the guest was started as.
     *
     * @return whether it was not: the guest goes on
     */
    public boolean endChild(FatalSignal signal) {
        LinuxProcess process = current();
        boolean ended = endProcess(signal.number());
        if (ended) {
            process.trace().killed(signal.message());
        }
        return ended;
    }

    // -- beginnings ---------------------------------------------------------------------------------------------------

    /**
     * Makes a process or a thread, which gets its registers and its turn from the caller.
     *
     * @throws SystemCallError EAGAIN or ENOMEM, where there are too many or memory is used up
     */
    Task clone(Task parent, CloneRequest request) {
        LinuxProcess process = parent.process();
        if (process.space() == null || process.space().isIdentity()) {
            throw new SystemCallError(Errno.ENOSYS);
        }
        if (scheduler.tasks().size() >= Processes.LIMIT || processes.isFull()) {
            throw new SystemCallError(Errno.EAGAIN);
        }
        Task child = request.has(CloneRequest.THREAD) ? thread(parent) : process(parent, request);
        if (request.has(CloneRequest.CHILD_CLEARTID)) {
            child.clearChildTid = request.childTid();
        }
        if (request.has(CloneRequest.CHILD_SETTID)) {
            child.process().space().store(request.childTid(), child.id());
        }
        return child;
    }

    private Task thread(Task parent) {
        Task task = parent.beside(processes.takeId(scheduler));
        parent.process().tasks().add(task);
        return task;
    }

    private Task process(Task parent, CloneRequest request) {
        LinuxProcess process = parent.process();
        AddressSpace space = process.space();
        AddressSpace childSpace = request.has(CloneRequest.VM) ? space : space.fork();
        if (childSpace == null) {
            throw new SystemCallError(Errno.ENOMEM);
        }
        int id = processes.takeId(scheduler);
        LinuxProcess child = process.fork(process.relations().child(id, request.exitSignal()), parent, childSpace);
        if (request.has(CloneRequest.CLEAR_SIGHAND)) {
            child.signals().resetHandlers();
        }
        processes.add(child);
        return child.tasks().get(0);
    }

    /** Whether a child of vfork(2) has not ended or executed a program. */
    boolean sharesMemory(int child, LinuxProcess parent) {
        LinuxProcess process = processes.find(child);
        return process != null && !process.relations().hasEnded() && process.space() == parent.space();
    }

    /** The current task's process goes on as another program. */
    void execute(LinuxProcess process, ExecCalls.Execution execution) {
        Task caller = scheduler.current();
        AddressSpace old = process.space();
        for (Task other : List.copyOf(process.tasks())) {
            process.futexes().taskEnds(other);
            if (other != caller) {
                scheduler.remove(other);
            }
        }
        Task task = process.begin(execution.loaded(), caller);
        scheduler.replaceCurrent(task, VcpuState.of(execution.registers()));
        if (!processes.use(old)) {
            old.release();
        }
    }

    // -- ends ---------------------------------------------------------------------------------------------------------

    /** The current task ends; its process has others. */
    private void endTask() {
        Task task = scheduler.current();
        task.process().futexes().taskEnds(task);
        task.process().tasks().remove(task);
        scheduler.remove(task);
        scheduler.resumeAny();
    }

    /**
     * The current process ends, and the others go on, if it is not the one that the guest was started as.
     *
     * @param status what wait(2) tells
     * @return whether it was not
     */
    private boolean endProcess(int status) {
        LinuxProcess process = current();
        if (process == initial) {
            process.descriptors().system().pages().writeBack();
            return false;
        }
        for (Task task : process.tasks()) {
            process.futexes().taskEnds(task);
            scheduler.remove(task);
        }
        process.tasks().clear();
        process.relations().status = status;
        AddressSpace space = process.space();
        process.end();
        if (!processes.use(space)) {
            space.release();
        }
        leaveFamily(process);
        scheduler.resumeAny();
        return true;
    }

    /** Children that are left belong to the initial process's parent, who waits for them at once. */
    private void leaveFamily(LinuxProcess process) {
        for (LinuxProcess child : processes.childrenOf(process.id())) {
            child.relations().parent = Identity.PARENT;
            child.parentEnded(process);
            if (child.relations().hasEnded()) {
                processes.remove(child);
            }
        }
        LinuxProcess parent = processes.find(process.relations().parent);
        if (parent == null || parent.relations().hasEnded() || parent.childEnded(process)) {
            processes.remove(process);
        }
    }

    /** Closes every process's files. */
    @Override
    public void close() throws IOException {
        for (LinuxProcess process : processes.all()) {
            process.descriptors().close();
        }
    }
}
