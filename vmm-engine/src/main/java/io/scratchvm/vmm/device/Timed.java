package io.scratchvm.vmm.device;

/**
 * What happens to the guest at a moment of its time, not because of an instruction: a device's or a process's timer, the
 * end of a time slice. {@link Timeline} brings the VM back from the guest there.
 */
public interface Timed {
    /** A moment that does not come. */
    long NEVER = Long.MAX_VALUE;

    /**
     * When it next has something to do, in nanoseconds of {@link Clock#monotonic}; {@link #NEVER} for nothing. Asked each
     * time the guest is entered. Later than the moment of the last {@link #advance}.
     */
    long nextEvent();

    /** Does what is due by the moment {@code now}; the guest is between two instructions. */
    void advance(long now);
}
