package io.scratchvm.vmm.linux.mm;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SHIFT;
import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.abi.UserFaults;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * The guest process's linear addresses: its regions, as Linux's VMAs, the page tables that make them true, and the
 * frames behind them.
 *
 * <p>A page gets its frame when its region is made, so that a guest is told -ENOMEM rather than killed later; only the
 * stack and regions {@linkplain Region#onDemand on demand} get theirs in {@link #resolve}. Frames that were never
 * written take no memory of the host. A free frame holds zeros.
 *
 * <p>Addresses and lengths of all methods are multiples of 4096 unless said otherwise.
 */
public final class AddressSpace implements UserFaults {
    /** How far a growing stack keeps away from what lies below it: Linux's stack_guard_gap. */
    private static final long GUARD_GAP = 256 * PAGE_SIZE;
    /** Pages that one fault brings in where there is room, so that a touched range needs few faults. */
    private static final long AROUND = 16 * PAGE_SIZE;

    private final Vcpu vcpu;
    private final Mmu mmu;
    private final PhysicalMemory memory;
    private final AddressSpaceState layout;
    private final Frames frames;
    private final FileMappings files;
    private final PageFrames pages;
    private final PageTables tables;
    private final Regions regions = new Regions();
    private long brk;

    /**
     * Makes the address space that {@code state} describes; its page tables are in memory already.
     *
     * @throws VmmException if the state contradicts itself or the memory
     */
    public AddressSpace(AddressSpaceState state, Vcpu vcpu, Mmu mmu) {
        this(state, new Frames(frameCount(mmu.physical().size()), state.frames()), vcpu, mmu);
    }

    private AddressSpace(AddressSpaceState state, Frames frames, Vcpu vcpu, Mmu mmu) {
        this(state, frames, new FileMappings(mmu.physical(), frames), vcpu, mmu);
    }

    /** As the other constructor, beside address spaces that use the same frames and files. */
    AddressSpace(AddressSpaceState state, Frames frames, FileMappings files, Vcpu vcpu, Mmu mmu) {
        this.vcpu = vcpu;
        this.mmu = mmu;
        this.memory = mmu.physical();
        this.layout = state;
        this.brk = state.brk();
        this.frames = frames;
        this.files = files;
        this.pages = new PageFrames(state, frames, memory, vcpu);
        this.tables = pages.tables();
        AddressSpaceRules.check(state, memory);
        state.regions().forEach(this::restoreRegion);
        files.add(this);
    }

    private static int frameCount(long memorySize) {
        if (memorySize >> PAGE_SHIFT > Integer.MAX_VALUE - 1) {
            throw new VmmException(
                    "memory of " + memorySize + " bytes: a guest under Linux's rules can use less than 8 TiB");
        }
        return (int) (memorySize >> PAGE_SHIFT);
    }

    private void restoreRegion(Region region) {
        AddressSpaceRules.check(region, layout.limit());
        if (!regions.isEmpty(region.start(), region.end())) {
            throw AddressSpaceRules.contradiction(region);
        }
        regions.add(region);
    }

    public AddressSpaceState state() {
        return new AddressSpaceState(
                layout.identity(),
                layout.root(),
                layout.tablesStart(),
                layout.tablesEnd(),
                layout.floor(),
                layout.ceiling(),
                layout.limit(),
                layout.brkStart(),
                brk,
                layout.stackLimit(),
                layout.zones(),
                regions.all(),
                frames.state());
    }

    /** The regions, in ascending order. */
    public List<Region> regions() {
        return regions.all();
    }

    // -- what the memory calls are made of --------------------------------------------------------------------------

    /** First address past the user's part. */
    public long limit() {
        return layout.limit();
    }

    public long floor() {
        return layout.floor();
    }

    /** The heap's end, to the byte. */
    public long brk() {
        return brk;
    }

    /** Moves the heap's end; any address. Whether that was possible. */
    public boolean setBrk(long address) {
        if (address < layout.brkStart() || address > layout.limit()) {
            return false;
        }
        long oldEnd = pageEnd(brk);
        long newEnd = pageEnd(address);
        if (newEnd < oldEnd) {
            unmap(newEnd, oldEnd);
        } else if (newEnd > oldEnd) {
            Region heap = new Region(oldEnd, newEnd, Region.PROT_READ | Region.PROT_WRITE, Region.Kind.HEAP, false);
            if (!isFree(oldEnd, newEnd) || !map(heap)) {
                return false;
            }
        }
        brk = address;
        return true;
    }

    private static long pageEnd(long address) {
        return address + PAGE_SIZE - 1 & -PAGE_SIZE;
    }

    /** Whether nothing is in [start, end), a growing stack's distance included. */
    public boolean isFree(long start, long end) {
        if (!regions.isEmpty(start, end)) {
            return false;
        }
        Region next = regions.from(end);
        return next == null || !grows(next) || next.start() - end >= GUARD_GAP;
    }

    public boolean isCovered(long start, long end) {
        return regions.cover(start, end);
    }

    public List<Region> regionsIn(long start, long end) {
        return regions.in(start, end);
    }

    public Region regionAt(long address) {
        return regions.at(address);
    }

    public boolean hasRoomForRegions(int more) {
        return regions.count() + more <= Regions.LIMIT;
    }

    public boolean removalExceedsLimit(long start, long end) {
        return regions.removalExceedsLimit(start, end);
    }

    /** The highest free range of {@code length} bytes in [floor, ceiling), or -1. */
    public long findFree(long length) {
        return findFree(length, layout.floor(), layout.ceiling());
    }

    /** The highest free range of {@code length} bytes in [from, to), or -1. */
    public long findFree(long length, long from, long to) {
        long end = to;
        while (end - length >= from) {
            long start = end - length;
            Region region = regions.lastIn(start, end);
            long usedFrame = layout.identity() ? frames.lastUsed(start >> PAGE_SHIFT, end >> PAGE_SHIFT) : -1;
            if (region != null) {
                end = region.start();
            } else if (usedFrame >= 0) {
                end = usedFrame << PAGE_SHIFT;
            } else if (!isFree(start, end)) {
                end = regions.from(end).start() - GUARD_GAP;
            } else {
                return start;
            }
        }
        return -1;
    }

    /** Adds a region of zeros where none is. False, and nothing changed, where memory is used up. */
    public boolean map(Region region) {
        if (region.protection() != Region.PROT_NONE && !region.onDemand() && !populate(region)) {
            return false;
        }
        regions.add(region);
        return true;
    }

    private boolean populate(Region region) {
        return pages.populate(region.start(), region.end(), region.protection());
    }

    /** Removes whatever is in [start, end). */
    public void unmap(long start, long end) {
        if (regions.isEmpty(start, end)) {
            return;
        }
        tables.visit(start, end, this::removePage);
        regions.remove(start, end);
        tables.prune(start, end, regions::isEmpty);
        files.sweep();
        mmu.flush();
    }

    private void removePage(long linear, long at, long entry) {
        memory.writeTableEntry(at, 0);
        Region region = regions.at(linear);
        if (region != null && region.file() != null) {
            files.give(region.file().plus(linear - region.start()), entry);
        } else {
            pages.release(entry & PageTables.ADDRESS);
        }
    }

    /** Changes the protection of [start, end), which regions cover. False where memory is used up. */
    public boolean protect(long start, long end, int protection) {
        for (Region part : regions.in(start, end)) {
            if (part.protection() == protection) {
                continue;
            }
            Region changed = part.withProtection(protection);
            if (protection != Region.PROT_NONE && !part.onDemand() && !populate(changed)
                    || changed.isPrivateAndWritable() && !own(part.start(), part.end())) {
                return false;
            }
            regions.remove(part.start(), part.end());
            regions.add(changed);
            long bits = pages.bits(protection);
            tables.visit(part.start(), part.end(), (linear, at, entry) -> {
                long kept = entry & (PageTables.ADDRESS | ACCESSED_AND_DIRTY);
                memory.writeTableEntry(at, kept | bits);
            });
        }
        mmu.flush();
        return true;
    }

    private static final long ACCESSED_AND_DIRTY = 0x60;

    /** Makes the pages of [start, end) zeros again (MADV_DONTNEED). False where memory is used up. */
    public boolean discard(long start, long end) {
        if (!own(start, end)) {
            return false;
        }
        tables.visit(start, end, (linear, at, entry) -> memory.clear(entry & PageTables.ADDRESS, PAGE_SIZE));
        return true;
    }

    /** Gives each page of [start, end) that others share a frame of its own. False where memory is used up. */
    private boolean own(long start, long end) {
        return new ForkedPages(memory, frames).own(tables, start, end);
    }

    /** Moves a region's pages to {@code to}, where nothing is, and removes it where it was. */
    public boolean move(Region region, long to) {
        long distance = to - region.start();
        if (layout.identity() || tables.missingTables(to, to + region.end() - region.start()) > frames.free()) {
            return false;
        }
        tables.visit(region.start(), region.end(), (linear, at, entry) -> {
            memory.writeTableEntry(at, 0);
            tables.set(linear + distance, entry);
        });
        regions.remove(region.start(), region.end());
        regions.add(region.movedTo(to));
        tables.prune(region.start(), region.end(), regions::isEmpty);
        mmu.flush();
        return true;
    }

    /** How many frames nobody uses. */
    public long freeFrames() {
        return frames.free();
    }

    /** Whether addresses are fixed to frames, so that pages cannot move. */
    public boolean isIdentity() {
        return layout.identity();
    }

    // -- other address spaces -----------------------------------------------------------------------------------------

    /** Tells {@code visitor} the frame of each page. */
    void visitFrames(LongConsumer visitor) {
        tables.visit(
                0, layout.limit(), (linear, at, entry) -> visitor.accept((entry & PageTables.ADDRESS) >> PAGE_SHIFT));
    }

    /** The frames of physical memory, which all address spaces share. */
    public Frames frames() {
        return frames;
    }

    /** The physical address of the byte at {@code linear}, whose page has a frame. */
    public long physical(long linear) {
        return tables.entry(linear) & PageTables.ADDRESS | linear & PAGE_SIZE - 1;
    }

    /** Stores a number where the program may write it, whoever runs; elsewhere nothing is stored. */
    public void store(long linear, int value) {
        long entry = tables.entry(linear);
        boolean writable = (entry & PageTables.WRITE) != 0 && (linear & 3) == 0;
        if (writable) {
            memory.write32(physical(linear), value);
        }
    }

    /** What CR3 is to hold. */
    public long root() {
        return layout.root();
    }

    /**
     * A new address space with the same contents: pages that the program may not write and those that are mapped shared are
     * the same ones, of the others there are copies. Null where memory is used up.
     */
    @Nullable
    public AddressSpace fork() {
        AddressSpace copy = beside(state().withoutFrames());
        if (copy == null) {
            return null;
        }
        ForkedPages pages = new ForkedPages(memory, frames);
        boolean enough = true;
        for (Region region : regions.all()) {
            enough = enough && pages.fork(tables, copy.tables, region);
        }
        if (!enough) {
            copy.release();
            return null;
        }
        return copy;
    }

    /** The address space that {@code state}, a record's, describes; its page tables are in memory already. */
    public AddressSpace besideOf(AddressSpaceState state) {
        return new AddressSpace(state, frames, files, vcpu, mmu);
    }

    /** An address space of this layout, without pages, under a top table of its own. Null where memory is used up. */
    @Nullable
    public AddressSpace beside(AddressSpaceState layout) {
        long root = pages.allocateTable();
        if (root < 0) {
            return null;
        }
        PageTables.copyUpperHalf(memory, this.layout.root(), root);
        return new AddressSpace(layout.withRoot(root), frames, files, vcpu, mmu);
    }

    /** Gives everything back; nobody uses this address space any more. */
    public void release() {
        tables.visit(0, layout.limit(), this::removePage);
        tables.prune(0, layout.limit(), (start, end) -> true);
        pages.release(layout.root());
        files.remove(this);
        mmu.flush();
    }

    // -- files that are mapped shared ---------------------------------------------------------------------------------

    /** The files that regions of this and other address spaces name. */
    public FileMappings files() {
        return files;
    }

    /** Sees a page of a file that has a frame. */
    interface FilePageVisitor {
        /** @param at the entry's physical address */
        void page(FileRange page, long at, long entry);
    }

    void visitFilePages(FilePageVisitor visitor) {
        for (Region region : regions.all()) {
            FileRange file = region.file();
            if (file != null) {
                tables.visit(
                        region.start(),
                        region.end(),
                        (linear, at, entry) -> visitor.page(file.plus(linear - region.start()), at, entry));
            }
        }
    }

    /** Takes away those pages of files for which {@code test} holds. */
    void dropFilePages(Predicate<FileRange> test) {
        visitFilePages((page, at, entry) -> {
            if (test.test(page)) {
                memory.writeTableEntry(at, 0);
                files.give(page, entry & ~PageTables.DIRTY);
            }
        });
        mmu.flush();
    }

    /** Adds the ids of the descriptions that regions name. */
    void addMappedFiles(Set<Integer> ids) {
        for (Region region : regions.all()) {
            if (region.file() != null) {
                ids.add(region.file().file());
            }
        }
    }

    /** Entries were changed: nothing remembers them as they were. */
    void flush() {
        mmu.flush();
    }

    /** Whether a fault is for a page of a file that ends before it. */
    public boolean isPastEndOfFile(Fault fault) {
        Region region = fault.address() < 0 ? null : regions.at(fault.address());
        return region != null
                && region.file() != null
                && isForMissingPage(fault)
                && files.isPastEnd(page(region, region.file(), fault.address()));
    }

    private static FileRange page(Region region, FileRange file, long address) {
        return file.plus((address & -PAGE_SIZE) - region.start());
    }

    private boolean bringInFilePage(Region region, FileRange file, long page) {
        if (tables.missingTables(page, page + PAGE_SIZE) >= frames.free()) {
            return false;
        }
        long frame = files.take(page(region, file, page));
        return frame >= 0 && tables.set(page, frame | pages.bits(region.protection()));
    }

    // -- what loaders do --------------------------------------------------------------------------------------------

    /** Takes those frames of the physical range [start, end) that are free; any numbers inside memory. */
    public void reserve(long start, long end) {
        for (long frame = start >> PAGE_SHIFT; frame << PAGE_SHIFT < end; frame++) {
            if (frames.isFree(frame, 1)) {
                frames.take(frame, 1);
            }
        }
    }

    /** Adds a region whose pages lie identically, in frames that are reserved. False where memory is used up. */
    public boolean mapReserved(Region region) {
        if (tables.missingTables(region.start(), region.end()) > frames.free()) {
            return false;
        }
        for (long page = region.start(); page < region.end(); page += PAGE_SIZE) {
            tables.set(page, page | pages.bits(region.protection()));
        }
        regions.add(region);
        return true;
    }

    /** Maps one page outside the user's part: supervisor, read and execute only. False where memory is used up. */
    public boolean mapSupervisorPage(long linear, long frame) {
        return mapKernelPage(linear, frame | PageTables.PRESENT);
    }

    /** As {@link #mapSupervisorPage}, for programs to read and execute, too. */
    public boolean mapKernelPageForUser(long linear, long frame) {
        return mapKernelPage(linear, frame | PageTables.PRESENT | PageTables.USER);
    }

    /** Whether there is a page at {@code linear}, the kernel's among them. */
    public boolean hasPage(long linear) {
        return tables.entry(linear) != 0;
    }

    private boolean mapKernelPage(long linear, long entry) {
        if (tables.missingTables(linear, linear + PAGE_SIZE) > frames.free()) {
            return false;
        }
        tables.set(linear, entry);
        return true;
    }

    /** A free frame's address, now taken, or -1. */
    public long allocateFrame() {
        long frame = pages.takeLowest();
        return frame < 0 ? -1 : frame << PAGE_SHIFT;
    }

    /** Writes what a program finds at {@code linear}, whatever the protection; the pages have frames. */
    public void initialize(long linear, byte[] from, int offset, int length) {
        while (length > 0) {
            int inPage = (int) linear & PAGE_SIZE - 1;
            int count = Math.min(length, PAGE_SIZE - inPage);
            memory.write((tables.entry(linear) & PageTables.ADDRESS) + inPage, from, offset, count);
            linear += count;
            offset += count;
            length -= count;
        }
    }

    // -- faults -----------------------------------------------------------------------------------------------------

    /**
     * Brings in what a fault of ring 3 asks for: a page of a region on demand, or more stack.
     *
     * @return whether the instruction can be tried again; otherwise the fault is the program's
     */
    @Override
    public boolean resolve(Fault fault) {
        return fault.vector() == Fault.PF && isForMissingPage(fault) && bringIn(fault.address());
    }

    /** Whether {@link #resolve} would have helped, had there been free memory. */
    public boolean lacksMemory(Fault fault) {
        return fault.vector() == Fault.PF && isForMissingPage(fault) && !isPastEndOfFile(fault);
    }

    private boolean isForMissingPage(Fault fault) {
        long page = fault.address() & -PAGE_SIZE;
        if (fault.address() < 0
                || fault.address() >= layout.limit()
                || (fault.errorCode() & PROTECTION_VIOLATION) != 0) {
            return false;
        }
        Region region = regions.at(page);
        if (region == null) {
            Region next = regions.from(page);
            return next != null && canGrowTo(next, page);
        }
        return region.onDemand() && allows(region, fault.errorCode()) && tables.entry(page) == 0;
    }

    /** Bits of a page fault's error code (Intel SDM volume 3, figure 4-12). */
    private static final int PROTECTION_VIOLATION = 1, WRITE_ACCESS = 2, FETCH = 16;

    private static boolean allows(Region region, int errorCode) {
        if ((errorCode & WRITE_ACCESS) != 0) {
            return (region.protection() & Region.PROT_WRITE) != 0;
        }
        if ((errorCode & FETCH) != 0) {
            return (region.protection() & Region.PROT_EXEC) != 0;
        }
        return region.protection() != Region.PROT_NONE;
    }

    private boolean grows(Region region) {
        return region.kind() == Region.Kind.STACK && region.start() > layout.stackLimit() && region.protection() != 0;
    }

    private boolean canGrowTo(Region stack, long page) {
        if (!grows(stack) || page < layout.stackLimit()) {
            return false;
        }
        Region below = regions.before(page);
        return below == null || below.protection() == Region.PROT_NONE || page - below.end() >= GUARD_GAP;
    }

    private boolean bringIn(long address) {
        long page = address & -PAGE_SIZE;
        Region region = regions.at(page);
        if (region == null) {
            Region stack = regions.from(page);
            long start = Math.max(layout.stackLimit(), address & -AROUND);
            return canGrowTo(stack, start) && map(stack.withRange(start, stack.start()))
                    || map(stack.withRange(page, stack.start()));
        }
        if (region.file() != null) {
            return bringInFilePage(region, region.file(), page);
        }
        long start = Math.max(region.start(), address & -AROUND);
        long end = Math.min(region.end(), (address & -AROUND) + AROUND);
        return pages.populate(start, end, region.protection())
                || pages.populate(page, page + PAGE_SIZE, region.protection());
    }
}
