package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.cpu.state.Vcpu.*;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.InvalidNameException;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.NoReturn;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserFaults;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.fs.FileFamilies;
import io.scratchvm.vmm.linux.fs.FileNames;
import io.scratchvm.vmm.linux.fs.KernelFiles;
import io.scratchvm.vmm.linux.loader.Loaded;
import io.scratchvm.vmm.linux.loader.LoadedFile;
import io.scratchvm.vmm.linux.loader.Symbols;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.linux.mm.MemoryCalls;
import io.scratchvm.vmm.linux.signal.IntervalTimers;
import io.scratchvm.vmm.linux.signal.IntervalTimersState;
import io.scratchvm.vmm.linux.signal.SignalAction;
import io.scratchvm.vmm.linux.signal.SignalDelivery;
import io.scratchvm.vmm.linux.signal.SignalInfo;
import io.scratchvm.vmm.linux.signal.Signals;
import io.scratchvm.vmm.linux.signal.SignalsState;
import io.scratchvm.vmm.linux.signal.ThreadSignals;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState.SignalStack;
import io.scratchvm.vmm.linux.signal.TimerCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The guest's program as Linux would see it: it makes system calls by the convention of x86-64 (syscall(2)), number in
 * RAX, arguments in RDI, RSI, RDX, R10, R8, R9, result or -errno in RAX.
 */
public final class LinuxProcess implements KernelFiles.Viewer {
    private final Kernel kernel;
    private final Relations relations;
    private final ProcessEnvironment environment;
    private final List<Task> tasks = new ArrayList<>();
    private final Descriptors descriptors;
    private final FileNames names;
    private final Signals signals;
    private final ResourceLimits limits;
    private int niceness;
    private final SignalDelivery delivery;
    private final IntervalTimers timers;
    private final CpuTime cpuTime;
    private final Futexes futexes;
    private final SystemCallTable families = new SystemCallTable();
    private final Trace trace;

    @Nullable
    private AddressSpace space;

    /** The calls that shape {@link #space}. */
    @Nullable
    private MemoryCalls memoryCalls;

    private KernelSetup.ProgramSource program;

    /** What a program was started with that execve(2) began, here or in an ancestor; null for the guest's first. */
    @Nullable
    private byte[] auxiliaryVector;

    private Symbols symbols;

    /**
     * A process of one task, with these files, state and memory.
     *
     * @param space null where the VMM does not know the guest's memory
     * @param program what it runs
     * @param symbols of that
     * @throws VmmException if {@code state} is none that a process can have
     */
    LinuxProcess(
            Kernel kernel,
            Relations relations,
            ProcessEnvironment environment,
            Descriptors descriptors,
            ProcessState state,
            @Nullable AddressSpace space,
            KernelSetup.ProgramSource program,
            Symbols symbols) {
        this.kernel = kernel;
        this.relations = relations;
        this.environment = environment;
        this.descriptors = descriptors;
        this.program = program;
        this.symbols = symbols;
        Task first = new Task(relations.id(), this, new ThreadSignals(state.threadSignals()));
        first.clearChildTid = state.clearChildTid();
        first.robustList = state.robustList();
        first.setAttributes(state.attributes());
        tasks.add(first);
        KernelFiles files = new KernelFiles(environment.host(), this);
        this.names = new FileNames(environment.memory(), files, descriptors, directory(state), state.umask());
        this.limits = new ResourceLimits(state.limits());
        descriptors.belongTo(relations.id(), limits::openFiles);
        this.niceness = niceness(state);
        this.signals = new Signals(checked(state.actions()), state.signals().pending());
        this.delivery = new SignalDelivery(environment.vcpu(), environment.memory(), signals);
        this.cpuTime = new CpuTime(this, environment.scheduler());
        this.timers = new IntervalTimers(
                state.signals().timers(),
                environment.clock(),
                environment.vcpu(),
                cpuTime::own,
                signal -> send(SignalInfo.byKernel(signal)));
        this.futexes = new Futexes(this, environment);
        this.trace = new Trace(environment.trace(), environment.memory(), relations.tracePrefix());
        addFamilies(files);
        use(space);
    }

