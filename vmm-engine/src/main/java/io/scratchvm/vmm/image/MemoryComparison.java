package io.scratchvm.vmm.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which pages of two images' memory differ. Megabytes that both images store with the same digests are not read. Memory
 * that one image does not have counts as zero.
 */
final class MemoryComparison {
    /** More than this are counted and not kept. */
    static final int MOST_KEPT = 200;

    private static final int CHUNK = MemoryMap.MAX_RUN;
    private static final int PAGE = MemoryMap.PAGE;

    /**
     * Pages that differ and follow each other.
     *
     * @param address guest physical
     * @param length in bytes, a multiple of 4096
     * @param differing how many of the bytes differ
     */
    record Range(long address, long length, long differing) {
        long end() {
            return address + length;
        }
    }

    private final LazyMemory before;
    private final LazyMemory after;
    private final byte[] old = new byte[CHUNK];
    private final byte[] now = new byte[CHUNK];
    private final List<Range> ranges = new ArrayList<>();
    private Range open;
    private int count;
    private long pages;
    private long bytes;

    private MemoryComparison(Image before, Image after) {
        this.before = new LazyMemory(before);
        this.after = new LazyMemory(after);
    }

    /** @throws io.scratchvm.vmm.api.VmmException if a run that has to be read does not match its digest */
    static MemoryComparison of(Image before, Image after) throws IOException {
        MemoryComparison comparison = new MemoryComparison(before, after);
        for (long at = comparison.next(0); at >= 0; at = comparison.next(at + CHUNK)) {
            comparison.compareChunk(at);
        }
        comparison.closeRange();
        return comparison;
    }

    /** The first {@link #MOST_KEPT} of them, in ascending order. */
    List<Range> ranges() {
        return ranges;
    }

    /** How many more there are. */
    int omitted() {
        return count - ranges.size();
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** How many pages differ. */
    long pages() {
        return pages;
    }

    /** How many bytes differ. */
    long bytes() {
        return bytes;
    }

    /** The first megabyte from {@code address} on that one of the images stores something of; -1 if there is none. */
    private long next(long address) {
        long inBefore = before.nextChunk(address);
        long inAfter = after.nextChunk(address);
        return inBefore < 0 || inAfter < 0 ? Math.max(inBefore, inAfter) : Math.min(inBefore, inAfter);
    }

    private void compareChunk(long address) throws IOException {
        if (same(before.runs(address), after.runs(address))) {
            return;
        }
        before.read(address, old);
        after.read(address, now);
        for (int page = 0; page < CHUNK; page += PAGE) {
            if (!Arrays.equals(old, page, page + PAGE, now, page, page + PAGE)) {
                addPage(address + page, differing(page));
            }
        }
    }

    private static boolean same(List<MemoryMap.Run> before, List<MemoryMap.Run> after) {
        boolean same = before.size() == after.size();
        for (int i = 0; same && i < before.size(); i++) {
            MemoryMap.Run old = before.get(i);
            MemoryMap.Run now = after.get(i);
            same = old.address() == now.address()
                    && old.length() == now.length()
                    && Arrays.equals(old.sha256(), now.sha256());
        }
        return same;
    }

    private int differing(int page) {
        int differing = 0;
        for (int i = page; i < page + PAGE; i++) {
            differing += old[i] == now[i] ? 0 : 1;
        }
        return differing;
    }

    private void addPage(long address, int differing) {
        pages++;
        bytes += differing;
        if (open != null && open.end() == address) {
            open = new Range(open.address(), open.length() + PAGE, open.differing() + differing);
        } else {
            closeRange();
            open = new Range(address, PAGE, differing);
        }
    }

    private void closeRange() {
        if (open != null && count++ < MOST_KEPT) {
            ranges.add(open);
        }
        open = null;
    }
}
