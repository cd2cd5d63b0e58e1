package io.scratchvm.vmm.memory;

import java.util.Arrays;

/**
 * A direct-mapped translation cache for one privilege: from a linear page to the window that holds it. Derived state,
 * never saved. Reads, writes and fetches have tags of their own; a tag is the page's linear address, or 1.
 */
final class Tlb {
    static final int ENTRIES = 1024;
    private static final long NONE = 1;

    final long[] readTags = new long[ENTRIES];
    final long[] writeTags = new long[ENTRIES];
    final byte[][] readWindows = new byte[ENTRIES][];
    final byte[][] writeWindows = new byte[ENTRIES][];
    final int[] readOffsets = new int[ENTRIES];
    final int[] writeOffsets = new int[ENTRIES];

    Tlb() {
        flush();
    }

    static int slot(long linear) {
        return (int) (linear >>> PhysicalMemory.PAGE_SHIFT) & ENTRIES - 1;
    }

    void flush() {
        Arrays.fill(readTags, NONE);
        flushWrites();
    }

    void flushWrites() {
        Arrays.fill(writeTags, NONE);
    }
}
