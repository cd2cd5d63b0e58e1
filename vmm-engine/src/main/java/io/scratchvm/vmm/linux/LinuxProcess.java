package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.cpu.state.Vcpu.*;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.InvalidNameException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The guest's program as Linux would see it: it makes system calls by the convention of x86-64 (syscall(2)), number in
 * RAX, arguments in RDI, RSI, RDX, R10, R8, R9, result or -errno in RAX.
 */
public final class LinuxProcess {
    private final int id;
    private final ProcessEnvironment environment;
    private final int saveCall;
    private final Task mainTask;

    @Nullable
    private final AddressSpace space;

    private final Descriptors descriptors;
    private final FileNames names;
    private final Signals signals;
    private final SignalDelivery delivery;
    private final IntervalTimers timers;
    private final ProcessCalls calls;
    private final List<SystemCallFamily> families = new ArrayList<>();
    private final Trace trace;

    /**
     * A process of one task, with these files, state and memory.
     *
     * @param space null where the VMM does not know the guest's memory
     * @param saveCall the number of the call that is SAVE, whatever Linux has there
     * @throws VmmException if {@code state} is none that a process can have
     */
    LinuxProcess(
            int id,
            ProcessEnvironment environment,
            Descriptors descriptors,
            ProcessState state,
            @Nullable AddressSpace space,
            int saveCall) {
        this.id = id;
        this.space = space;
        this.mainTask = new Task(id, this, new ThreadSignals(state.threadSignals()));
        mainTask.clearChildTid = state.clearChildTid();
        mainTask.robustList = state.robustList();
        this.environment = environment;
        this.saveCall = saveCall;
        this.descriptors = descriptors;
        KernelFiles files = new KernelFiles(environment.host(), descriptors, space);
        this.names = new FileNames(environment.memory(), files, descriptors, directory(state), state.umask());
        this.signals = new Signals(checked(state.actions()), state.signals().pending());
        this.delivery = new SignalDelivery(environment, signals);
        this.timers = new IntervalTimers(
                state.signals().timers(),
                environment.clock(),
                environment.vcpu(),
                signal -> signals.send(SignalInfo.byKernel(signal), mainTask.signals));
        this.calls = new ProcessCalls(environment);
        this.trace = new Trace(environment.trace(), environment.memory());
        TransferCalls transfers = new TransferCalls(environment, descriptors, signals);
        families.add(transfers);
        families.add(new FileCalls(environment, descriptors, names, files));
        families.add(new StatusCalls(environment, descriptors, names));
        families.add(new PathCalls(environment, descriptors, names, files));
        families.add(new ControlCalls(environment, descriptors));
        families.add(new PollCalls(environment, descriptors));
        families.add(new SocketCalls(descriptors));
        families.add(new SizeCalls(environment, descriptors, names));
        families.add(new AttributeCalls(environment, descriptors, names));
        families.add(new LinkCalls(environment, names));
        families.add(new CopyCalls(environment, descriptors, transfers));
        families.add(new IdentityCalls(this, environment));
        families.add(new UsageCalls(environment, space));
        families.add(new SchedulingCalls(this, environment));
        families.add(calls);
        families.add(new TaskCalls(this, environment));
        families.add(new TimeCalls(environment));
        if (space != null) {
            families.add(new MemoryCalls(space, descriptors));
        }
        families.add(new SignalCalls(environment, signals, delivery));
        families.add(new TimerCalls(environment.memory(), timers));
    }

    /**
     * Whether a process can have this state, to be asked before anything is done for one that cannot.
     *
     * @throws VmmException if not
     */
    public static void check(ProcessState state) {
        directory(state);
        checked(state.actions());
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

    public ProcessState state() {
        return new ProcessState(
                names.workingDirectory().toString(),
                names.umask(),
                signals.actions(),
                mainTask.signals.blocked(),
                mainTask.signals.stack(),
                mainTask.clearChildTid,
                mainTask.robustList,
                signalsState());
    }

    private SignalsState signalsState() {
        ThreadSignalsState own = mainTask.signals.state();
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
        return id;
    }

    Task mainTask() {
        return mainTask;
    }

    /** Who provides pages of its memory at their first use. */
    UserFaults faults() {
        return space == null ? UserFaults.NONE : space;
    }

    /** The process's descriptors. */
    public Descriptors descriptors() {
        return descriptors;
    }

    /** What signals do in this process. */
    public Signals signals() {
        return signals;
    }

    /** The timers that send it signals. */
    IntervalTimers timers() {
        return timers;
    }

    /** Carries out the system call that the vCPU's registers hold for {@code task}, one of this process. */
    Outcome systemCall(Task task) {
        Vcpu vcpu = environment.vcpu();
        int number = (int) vcpu.gpr[RAX];
        task.pending = null;
        if (number == saveCall) {
            return Outcome.SAVE;
        }
        String line = trace.begin(number, vcpu.gpr[RDI], vcpu.gpr[RSI], vcpu.gpr[RDX], vcpu.gpr[R10]);
        try {
            vcpu.gpr[RAX] = result(number);
        } catch (NoReturn e) {
            return notReturned(task, number, e.outcome());
        } catch (Blocked e) {
            if (!signals.interrupts(task.signals)) {
                task.wait = e.waitingFor();
                return notReturned(task, number, Outcome.WAIT);
            }
            vcpu.gpr[RAX] = -Errno.ERESTARTSYS;
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
        for (SystemCallFamily family : families) {
            long result = family.call(number, gpr[RDI], gpr[RSI], gpr[RDX], gpr[R10], gpr[R8], gpr[R9]);
            if (result != SystemCallFamily.NOT_MINE) {
                return result;
            }
        }
        trace.unknown(number);
        return -Errno.ENOSYS;
    }
}
