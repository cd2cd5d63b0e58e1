package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.linux.ProcessesState.TaskState;
import io.scratchvm.vmm.linux.file.FileLock;
import io.scratchvm.vmm.linux.file.Readiness;
import io.scratchvm.vmm.linux.signal.ThreadSignals;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState;

/** A thread of a process as the scheduler sees it: the registers that it goes on with, and the call that it is in. */
final class Task {
    /** What {@link #deadline} is while the call under way has none. */
    private static final long NONE = -1;

    private final int id;
    private final LinuxProcess process;

    /** What it has of its own for signals. */
    final ThreadSignals signals;

    /** Its registers while it does not run; null while they are the vCPU's. */
    @Nullable
    VcpuState registers;

    /** What its call waits for; null where it can run, or where that is not known yet. */
    @Nullable
    Wait wait;

    /** How many nanoseconds it had run when it last went on, or stopped. */
    long ran;

    /** Where the task's end is told (set_tid_address(2)); 0 for nowhere. */
    long clearChildTid;

    /** The list of the futexes that it holds (set_robust_list(2)). */
    long robustList;

    /** The call that it has issued and that was put off; null while there is none. */
    @Nullable
    PendingIoState.Call pending;

    private long deadline = NONE;

    /** The child that its vfork(2) waits for; 0 for none. */
    int vforkChild;

    /** How many bytes its write to a pipe has written so far. */
    long transferred;

    /** Its wait at a futex; null where there is none. */
    @Nullable
    FutexWait futex;

    /** What it has set by prctl(2). */
    TaskAttributes attributes = TaskAttributes.INITIAL;

    /** The lock on a file that it waits for; null where there is none. */
    @Nullable
    FileLock lock;

    Task(int id, LinuxProcess process, ThreadSignals signals) {
        this.id = id;
        this.process = process;
        this.signals = signals;
    }

    /** The task that {@code state} is of, with the registers of that. */
    static Task of(TaskState state, LinuxProcess process) {
        Task task = new Task(state.id(), process, new ThreadSignals(state.signals()));
        task.registers = state.registers();
        task.clearChildTid = state.clearChildTid();
        task.robustList = state.robustList();
        task.deadline = state.deadline();
        task.transferred = state.transferred();
        task.vforkChild = state.vforkChild();
        task.futex = state.futex() == null ? null : new FutexWait(state.futex());
        task.setAttributes(state.attributes());
        task.lock = state.lock() == null ? null : process.descriptors().lock(state.lock());
        return task;
    }

    /** @param totalRan how many nanoseconds it has run */
    TaskState state(long totalRan) {
        return new TaskState(
                id,
                process.id(),
                registers,
                signals.state(),
                clearChildTid,
                robustList,
                deadline,
                transferred,
                vforkChild,
                futex == null ? null : futex.state(),
                lock == null ? null : lock.state(),
                attributesState(),
                new CpuTimeState.TaskTimeState(totalRan));
    }

    void setAttributes(@Nullable TaskAttributes saved) {
        attributes = saved == null ? TaskAttributes.INITIAL : saved;
    }

    /** Null where nothing was set. */
    @Nullable
    TaskAttributes attributesState() {
        boolean initial = attributes == TaskAttributes.INITIAL || attributes.equals(TaskAttributes.INITIAL);
        return initial ? null : attributes;
    }

    /** A new thread of its process. */
    Task beside(int newId) {
        Task task = new Task(newId, process, new ThreadSignals(ThreadSignalsState.INITIAL.blocking(signals.blocked())));
        task.attributes = attributes.ofChild();
        return task;
    }

    /** What open files are ready for as it finds them. */
    Readiness readiness(ProcessEnvironment environment) {
        return new Readiness(
                environment.console(), environment.scheduler()::now, new TakenSignals(process.signals(), signals));
    }

    /** Whether its process began with it. */
    boolean isFirst() {
        return id == process.id();
    }

    int id() {
        return id;
    }

    LinuxProcess process() {
        return process;
    }

    /** Whether it can run at the moment {@code now}; it finds out itself what ended its wait. */
    boolean isReady(long now) {
        return wait == null || wait.isOver(now) || wait.canBeInterrupted() && process.isInterrupted(this);
    }

    /** Until when the call under way waits: to {@code wanted}, unless an earlier issue of the same call has said. */
    long deadline(long wanted) {
        if (deadline == NONE) {
            deadline = wanted;
        }
        return deadline;
    }

    /** Its call has returned. */
    void callEnded() {
        deadline = NONE;
        vforkChild = 0;
        transferred = 0;
        futex = null;
        lock = null;
    }
}
