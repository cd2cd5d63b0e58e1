package io.scratchvm.vmm.api;

/** What the guest's clock follows. */
public enum TimeSource {
    /** Retired instructions, from a fixed date: every run is the same. */
    VIRTUAL,
    /** The host's clock. */
    HOST
}
