package io.scratchvm.vmm.linux.mm;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SHIFT;
import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.memory.PhysicalMemory;

/** What happens to pages when a process forks, and when one that was shared since is to be written after all. */
final class ForkedPages {
    private final PhysicalMemory memory;
    private final Frames frames;
    private final byte[] page = new byte[PAGE_SIZE];
    /** No frame below is free. */
    private long firstFree;

    private boolean enough = true;

    ForkedPages(PhysicalMemory memory, Frames frames) {
        this.memory = memory;
        this.frames = frames;
    }

    /** Gives the pages of a region to another address space, too. False where memory is used up. */
    boolean fork(PageTables from, PageTables to, Region region) {
        boolean copies = region.isPrivateAndWritable();
        from.visit(region.start(), region.end(), (linear, at, entry) -> {
            long given = !enough ? 0 : copies ? copy(entry) : share(entry);
            if (given != 0 && !to.set(linear, given)) {
                takeBack(given);
                enough = false;
            }
        });
        return enough;
    }

    private void takeBack(long entry) {
        long frame = (entry & PageTables.ADDRESS) >> PAGE_SHIFT;
        if (!frames.unshare(frame)) {
            memory.clear(frame << PAGE_SHIFT, PAGE_SIZE);
            frames.release(frame);
        }
    }

    private long share(long entry) {
        frames.share((entry & PageTables.ADDRESS) >> PAGE_SHIFT);
        return entry;
    }

    /** An entry like {@code entry}, of a frame with the same contents; 0 where there is none. */
    private long copy(long entry) {
        long frame = frames.lowestFree(firstFree, frames.total());
        if (frame < 0) {
            enough = false;
            return 0;
        }
        firstFree = frame + 1;
        frames.take(frame, 1);
        long source = entry & PageTables.ADDRESS;
        if (!memory.isZeroPage(source)) {
            memory.read(source, page, 0, PAGE_SIZE);
            memory.write(frame << PAGE_SHIFT, page, 0, PAGE_SIZE);
        }
        return entry & ~PageTables.ADDRESS | frame << PAGE_SHIFT;
    }

    /** Copies the pages of [start, end) that other address spaces have too. False where memory is used up. */
    boolean own(PageTables tables, long start, long end) {
        tables.visit(start, end, (linear, at, entry) -> {
            long frame = (entry & PageTables.ADDRESS) >> PAGE_SHIFT;
            if (enough && frames.isShared(frame)) {
                long own = copy(entry);
                if (enough) {
                    memory.writeTableEntry(at, own);
                    frames.unshare(frame);
                }
            }
        });
        return enough;
    }
}
