package io.scratchvm.vmm.linux.mm;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SHIFT;
import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.PhysicalMemory;

/** Gives an address space's pages their frames, and takes them back: the frames where its layout wants them, if they are free. */
final class PageFrames implements PageTables.TableFrames {
    private final AddressSpaceState layout;
    private final Frames frames;
    private final PageTables tables;
    private final PhysicalMemory memory;
    private final Vcpu vcpu;

    /** @param layout whose page tables are in {@code memory} already */
    PageFrames(AddressSpaceState layout, Frames frames, PhysicalMemory memory, Vcpu vcpu) {
        this.layout = layout;
        this.frames = frames;
        this.memory = memory;
        this.vcpu = vcpu;
        this.tables = new PageTables(memory, this, layout.root());
    }

    PageTables tables() {
        return tables;
    }

    /** Gives every page of [start, end) that has no frame one. False, and nothing changed, where memory is used up. */
    boolean populate(long start, long end, int protection) {
        long pages = end - start >> PAGE_SHIFT;
        long[] present = {0};
        tables.visit(start, end, (linear, at, entry) -> present[0]++);
        long needed = pages - present[0];
        if (needed > frames.free() || needed + tables.missingTables(start, end) > frames.free()) {
            return false;
        }
        if (needed == 0) {
            return true;
        }
        if (present[0] == 0) {
            return populateEmpty(start, end, protection);
        }
        for (long page = start; page < end; page += PAGE_SIZE) {
            if (tables.entry(page) == 0 && !populateEmpty(page, page + PAGE_SIZE, protection)) {
                return false;
            }
        }
        return true;
    }

    /** Populates pages none of which has a frame; there are enough free ones, unless the guest has ruined its tables. */
    private boolean populateEmpty(long start, long end, int protection) {
        long count = end - start >> PAGE_SHIFT;
        long first = preferredFrame(start);
        if (!frames.isFree(first, count)) {
            if (layout.identity()) {
                return false;
            }
            first = frames.lowestRun(count);
        }
        if (first >= 0) {
            frames.take(first, count);
        }
        long bits = bits(protection);
        for (long page = start; page < end; page += PAGE_SIZE) {
            long frame = first >= 0 ? first++ : takeLowest();
            if (frame < 0 || !tables.set(page, frame << PAGE_SHIFT | bits)) {
                return false;
            }
        }
        return true;
    }

    private long preferredFrame(long linear) {
        if (layout.identity()) {
            return linear >> PAGE_SHIFT;
        }
        for (Zone zone : layout.zones()) {
            if (zone.contains(linear)) {
                return zone.frame(linear);
            }
        }
        return -1;
    }

    /** The lowest free frame, now taken; or -1. */
    long takeLowest() {
        long frame = frames.lowestFree(0, frames.total());
        if (frame >= 0) {
            frames.take(frame, 1);
        }
        return frame;
    }

    /** What the entry of a page with this protection says besides its frame. */
    long bits(int protection) {
        if (protection == Region.PROT_NONE) {
            return PageTables.HIDDEN;
        }
        boolean noExecute = (protection & Region.PROT_EXEC) == 0 && (vcpu.efer & ControlRegisters.EFER_NXE) != 0;
        return PageTables.PRESENT
                | PageTables.USER
                | ((protection & Region.PROT_WRITE) != 0 ? PageTables.WRITE : 0)
                | (noExecute ? PageTables.NO_EXECUTE : 0);
    }

    @Override
    public long allocateTable() {
        long frame = frames.lowestFree(layout.tablesStart() >> PAGE_SHIFT, layout.tablesEnd() >> PAGE_SHIFT);
        frame = frame >= 0 ? frame : frames.highestFree();
        if (frame >= 0) {
            frames.take(frame, 1);
        }
        return frame < 0 ? -1 : frame << PAGE_SHIFT;
    }

    @Override
    public long usedFrames() {
        return frames.total() - frames.free();
    }

    @Override
    public void freeTable(long address) {
        release(address);
    }

    /** One page less has the frame at {@code address}, which is free and zero once none has. */
    void release(long address) {
        if (!frames.unshare(address >> PAGE_SHIFT)) {
            memory.clear(address, PAGE_SIZE);
            frames.release(address >> PAGE_SHIFT);
        }
    }
}