    private void addFamilies(KernelFiles files) {
        families.addAll(FileFamilies.of(
                environment.memory(),
                environment.vcpu(),
                environment.clock(),
                environment.host(),
                environment.limit(),
                descriptors,
                names,
                files));
        TransferCalls transfers = new TransferCalls(environment, descriptors);
        families.add(transfers);
        families.add(new SocketCalls(environment, descriptors, transfers));
        LockCalls locks = new LockCalls(environment, descriptors);
        families.add(locks);
        families.add(new ControlCalls(environment, descriptors, locks));
        families.add(new PollCalls(environment, descriptors));
        families.add(new EpollCalls(environment, descriptors));
        families.add(new AnonymousFileCalls(environment, descriptors));
        families.add(new PrivilegedCalls(names));
        families.add(new CopyCalls(environment, descriptors, transfers));
        families.add(new IdentityCalls(this, environment));
        families.add(new UsageCalls(this, environment));
        families.add(new SchedulingCalls(environment));
        families.add(new PriorityCalls(this, kernel.processes(), environment));
        families.add(new ProcessCalls(environment));
        families.add(new TaskAttributeCalls(this, environment));
        families.add(new LimitCalls(environment, limits));
        families.add(new TaskCalls(this, kernel.processes(), environment));
        families.add(new TimeCalls(this, kernel.processes(), environment));
        families.add(new SignalCalls(environment, this, delivery));
        families.add(new SendingCalls(environment, this, kernel.processes()));
        families.add(new TimerCalls(environment.memory(), timers));
        families.add(new FutexCalls(futexes, environment));
        families.add(new CloneCalls(kernel, environment));
        families.add(new WaitCalls(this, kernel.processes(), environment));
        families.add(new ExecCalls(kernel, this, environment, names));
        families.add(this::memoryCall);
    }

    /** The memory is another one after execve(2). */
    private long memoryCall(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return memoryCalls == null ? SystemCallFamily.NOT_MINE : memoryCalls.call(number, a0, a1, a2, a3, a4, a5);
    }

    /** Has the memory {@code newSpace}; null where the VMM does not know it, or the process has ended. */
    void use(@Nullable AddressSpace newSpace) {
        space = newSpace;
        memoryCalls = newSpace == null ? null : new MemoryCalls(newSpace, descriptors);
    }

    /**
     * Whether a process can have this state, to be asked before anything is done for one that cannot.
     *
     * @throws VmmException if not
     */
    public static void check(ProcessState state) {
        directory(state);
        checked(state.actions());
        new ResourceLimits(state.limits());
        niceness(state);
    }

    private static int niceness(ProcessState state) {
        int niceness = state.scheduling().niceness();
        if (niceness < PriorityCalls.LEAST_KIND || niceness > PriorityCalls.KINDEST) {
            throw new VmmException("the saved niceness is " + niceness + "; -20 to 19 are possible");
        }
        return niceness;
    }

    private static GuestPath directory(ProcessState state) {
        try {
            return GuestPath.parse(state.workingDirectory());
        } catch (InvalidNameException e) {
            throw new VmmException("the saved working directory is not a path: " + e.getMessage(), e);
        }
    }

    private static List<SignalAction> checked(List<SignalAction> actions) {
        for (SignalAction action : actions) {
            if (action.signal() < 1 || action.signal() > Signals.MAX) {
                throw new VmmException("the saved signal actions name signal " + action.signal() + ", which is none");
            }
        }
        return actions;
    }

    /** What is saved of it and of the task that it began with, or the one that is left of them. */
    public ProcessState state() {
        Task first = tasks.get(0);
        return new ProcessState(
                names.workingDirectory().toString(),
                names.umask(),
                signals.actions(),
                first.signals.blocked(),
                first.signals.stack(),
                first.clearChildTid,
                first.robustList,
                signalsState(first),
                limits.state(),
                new SchedulingState(niceness),
                first.attributesState());
    }

    private SignalsState signalsState(Task first) {
        ThreadSignalsState own = first.signals.state();
        return new SignalsState(
                signals.pending().state(),
                own.pending(),
                own.suspended(),
                own.maskAfterwards(),
                own.trap(),
                timers.state());
    }

