package io.scratchvm.vmm.linux.mm;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SHIFT;
import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.memory.PhysicalMemory;

/**
 * Edits 4-level page tables in guest memory (Intel SDM volume 3, section 4.5), 4 KiB pages only. The tables are the
 * guest's to ruin: what is read from them is never trusted to lead inside memory or to an end.
 *
 * <p>Nothing here drops translations; see {@link PhysicalMemory#writeTableEntry}.
 */
final class PageTables {
    static final long PRESENT = 1, WRITE = 2, USER = 4, NO_EXECUTE = 1L << 63;

    /** An available bit: the entry is not present, but has a frame. Pages without access (PROT_NONE) keep theirs. */
    static final long HIDDEN = 1 << 9;

    /** Whether the page was written (Intel SDM volume 3, table 4-20). */
    static final long DIRTY = 1 << 6;

    static final long ADDRESS = 0xf_ffff_ffff_f000L;
    private static final int LEVELS = 4;
    private static final int ENTRIES = 512;

    /** Is given each page that has a frame. */
    interface Visitor {
        /** @param at the entry's physical address */
        void page(long linear, long at, long entry);
    }

    /** Where table pages come from and go to. */
    interface TableFrames {
        /** The address of a page of zeros, or -1. */
        long allocateTable();

        void freeTable(long address);

        /** How many frames are in use, tables among them. */
        long usedFrames();
    }

    /** Says whether nothing is in [start, end). */
    interface SpanTest {
        boolean test(long start, long end);
    }

    private final PhysicalMemory memory;
    private final TableFrames tableFrames;
    private final long root;

    PageTables(PhysicalMemory memory, TableFrames tableFrames, long root) {
        this.memory = memory;
        this.tableFrames = tableFrames;
        this.root = root;
    }

    /** Lets the upper half, which is the kernel's, be the same under another top table, whose upper half is empty. */
    static void copyUpperHalf(PhysicalMemory memory, long from, long to) {
        for (int index = ENTRIES / 2; index < ENTRIES; index++) {
            long entry = memory.read64(from + index * 8);
            if (entry != 0) {
                memory.writeTableEntry(to + index * 8, entry);
            }
        }
    }

    /** The entry of the page at {@code linear}, 0 where it has none. */
    long entry(long linear) {
        long table = root;
        for (int level = LEVELS; ; level--) {
            long entry = memory.read64(at(table, linear, level));
            if (level == 1 || (entry & PRESENT) == 0) {
                return level == 1 && hasFrame(entry) ? entry : 0;
            }
            table = entry & ADDRESS;
        }
    }

    static boolean hasFrame(long entry) {
        return (entry & (PRESENT | HIDDEN)) != 0;
    }

    /**
     * Sets the entry of the page at {@code linear}; missing tables are allocated.
     *
     * @return false if there is no frame for them, which cannot be where {@link #missingTables} were free before
     */
    boolean set(long linear, long entry) {
        long table = root;
        for (int level = LEVELS; level > 1; level--) {
            long at = at(table, linear, level);
            long next = memory.read64(at);
            if ((next & PRESENT) == 0) {
                long allocated = tableFrames.allocateTable();
                if (allocated < 0) {
                    return false;
                }
                next = allocated | PRESENT | WRITE | USER;
                memory.writeTableEntry(at, next);
            }
            table = next & ADDRESS;
        }
        memory.writeTableEntry(at(table, linear, 1), entry);
        return true;
    }

    /** How many tables {@link #set} would allocate for the pages of [start, end). */
    int missingTables(long start, long end) {
        return missing(root, LEVELS, start, end - 1);
    }

    /** @param last the range's last byte */
    private int missing(long table, int level, long start, long last) {
        int missing = 0;
        for (long from = start; from <= last && from >= 0; from = spanEnd(from, level)) {
            long to = Math.min(last, spanEnd(from, level) - 1);
            long entry = memory.read64(at(table, from, level));
            if ((entry & PRESENT) == 0) {
                missing += tablesFor(level - 1, from, to);
            } else if (level > 2) {
                missing += missing(entry & ADDRESS, level - 1, from, to);
            }
        }
        return missing;
    }

    /** The tables of {@code level} and below that a range inside one such table's span needs. */
    private static int tablesFor(int level, long from, long to) {
        int tables = 1;
        for (int l = level; l > 1; l--) {
            int shift = shift(l);
            tables += (int) ((to >>> shift) - (from >>> shift)) + 1;
        }
        return tables;
    }

    /** Shows {@code visitor} every page of [start, end) that has a frame, in order. */
    void visit(long start, long end, Visitor visitor) {
        if (start < end) {
            visit(root, LEVELS, start, end - 1, visitor, stepLimit());
        }
    }

    private long visit(long table, int level, long start, long last, Visitor visitor, long steps) {
        for (long from = start; from <= last && steps > 0; from = spanEnd(from, level)) {
            steps--;
            long at = at(table, from, level);
            long entry = memory.read64(at);
            if (level == 1) {
                if (hasFrame(entry)) {
                    visitor.page(from & -PAGE_SIZE, at, entry);
                }
            } else if ((entry & PRESENT) != 0) {
                long to = Math.min(last, spanEnd(from, level) - 1);
                steps = visit(entry & ADDRESS, level - 1, from, to, visitor, steps);
            }
        }
        return steps;
    }

    /** Frees the tables under [start, end) for whose whole span {@code unused} holds: their pages are all gone. */
    void prune(long start, long end, SpanTest unused) {
        if (start < end) {
            prune(root, LEVELS, start, end - 1, unused, stepLimit());
        }
    }

    private long prune(long table, int level, long start, long last, SpanTest unused, long steps) {
        for (long from = start; from <= last && steps > 0; from = spanEnd(from, level)) {
            steps--;
            long at = at(table, from, level);
            long entry = memory.read64(at);
            if ((entry & PRESENT) == 0) {
                continue;
            }
            if (level > 2) {
                long to = Math.min(last, spanEnd(from, level) - 1);
                steps = prune(entry & ADDRESS, level - 1, from, to, unused, steps);
            }
            if (unused.test(from & -(1L << shift(level)), spanEnd(from, level))) {
                memory.writeTableEntry(at, 0);
                tableFrames.freeTable(entry & ADDRESS);
            }
        }
        return steps;
    }

    /** Well-formed tables have fewer entries than this; a walk around a cycle that a guest made ends here. */
    private long stepLimit() {
        return ENTRIES * (tableFrames.usedFrames() + LEVELS);
    }

    /** The first address past what one entry of a table of {@code level} covers. */
    private static long spanEnd(long linear, int level) {
        return (linear >>> shift(level)) + 1 << shift(level);
    }

    private static long at(long table, long linear, int level) {
        return table + (linear >>> shift(level) & ENTRIES - 1) * 8;
    }

    private static int shift(int level) {
        return PAGE_SHIFT + 9 * (level - 1);
    }
}
