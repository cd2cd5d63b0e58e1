package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.device.Console;
import io.scratchvm.vmm.device.Timed;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.NoReturn;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.memory.Mmu;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Who runs on the one vCPU: the tasks in turn, each for a fixed time while others can run too. A task whose call has to wait
 * stands before that call and issues it again when the wait may be over; so nothing but its registers is needed to go on.
 *
 * <p>Waiting for the host takes no virtual time: standard input is waited for when nobody can run, before time is slept
 * away. Everything is decided by the guest's state, so runs are the same on every host while time is virtual.
 */
public final class Scheduler implements Timed {
    /** For how many nanoseconds of the guest's time a task runs on while others wait for their turn. */
    static final long QUANTUM = 100_000;

    private final Vcpu vcpu;
    private final Mmu mmu;
    private final UserMemory memory;
    private final Clock clock;
    private final BooleanSupplier stop;
    private final List<Task> tasks = new ArrayList<>();
    private BooleanSupplier endOfWait;
    private boolean stopAtInput;

    /** The task whose registers are the vCPU's; null where that one has ended. */
    @Nullable
    private Task current;

    /** Whose turn it is after a task that has ended: an index. */
    private int ended;

    /** When the current task's turn ends, if others can run. */
    private long turnEnd;

    /** The count of instructions at which it went on. */
    private long resumedAt;

    /** Who may wait for the host's standard input: nobody else can run. */
    @Nullable
    private Task reader;

    /** @param stop whether a wait under way is to end */
    public Scheduler(Vcpu vcpu, Mmu mmu, UserMemory memory, Clock clock, BooleanSupplier stop) {
        this.vcpu = vcpu;
        this.mmu = mmu;
        this.memory = memory;
        this.clock = clock;
        this.stop = stop;
        this.endOfWait = stop;
    }

    /** When a wait is put off; null for never. */
    void putOffWaits(@Nullable BooleanSupplier when) {
        endOfWait = when == null ? stop : () -> stop.getAsBoolean() || when.getAsBoolean();
    }

    /** Whether a wait for standard input is to end the run before it begins. */
    void stopAtInput(boolean stopAtInput) {
        this.stopAtInput = stopAtInput;
    }

    /** The task that makes the call under way. */
    Task current() {
        return current;
    }

    List<Task> tasks() {
        return tasks;
    }

    /** The task with this number, or null. */
    @Nullable
    Task find(int id) {
        for (Task task : tasks) {
            if (task.id() == id) {
                return task;
            }
        }
        return null;
    }

    /**
     * The task that a call means by {@code id}: the current one by 0.
     *
     * @throws SystemCallError ESRCH if there is none
     */
    Task named(int id) {
        Task named = id == 0 ? current : find(id);
        if (named == null) {
            throw new SystemCallError(Errno.ESRCH);
        }
        return named;
    }

    /** Whether there is nobody but the current task. */
    boolean isAlone() {
        return tasks.size() == 1;
    }

    /**
     * Returns once standard input has something or has ended. While others can run it is not asked for.
     *
     * @param most bytes to take
     * @throws Blocked while others can run
     * @throws NoReturn if the run is to stop
     */
    void awaitInput(Console console, int most) throws IOException {
        awaitInput(console, Wait.forInput(most));
    }

    /**
     * As {@link #awaitInput(Console, int)}.
     *
     * @param wait for standard input and whatever else the call under way waits for
     */
    void awaitInput(Console console, Wait wait) throws IOException {
        if (console.buffered() > 0) {
            return;
        }
        if (!isAlone() && reader != current) {
            throw new Blocked(wait);
        }
        if (stopAtInput) {
            throw new NoReturn(Outcome.INPUT_WAIT);
        }
        if (!console.await(wait.input(), this::isWaitOver)) {
            throw isInterrupted() ? new Blocked(wait) : new NoReturn(Outcome.STOPPED);
        }
    }

    /** Whether a wait for the host ends before it comes: virtual time stands still meanwhile, and no timer expires. */
    private boolean isWaitOver() {
        if (!clock.isVirtual()) {
            expireTimers();
        }
        return isInterrupted() || endOfWait.getAsBoolean();
    }

    /** Whether a signal ends the wait of the call under way. */
    boolean isInterrupted() {
        return current.process().isInterrupted(current);
    }

    /** Nanoseconds of the monotonic clock. */
    long now() {
        return clock.monotonic(vcpu.instructions);
    }

    /** The moment that comes in {@code duration} nanoseconds, but none that time does not come to. */
    long after(long duration) {
        long now = now();
        return duration > Clock.LATEST - now ? Math.max(now, Clock.LATEST) : now + duration;
    }

    /** What is added to the monotonic clock to give the real time. */
    long realTimeOffset() {
        return clock.real(vcpu.instructions) - now();
    }

    /** How many nanoseconds a task has run: one for each instruction. */
    long ran(Task task) {
        return task.ran + (task == current ? vcpu.instructions - resumedAt : 0);
    }

    /** A number higher than those of all waits at futexes. */
    long takeTicket() {
        long last = 0;
        for (Task task : tasks) {
            last = task.futex == null ? last : Math.max(last, task.futex.ticket());
        }
        return last + 1;
    }

