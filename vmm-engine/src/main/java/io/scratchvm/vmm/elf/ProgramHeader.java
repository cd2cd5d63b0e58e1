package io.scratchvm.vmm.elf;

/** A program header (System V gABI, chapter 5). 32-bit fields are zero-extended. */
public record ProgramHeader(
        int type,
        int flags,
        long offset,
        long virtualAddress,
        long physicalAddress,
        long fileSize,
        long memorySize,
        long alignment) {

    /** Types of segment. */
    public static final int PT_NULL = 0,
            PT_LOAD = 1,
            PT_DYNAMIC = 2,
            PT_INTERP = 3,
            PT_NOTE = 4,
            PT_PHDR = 6,
            PT_TLS = 7,
            PT_GNU_STACK = 0x6474_e551;

    /** Segment permissions. */
    public static final int PF_X = 1, PF_W = 2, PF_R = 4;
}
