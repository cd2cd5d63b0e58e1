package io.scratchvm.vmm.elf;

/**
 * A symbol table entry (System V gABI, chapter 4).
 *
 * @param value its address, in files that are linked
 * @param info binding (bits 4-7) and type (bits 0-3)
 */
public record Symbol(String name, long value, long size, int info, int other, int section) {
    /** Types. */
    public static final int STT_NOTYPE = 0, STT_OBJECT = 1, STT_FUNC = 2, STT_SECTION = 3, STT_FILE = 4, STT_TLS = 6;

    /** Special section indexes. */
    public static final int SHN_UNDEF = 0, SHN_ABS = 0xfff1, SHN_COMMON = 0xfff2;

    public int type() {
        return info & 0xf;
    }

    public int binding() {
        return info >> 4;
    }

    /** Whether it names a place in the program's code or data. */
    public boolean isAddress() {
        return type() <= STT_FUNC
                && section != SHN_UNDEF
                && section != SHN_ABS
                && section != SHN_COMMON
                && !name.isEmpty();
    }
}