    /** Its number, which is also that of its first task. */
    int id() {
        return relations.id();
    }

    Relations relations() {
        return relations;
    }

    /** Its tasks, the oldest first; none once it has ended. */
    List<Task> tasks() {
        return tasks;
    }

    Futexes futexes() {
        return futexes;
    }

    /** Its memory; null where the VMM does not know it. */
    @Override
    @Nullable
    public AddressSpace space() {
        return space;
    }

    /** The symbols of its program. */
    Symbols symbols() {
        return symbols;
    }

    Trace trace() {
        return trace;
    }

    /**
     * The program that it runs.
     *
     * @throws IOException if it cannot be had any more
     */
    LoadedFile program() throws IOException {
        return program.file();
    }

    /** Null for the program that the guest was started as. */
    @Nullable
    byte[] auxiliaryVector() {
        return auxiliaryVector;
    }

    void setAuxiliaryVector(@Nullable byte[] saved) {
        auxiliaryVector = saved;
    }

    /** Of a program that the user named, by a path of the host's: where it lies below the root, or else its name. */
    @Override
    public String programPath() throws IOException {
        String name = program().name();
        if (relations.executed || auxiliaryVector != null) {
            return name;
        }
        GuestPath place = environment.host().placeOf(name);
        return place != null ? place.toString() : "/" + name.substring(name.lastIndexOf('/') + 1);
    }

    /** Who provides pages of its memory at their first use. */
    UserFaults faults() {
        return space == null ? UserFaults.NONE : space;
    }

    /** The process's descriptors. */
    @Override
    public Descriptors descriptors() {
        return descriptors;
    }

    /** What signals do in this process. */
    public Signals signals() {
        return signals;
    }

    CpuTime cpuTime() {
        return cpuTime;
    }

    /** The timers that send it signals. */
    IntervalTimers timers() {
        return timers;
    }

    // -- the lives of processes ---------------------------------------------------------------------------------------

    /** A child that goes on where {@code caller} stands, with {@code childSpace} as its memory. */
    LinuxProcess fork(Relations childRelations, Task caller, AddressSpace childSpace) {
        SignalsState childSignals =
                new SignalsState(List.of(), List.of(), false, 0, caller.signals.trap(), IntervalTimersState.INITIAL);
        ProcessState state = new ProcessState(
                names.workingDirectory().toString(),
                names.umask(),
                signals.actions(),
                caller.signals.blocked(),
                caller.signals.stack(),
                0,
                0,
                childSignals,
                limits.state(),
                new SchedulingState(niceness),
                caller.attributes.ofChild());
        LinuxProcess child = new LinuxProcess(
                kernel, childRelations, environment, descriptors.fork(), state, childSpace, program, symbols);
        child.auxiliaryVector = auxiliaryVector;
        return child;
    }

    /** Goes on as another program, as one task, which is returned; {@code caller} asked for it. */
    Task begin(Loaded loaded, Task caller) {
        ThreadSignalsState own = caller.signals.state();
        ThreadSignals kept = new ThreadSignals(new ThreadSignalsState(
                own.blocked(), false, 0, SignalStack.NONE, own.pending(), ThreadSignalsState.Trap.NONE));
        Task task = new Task(id(), this, kept);
        task.attributes = caller.attributes.ofNewProgram();
        task.ran = caller.ran;
        tasks.clear();
        tasks.add(task);
        signals.resetHandlers();
        descriptors.closeForExec();
        LoadedFile file = loaded.files().get(0);
        program = () -> file;
        auxiliaryVector = loaded.auxiliaryVector();
        symbols = loaded.symbols();
        relations.executed = true;
        relations.exitSignal = Signals.SIGCHLD;
        use(loaded.addressSpace());
        return task;
    }

    ResourceLimits limits() {
        return limits;
    }

    /** -20 to 19; 0 at first. */
    int niceness() {
        return niceness;
    }

    void setNiceness(int niceness) {
        this.niceness = niceness;
    }

    /** Closes its files and leaves its memory: it has ended. */
    void end() {
        use(null);
        try {
            descriptors.close();
        } catch (IOException e) {
            // As on Linux: nobody is left to be told.
        }
    }

