package io.scratchvm.vmm.elf;

/** A section header (System V gABI, chapter 4). 32-bit fields are zero-extended. */
public record SectionHeader(
        String name,
        int type,
        long flags,
        long address,
        long offset,
        long size,
        int link,
        int info,
        long alignment,
        long entrySize) {

    /** Types of section. */
    public static final int SHT_NULL = 0,
            SHT_PROGBITS = 1,
            SHT_SYMTAB = 2,
            SHT_STRTAB = 3,
            SHT_NOBITS = 8,
            SHT_DYNSYM = 11;
}
