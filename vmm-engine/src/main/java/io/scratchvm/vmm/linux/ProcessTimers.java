package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.device.Timed;
import io.scratchvm.vmm.linux.signal.IntervalTimers;

/** The interval timers of all processes, as what happens to the guest by time. */
public final class ProcessTimers implements Timed {
    private final Scheduler scheduler;

    public ProcessTimers(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Only the process that runs computes. */
    @Override
    public long nextEvent() {
        long next = NEVER;
        for (Task task : scheduler.tasks()) {
            IntervalTimers timers = task.process().timers();
            next = Math.min(next, task == scheduler.current() ? timers.nextEvent() : timers.nextRealExpiry());
        }
        return next;
    }

    @Override
    public void advance(long now) {
        for (Task task : scheduler.tasks()) {
            task.process().timers().advance(now);
        }
    }
}
