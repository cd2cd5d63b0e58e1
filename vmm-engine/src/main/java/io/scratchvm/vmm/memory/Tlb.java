package io.scratchvm.vmm.memory;

import java.util.Arrays;

/**
 * A direct-mapped translation cache for one privilege: from a linear page to the window that holds it. Derived state,
 * never saved. Reads and writes have tags of their own; a tag is the page's linear address, or 1.
 *
 * <p>Pages whose writes must be reported have no window to write to; where they are is remembered apart.
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

    private static final int REPORTED_ENTRIES = 64;
    private final long[] reportedTags = new long[REPORTED_ENTRIES];
    private final long[] reportedPages = new long[REPORTED_ENTRIES];

    Tlb() {
        flush();
    }

    static int slot(long linear) {
        return (int) (linear >>> PhysicalMemory.PAGE_SHIFT) & ENTRIES - 1;
    }

    /** The physical address of {@code linear} if its page may be written and the write must be reported; or -1. */
    long reported(long linear) {
        int slot = (int) (linear >>> PhysicalMemory.PAGE_SHIFT) & REPORTED_ENTRIES - 1;
        return reportedTags[slot] == (linear & -PhysicalMemory.PAGE_SIZE)
                ? reportedPages[slot] | linear & PhysicalMemory.PAGE_SIZE - 1
                : -1;
    }

    void setReported(long linear, long physical) {
        int slot = (int) (linear >>> PhysicalMemory.PAGE_SHIFT) & REPORTED_ENTRIES - 1;
        reportedTags[slot] = linear & -PhysicalMemory.PAGE_SIZE;
        reportedPages[slot] = physical & -PhysicalMemory.PAGE_SIZE;
    }

    void flush() {
        Arrays.fill(readTags, NONE);
        Arrays.fill(reportedTags, NONE);
        flushWrites();
    }

    void flushWrites() {
        Arrays.fill(writeTags, NONE);
    }
}
