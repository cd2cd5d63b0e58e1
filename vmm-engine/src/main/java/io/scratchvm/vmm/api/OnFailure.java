package io.scratchvm.vmm.api;

/** What the source does with a VM that cannot be moved. */
public enum OnFailure {
    /** It stops; the image stays. */
    KEEP,
    /** It takes the VM back and runs it on. */
    RESUME
}