    /** Is told of a child's end. Whether that is enough: nobody is going to wait for it. */
    boolean childEnded(LinuxProcess child) {
        int signal = child.relations().exitSignal;
        SignalAction action = signals.action(Signals.SIGCHLD);
        boolean ignored = signal == Signals.SIGCHLD && action.handler() == SignalAction.SIG_IGN;
        if (signal != 0 && !ignored) {
            send(SignalInfo.byChild(signal, child.id(), child.relations().status));
        }
        return ignored || signal == Signals.SIGCHLD && action.has(SignalAction.SA_NOCLDWAIT);
    }

    /** Is told of its parent's end: each thread may have asked for a signal then (PR_SET_PDEATHSIG). */
    void parentEnded(LinuxProcess parent) {
        for (Task task : tasks) {
            int signal = task.attributes.parentDeathSignal();
            if (signal != 0) {
                send(SignalInfo.byProcess(signal, SignalInfo.SI_USER, parent.id()));
            }
        }
    }

    /** Sends it a signal, if it has not ended. */
    void send(SignalInfo info) {
        if (!tasks.isEmpty()) {
            signals.send(info, tasks.get(0).signals);
        }
    }

    // -- calls --------------------------------------------------------------------------------------------------------

    /** Carries out the system call that the vCPU's registers hold for {@code task}, one of this process. */
    Outcome systemCall(Task task) {
        Vcpu vcpu = environment.vcpu();
        int number = (int) vcpu.gpr[RAX];
        task.pending = null;
        if (number == kernel.setup().saveCall()) {
            return Outcome.SAVE;
        }
        String line = trace.begin(number, vcpu.gpr[RDI], vcpu.gpr[RSI], vcpu.gpr[RDX], vcpu.gpr[R10]);
        try {
            vcpu.gpr[RAX] = result(number);
        } catch (NoReturn e) {
            return notReturned(task, number, e.outcome());
        } catch (Blocked e) {
            Wait wait = e.waitingFor();
            if (!wait.canBeInterrupted() || !isInterrupted(task)) {
                task.wait = wait;
                return notReturned(task, number, Outcome.WAIT);
            }
            vcpu.gpr[RAX] = task.transferred > 0
                    ? task.transferred
                    : -wait.interruption().errno();
        }
        if (line != null) {
            trace.end(line, vcpu.gpr[RAX]);
        }
        return delivery.afterCall(task.signals, number);
    }

    /** Whether a signal ends the wait of one of its tasks. */
    boolean isInterrupted(Task task) {
        return signals.interrupts(task.signals);
    }

    /** Has a task, whose registers are the vCPU's, take the signals that came between two of its instructions. */
    Outcome takeSignals(Task task) {
        return delivery.betweenInstructions(task.signals);
    }

    /** Has a task take the signal of its own fault, which nobody resolved. */
    Outcome fault(Task task, Fault fault) {
        return space.lacksMemory(fault) ? Outcome.killed(Signals.SIGKILL) : delivery.fault(task.signals, fault, space);
    }

    private Outcome notReturned(Task task, int number, Outcome outcome) {
        switch (outcome.kind()) {
            case EXITED -> trace.exit(outcome.number());
            case WAIT, INPUT_WAIT, STOPPED -> task.pending = pendingCall(number, environment.vcpu().gpr);
            default -> {}
        }
        return outcome;
    }

    private static PendingIoState.Call pendingCall(int number, long[] gpr) {
        return new PendingIoState.Call(number, List.of(gpr[RDI], gpr[RSI], gpr[RDX], gpr[R10], gpr[R8], gpr[R9]));
    }

    private long result(int number) {
        try {
            return dispatch(number, environment.vcpu().gpr);
        } catch (SystemCallError e) {
            return -e.errno();
        } catch (IOException e) {
            return -Errno.of(e);
        }
    }

    private long dispatch(int number, long[] gpr) throws IOException {
        long result = families.call(number, gpr[RDI], gpr[RSI], gpr[RDX], gpr[R10], gpr[R8], gpr[R9]);
        if (result != SystemCallFamily.NOT_MINE) {
            return result;
        }
        trace.unknown(number);
        return -Errno.ENOSYS;
    }
}
