package io.scratchvm.vmm.elf;

/**
 * The ELF header (System V gABI, chapter 4), the counts resolved: where a table has more entries than 16 bits can say,
 * they come from the section header at index 0.
 *
 * @param bits 32 or 64, the file's class
 * @param entry the entry point's virtual address
 * @param programHeaders the number of program headers
 * @param sectionHeaders the number of section headers
 * @param sectionNames the index of the section that holds the sections' names, 0 for none
 */
public record ElfHeader(
        int bits,
        int osAbi,
        int abiVersion,
        int type,
        int machine,
        long entry,
        long programHeaderOffset,
        long sectionHeaderOffset,
        int flags,
        int headerSize,
        int programHeaderSize,
        int programHeaders,
        int sectionHeaderSize,
        int sectionHeaders,
        int sectionNames) {

    /** Types of file. */
    public static final int ET_REL = 1, ET_EXEC = 2, ET_DYN = 3, ET_CORE = 4;

    /** Machines. */
    public static final int EM_386 = 3, EM_X86_64 = 62;
}
