package io.scratchvm.vmm.device;

/**
 * What is saved of a {@link Clock}.
 *
 * @param slept nanoseconds of virtual time that passed without instructions, in sleeps
 * @param monotonic the reading of the host-driven monotonic clock at the save, nanoseconds; 0 where time is virtual
 */
public record ClockState(long slept, long monotonic) {
    public static final ClockState INITIAL = new ClockState(0, 0);
}
