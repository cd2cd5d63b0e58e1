package io.scratchvm.vmm.linux;

/** The ways to start a guest; see {@link io.scratchvm.vmm.api.Start}. */
public enum StartForm {
    BOOT,
    PROGRAM,
    FLAT
}
