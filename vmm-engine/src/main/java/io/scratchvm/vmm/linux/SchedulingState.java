package io.scratchvm.vmm.linux;

/**
 * What is saved of how a process is scheduled (sched(7)).
 *
 * @param niceness -20 to 19
 */
public record SchedulingState(int niceness) {
    /** As every first process is. */
    public static final SchedulingState INITIAL = new SchedulingState(0);
}