    // -- who there is -------------------------------------------------------------------------------------------------

    /** Adds the task whose registers the vCPU has. */
    void begin(Task task) {
        tasks.add(task);
        current = task;
        memory.offerFaultsTo(task.process().faults());
    }

    /** When the turn of the current task ends. */
    long turnEnd() {
        return turnEnd;
    }

    /** The tasks are those that were saved; the vCPU has the registers of {@code running}. */
    void restored(Task running, long end) {
        current = running;
        turnEnd = end;
        resumedAt = vcpu.instructions;
        memory.offerFaultsTo(running.process().faults());
    }

    /** Adds a task, which has its registers. */
    void add(Task task) {
        if (isAlone()) {
            turnEnd = now() + QUANTUM;
        }
        tasks.add(task);
    }

    /** A task has ended. If it is the current one, its registers are nobody's, and {@link #resumeAny} is to follow. */
    void remove(Task task) {
        int index = tasks.indexOf(task);
        tasks.remove(index);
        task.process().cpuTime().addEndedThread(ran(task));
        if (task == current) {
            current = null;
            ended = index;
        }
    }

    /** A task begins a program; it is the only one of its process. */
    void replaceCurrent(Task task, VcpuState registers) {
        tasks.set(tasks.indexOf(current), task);
        current = task;
        resume(registers);
        memory.offerFaultsTo(task.process().faults());
    }

    // -- whose turn it is ---------------------------------------------------------------------------------------------

    /** The current task lets others run, if any can. */
    void endTurn() {
        turnEnd = now();
    }

    /** The current task's call has returned. */
    void callEnded() {
        current.callEnded();
        reader = null;
    }

    /**
     * Who can run next, after a wait if nobody can.
     *
     * @throws NoReturn if nobody ever will, or the wait was put off
     */
    Task next() {
        Task next = nextReady();
        while (next == null) {
            Task forInput = nextForInput();
            if (forInput != null) {
                reader = forInput;
                forInput.wait = null;
                return forInput;
            }
            long deadline = nearestDeadline();
            if (deadline == Wait.FOREVER) {
                throw new NoReturn(Outcome.DEADLOCK);
            }
            if (!clock.sleepUntil(deadline, vcpu.instructions, endOfWait)) {
                throw new NoReturn(Outcome.STOPPED);
            }
            expireTimers();
            next = nextReady();
        }
        return next;
    }

    /** Lets another task go on where the current one has ended: the next that can, or whoever is next in any case. */
    void resumeAny() {
        Task next = nextReady();
        switchTo(next != null ? next : tasks.get(ended % tasks.size()));
    }

    /** The first that can run, from the one after the current task round to itself; null if none can. */
    private @Nullable Task nextReady() {
        long now = now();
        int start = current == null ? ended : tasks.indexOf(current) + 1;
        for (int i = 0; i < tasks.size(); i++) {
            Task task = tasks.get((start + i) % tasks.size());
            if (task.isReady(now)) {
                task.wait = null;
                return task;
            }
        }
        return null;
    }

    private @Nullable Task nextForInput() {
        for (Task task : tasks) {
            if (task.wait.input() > 0) {
                return task;
            }
        }
        return null;
    }

    private long nearestDeadline() {
        long nearest = Wait.FOREVER;
        for (Task task : tasks) {
            nearest = Math.min(nearest, task.wait == null ? Wait.FOREVER : task.wait.deadline());
            nearest = Math.min(nearest, task.process().timers().nextRealExpiry());
        }
        return nearest;
    }

    /** Lets the timers that are due send their signals. */
    private void expireTimers() {
        long now = now();
        for (Task task : tasks) {
            task.process().timers().advance(now);
        }
    }

    /** Lets {@code task} go on instead of the current one. */
    void switchTo(Task task) {
        turnEnd = now() + QUANTUM;
        if (task == current) {
            return;
        }
        if (current != null) {
            current.registers = VcpuState.of(vcpu);
            current.ran = ran(current);
        }
        resume(task.registers);
        task.registers = null;
        current = task;
        resumedAt = vcpu.instructions;
        memory.offerFaultsTo(task.process().faults());
    }

    /** What is the machine's and not the task's stays: the count of instructions, and what is added to it. */
    private void resume(VcpuState registers) {
        long instructions = vcpu.instructions;
        long tscOffset = vcpu.tscOffset;
        registers.restore(vcpu);
        vcpu.instructions = instructions;
        vcpu.tscOffset = tscOffset;
        mmu.synchronize();
    }

    // -- turns end ----------------------------------------------------------------------------------------------------

    @Override
    public long nextEvent() {
        if (tasks.size() <= 1) {
            return NEVER;
        }
        return Math.max(turnEnd, someoneElseIsReady() ? turnEnd : nearestDeadline());
    }

    private boolean someoneElseIsReady() {
        long now = now();
        for (Task task : tasks) {
            if (task != current && task.isReady(now)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void advance(long now) {
        switchTo(nextReady());
    }
}
