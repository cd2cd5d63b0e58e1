package io.scratchvm.vmm.api;

/** How the open files of a VM that moves reach the other side. */
public enum Storage {
    /** Their contents are sent, where the destination does not have them. */
    COPY,
    /** Both sides see the same files; none is sent. */
    SHARED
}
