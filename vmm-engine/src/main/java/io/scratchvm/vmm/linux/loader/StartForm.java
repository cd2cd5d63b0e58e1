package io.scratchvm.vmm.linux.loader;

/** The ways to start a guest; see {@link io.scratchvm.vmm.api.Start}. */
public enum StartForm {
    BOOT,
    PROGRAM,
    FLAT,
    MULTIBOOT;

    /** Whether the VMM is the guest's kernel: the guest makes system calls, and the VMM knows its address space. */
    public boolean hasProcess() {
        return this == BOOT || this == PROGRAM;
    }
}
