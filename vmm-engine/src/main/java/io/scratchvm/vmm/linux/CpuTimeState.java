package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.device.Clock;

/**
 * What is saved of a process's {@link CpuTime} besides what its threads have run, in nanoseconds.
 *
 * @param endedThreads what threads have run that have ended
 * @param children what children have run that it has waited for, and theirs
 */
public record CpuTimeState(long endedThreads, long children) {
    public CpuTimeState {
        check(endedThreads);
        check(children);
    }

    /**
     * What a thread has run.
     *
     * @param ran nanoseconds
     */
    public record TaskTimeState(long ran) {
        public TaskTimeState {
            check(ran);
        }
    }

    private static void check(long nanos) {
        if (nanos < 0 || nanos > Clock.LATEST) {
            throw new VmmException("the image tells of a CPU time of " + nanos + " ns; save the VM again");
        }
    }
}
