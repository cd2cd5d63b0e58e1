package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.cpu.state.Vcpu.*;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.InvalidNameException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The guest's program as Linux would see it: it makes system calls by the convention of x86-64 (syscall(2)), number in
 * RAX, arguments in RDI, RSI, RDX, R10, R8, R9, result or -errno in RAX.
 */
public final class LinuxProcess {
    private final ProcessEnvironment environment;
    private final int saveCall;
    private final Descriptors descriptors;
    private final FileNames names;
    private final Signals signals;
    private final TransferCalls transfers;
    private final TimeCalls times;
    private final ProcessCalls calls;
    private final List<SystemCallFamily> families = new ArrayList<>();
    private final Trace trace;

    @Nullable
    private PendingIoState.Call pending;

    /**
     * A process with these files and state.
     *
     * @param saveCall the number of the call that is SAVE, whatever Linux has there
     * @param more families of calls besides those of this class: the memory's
     * @throws VmmException if {@code state} is none that a process can have
     */
    public LinuxProcess(
            ProcessEnvironment environment,
            Descriptors descriptors,
            ProcessState state,
            int saveCall,
            SystemCallFamily... more) {
        this.environment = environment;
        this.saveCall = saveCall;
        this.descriptors = descriptors;
        this.names =
                new FileNames(environment.memory(), environment.host(), descriptors, directory(state), state.umask());
        this.signals = new Signals(checked(state.actions()), state.blockedSignals());
        this.transfers = new TransferCalls(environment, descriptors, signals);
        this.calls = new ProcessCalls(environment, signals, state);
        this.times = new TimeCalls(environment);
        this.trace = new Trace(environment.trace(), environment.memory());
        families.add(transfers);
        families.add(new FileCalls(environment, descriptors, names));
        families.add(new StatusCalls(environment, descriptors, names));
        families.add(new PathCalls(environment, descriptors, names));
        families.add(calls);
        families.add(times);
        families.addAll(List.of(more));
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
                signals.blocked(),
                calls.signalStack(),
                calls.clearChildTid(),
                calls.robustList());
    }

    /** The process's descriptors. */
    public Descriptors descriptors() {
        return descriptors;
    }

    /** What signals do in this process. */
    public Signals signals() {
        return signals;
    }

    /** Whether a read of standard input that finds nothing read ahead is to end with INPUT_WAIT. */
    public void stopAtInput(boolean stopAtInput) {
        transfers.stopAtInput(stopAtInput);
    }

    /**
     * When a wait ends with STOPPED though the VM is not to stop, so that it can be looked at meanwhile; the guest's call,
     * issued again, waits on.
     *
     * @param when null for never
     */
    public void putOffWaits(@Nullable BooleanSupplier when) {
        transfers.putOffWaits(when);
        times.putOffWaits(when);
    }

    /** Takes what came for a read of standard input that was put off, if there is one, so that a save knows of it. */
    public void collectInput() {
        if (pending != null && TransferCalls.reads(pending.number())) {
            environment.console().poll();
        }
    }

    /** The call that the guest has issued and that was put off by the last {@link #systemCall}, and what was read ahead. */
    public PendingIoState pendingIo() {
        return new PendingIoState(pending, environment.console().state().readAhead());
    }

    /** Carries out the system call that the vCPU's registers hold. */
    public Outcome systemCall() {
        Vcpu vcpu = environment.vcpu();
        int number = (int) vcpu.gpr[RAX];
        pending = null;
        if (number == saveCall) {
            return Outcome.SAVE;
        }
        String line = trace.begin(number, vcpu.gpr[RDI], vcpu.gpr[RSI], vcpu.gpr[RDX], vcpu.gpr[R10]);
        try {
            vcpu.gpr[RAX] = result(number);
        } catch (NoReturn e) {
            return notReturned(number, e.outcome());
        }
        if (line != null) {
            trace.end(line, vcpu.gpr[RAX]);
        }
        return Outcome.CONTINUE;
    }

    private Outcome notReturned(int number, Outcome outcome) {
        switch (outcome.kind()) {
            case EXITED -> trace.exit(outcome.number());
            case INPUT_WAIT, STOPPED -> pending = pendingCall(number, environment.vcpu().gpr);
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
