package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;

/**
 * How long a process has run, in nanoseconds, of which each instruction takes one: its threads, those that have ended among
 * them, and the children that it has waited for (times(2)).
 */
final class CpuTime {
    private final LinuxProcess process;
    private final Scheduler scheduler;
    private long endedThreads;
    private long children;

    CpuTime(LinuxProcess process, Scheduler scheduler) {
        this.process = process;
        this.scheduler = scheduler;
    }

    CpuTimeState state() {
        return new CpuTimeState(endedThreads, children);
    }

    /** Is what {@code state} tells; null for nothing. */
    void restore(@Nullable CpuTimeState state) {
        endedThreads = state == null ? 0 : state.endedThreads();
        children = state == null ? 0 : state.children();
    }

    /** What all its threads have run. */
    long own() {
        long sum = endedThreads;
        for (Task task : process.tasks()) {
            sum += scheduler.ran(task);
        }
        return sum;
    }

    /** What the children have run that it has waited for, and theirs. */
    long ofChildren() {
        return children;
    }

    /** What is told of it to its parent: it, and the children that it has waited for. */
    long ofFamily() {
        return own() + children;
    }

    /** A thread has ended that has run for {@code ran}. */
    void addEndedThread(long ran) {
        endedThreads += ran;
    }

    /** The process has waited for {@code child}, which has ended. */
    void addChild(LinuxProcess child) {
        children += child.cpuTime().ofFamily();
    }
}
