package io.scratchvm.vmm.elf;

/** The fields of one ELF structure, little-endian, by their offsets from its start; the names are the gABI's. */
record Fields(byte[] bytes, int start) {
    int unsignedByte(int offset) {
        return bytes[start + offset] & 0xff;
    }

    int half(int offset) {
        return unsignedByte(offset) | unsignedByte(offset + 1) << 8;
    }

    int word(int offset) {
        return half(offset) | half(offset + 2) << 16;
    }

    long unsignedWord(int offset) {
        return word(offset) & 0xffff_ffffL;
    }

    long xword(int offset) {
        return unsignedWord(offset) | (long) word(offset + 4) << 32;
    }

    /** An address, offset or size of a file of {@code bits}. */
    long address(int offset, int bits) {
        return bits == 64 ? xword(offset) : unsignedWord(offset);
    }
}
