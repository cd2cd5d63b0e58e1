package io.scratchvm.vmm.elf;

import java.nio.charset.StandardCharsets;

/** Strings, each ended by a zero byte, that are named by their offset. */
final class StringTable {
    static final StringTable EMPTY = new StringTable(new byte[0]);

    /** Longer names are cut, so that overlapping names cannot take more memory than a few times the file. */
    private static final int LONGEST_NAME = 1024;

    private final byte[] bytes;

    StringTable(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The string at {@code offset}; empty where that is outside. */
    String at(long offset) {
        if (offset < 0 || offset >= bytes.length) {
            return "";
        }
        int start = (int) offset;
        int limit = (int) Math.min(bytes.length, offset + LONGEST_NAME);
        int end = start;
        while (end < limit && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }
}
