package io.scratchvm.vmm.memory;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;
import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;

/**
 * The guest's linear address space: translation, protection and access. Accesses of the running program go through a
 * TLB for its privilege; an access that crosses a page checks both pages before it changes anything.
 *
 * <p>{@link #synchronize} must be called after a change of CR0, CR3, CR4, EFER, CPL or RFLAGS.AC and before the next
 * access.
 */
public final class Mmu implements PhysicalMemory.WriteObserver {
    /** Told when decoded code may no longer match memory. */
    public interface CodeObserver {
        void codeWritten(long physicalAddress, int length);

        /** Translations have changed: linear addresses may lead to other code. */
        void translationsChanged();
    }

    /** The bits that translations hang on. */
    private static final long PAGING_CR0 = CR0_PG | CR0_WP,
            PAGING_CR4 = CR4_PSE | CR4_PAE | CR4_PGE,
            PAGING_EFER = EFER_LMA | EFER_NXE;

    private final Vcpu vcpu;
    private final PhysicalMemory memory;
    private final PageWalk walk;
    private final Tlb supervisorTlb = new Tlb();
    private final Tlb userTlb = new Tlb();
    /** Never filled: with alignment checking on, every access takes the slow path, which checks. */
    private final Tlb emptyTlb = new Tlb();

    private Tlb tlb = supervisorTlb;
    private boolean user;
    private boolean checkAlignment;
    private long seenCr0;
    private long seenCr3;
    private long seenCr4;
    private long seenEfer;
    private CodeObserver codeObserver;

    public Mmu(Vcpu vcpu, PhysicalMemory memory) {
        this.vcpu = vcpu;
        this.memory = memory;
        this.walk = new PageWalk(vcpu, memory);
        memory.setObserver(this);
    }

    public PhysicalMemory physical() {
        return memory;
    }

    public void setCodeObserver(CodeObserver observer) {
        codeObserver = observer;
    }

    /** Takes note of the vCPU's privilege and paging registers. */
    public void synchronize() {
        user = vcpu.cpl == 3;
        checkAlignment = user && (vcpu.cr0 & CR0_AM) != 0 && (vcpu.systemFlags & Flags.AC) != 0;
        tlb = checkAlignment ? emptyTlb : user ? userTlb : supervisorTlb;
        if (pagingChanged()) {
            flush();
        }
    }

    private boolean pagingChanged() {
        return ((vcpu.cr0 ^ seenCr0) & PAGING_CR0) != 0
                || vcpu.cr3 != seenCr3
                || ((vcpu.cr4 ^ seenCr4) & PAGING_CR4) != 0
                || ((vcpu.efer ^ seenEfer) & PAGING_EFER) != 0;
    }

    /** Drops all translations (MOV to CR3, and whatever else may have changed them). */
    public void flush() {
        seenCr0 = vcpu.cr0;
        seenCr3 = vcpu.cr3;
        seenCr4 = vcpu.cr4;
        seenEfer = vcpu.efer;
        memory.unmarkTables();
        dropTranslations();
    }

    private void dropTranslations() {
        supervisorTlb.flush();
        userTlb.flush();
        if (codeObserver != null) {
            codeObserver.translationsChanged();
        }
    }

    /** INVLPG. */
    public void invalidatePage(long linear) {
        dropTranslations();
    }

    // -- the running program's accesses -----------------------------------------------------------------------------

    /** Reads a byte, zero-extended. */
    public long read8(long linear) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        if (t.readTags[slot] == (linear & -PAGE_SIZE)) {
            return t.readWindows[slot][t.readOffsets[slot] + ((int) linear & PAGE_SIZE - 1)] & 0xffL;
        }
        return readSlow(linear, 1);
    }

    public long read16(long linear) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        int inPage = (int) linear & PAGE_SIZE - 1;
        if (t.readTags[slot] == (linear & -PAGE_SIZE) && inPage <= PAGE_SIZE - 2) {
            return (short) PhysicalMemory.SHORT.get(t.readWindows[slot], t.readOffsets[slot] + inPage) & 0xffffL;
        }
        return readSlow(linear, 2);
    }

    public long read32(long linear) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        int inPage = (int) linear & PAGE_SIZE - 1;
        if (t.readTags[slot] == (linear & -PAGE_SIZE) && inPage <= PAGE_SIZE - 4) {
            return (int) PhysicalMemory.INT.get(t.readWindows[slot], t.readOffsets[slot] + inPage) & 0xffff_ffffL;
        }
        return readSlow(linear, 4);
    }

    public long read64(long linear) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        int inPage = (int) linear & PAGE_SIZE - 1;
        if (t.readTags[slot] == (linear & -PAGE_SIZE) && inPage <= PAGE_SIZE - 8) {
            return (long) PhysicalMemory.LONG.get(t.readWindows[slot], t.readOffsets[slot] + inPage);
        }
        return readSlow(linear, 8);
    }

    /** Reads {@code size} bytes (1, 2, 4 or 8), zero-extended. */
    public long read(long linear, int size) {
        return switch (size) {
            case 1 -> read8(linear);
            case 2 -> read16(linear);
            case 4 -> read32(linear);
            case 8 -> read64(linear);
            default -> readSlow(linear, size);
        };
    }

    public void write8(long linear, long value) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        if (t.writeTags[slot] == (linear & -PAGE_SIZE)) {
            t.writeWindows[slot][t.writeOffsets[slot] + ((int) linear & PAGE_SIZE - 1)] = (byte) value;
        } else {
            writeSlow(linear, value, 1);
        }
    }

    public void write16(long linear, long value) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        int inPage = (int) linear & PAGE_SIZE - 1;
        if (t.writeTags[slot] == (linear & -PAGE_SIZE) && inPage <= PAGE_SIZE - 2) {
            PhysicalMemory.SHORT.set(t.writeWindows[slot], t.writeOffsets[slot] + inPage, (short) value);
        } else {
            writeSlow(linear, value, 2);
        }
    }

    public void write32(long linear, long value) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        int inPage = (int) linear & PAGE_SIZE - 1;
        if (t.writeTags[slot] == (linear & -PAGE_SIZE) && inPage <= PAGE_SIZE - 4) {
            PhysicalMemory.INT.set(t.writeWindows[slot], t.writeOffsets[slot] + inPage, (int) value);
        } else {
            writeSlow(linear, value, 4);
        }
    }

    public void write64(long linear, long value) {
        Tlb t = tlb;
        int slot = Tlb.slot(linear);
        int inPage = (int) linear & PAGE_SIZE - 1;
        if (t.writeTags[slot] == (linear & -PAGE_SIZE) && inPage <= PAGE_SIZE - 8) {
            PhysicalMemory.LONG.set(t.writeWindows[slot], t.writeOffsets[slot] + inPage, value);
        } else {
            writeSlow(linear, value, 8);
        }
    }

    /** Writes the low {@code size} bytes (1, 2, 4 or 8) of {@code value}. */
    public void write(long linear, long value, int size) {
        switch (size) {
            case 1 -> write8(linear, value);
            case 2 -> write16(linear, value);
            case 4 -> write32(linear, value);
            case 8 -> write64(linear, value);
            default -> writeSlow(linear, value, size);
        }
    }

    /** Faults exactly as a write of {@code size} bytes (1 to 4096) would, and writes nothing. For read-modify-write. */
    public void checkWrite(long linear, int size) {
        int slot = Tlb.slot(linear);
        int inPage = (int) linear & PAGE_SIZE - 1;
        if (tlb.writeTags[slot] == (linear & -PAGE_SIZE) && inPage <= PAGE_SIZE - size) {
            return;
        }
        checkAligned(linear, size);
        forWrite(linear, user);
        if (inPage > PAGE_SIZE - size) {
            forWrite(nextPage(linear), user);
        }
    }

    /**
     * Copies forward, element by element, as far as the TLB reaches without a page crossed.
     *
     * @param most bytes; {@code size} divides it
     * @param size bytes of an element
     * @return the bytes copied, whole elements; 0 where a single access must do
     */
    public int copy(long from, long to, int most, int size) {
        int source = Tlb.slot(from);
        int target = Tlb.slot(to);
        Tlb t = tlb;
        if (t.readTags[source] != (from & -PAGE_SIZE) || t.writeTags[target] != (to & -PAGE_SIZE)) {
            return 0;
        }
        int at = t.readOffsets[source] + ((int) from & PAGE_SIZE - 1);
        int into = t.writeOffsets[target] + ((int) to & PAGE_SIZE - 1);
        int length = Math.min(most, Math.min(leftInPage(from), leftInPage(to)));
        if (t.readWindows[source] == t.writeWindows[target] && into > at) {
            // Elements that this copy writes and then reads again repeat themselves: not beyond the first of them.
            length = Math.min(length, into - at);
        }
        length -= length % size;
        System.arraycopy(t.readWindows[source], at, t.writeWindows[target], into, length);
        return length;
    }

    /** Stores {@code value} again and again, as {@link #copy} copies. */
    public int fill(long to, long value, int most, int size) {
        int slot = Tlb.slot(to);
        if (tlb.writeTags[slot] != (to & -PAGE_SIZE)) {
            return 0;
        }
        int length = Math.min(most, leftInPage(to));
        length -= length % size;
        byte[] window = tlb.writeWindows[slot];
        int into = tlb.writeOffsets[slot] + ((int) to & PAGE_SIZE - 1);
        for (int n = 0; n < length; n++) {
            window[into + n] = (byte) (value >>> 8 * (n & size - 1));
        }
        return length;
    }

    private static int leftInPage(long linear) {
        return PAGE_SIZE - ((int) linear & PAGE_SIZE - 1);
    }

    private long readSlow(long linear, int size) {
        checkAligned(linear, size);
        return readAs(linear, size, user);
    }

    private void writeSlow(long linear, long value, int size) {
        checkAligned(linear, size);
        long reported = ((int) linear & PAGE_SIZE - 1) <= PAGE_SIZE - size ? tlb.reported(linear) : -1;
        if (reported >= 0) {
            memory.write(reported, value, size);
        } else {
            writeAs(linear, value, size, user);
        }
    }

    private void checkAligned(long linear, int size) {
        if (checkAlignment && size <= Long.BYTES && (linear & size - 1) != 0) {
            throw Fault.of(Fault.AC);
        }
    }

    // -- accesses with a privilege of their own ----------------------------------------------------------------------

    /** A read of {@code size} bytes (1 to 8) by the CPU itself (descriptor tables, TSS, inner stacks). */
    public long readSystem(long linear, int size) {
        return readAs(linear, size, false);
    }

    /** A write of {@code size} bytes (1 to 8) by the CPU itself. */
    public void writeSystem(long linear, long value, int size) {
        writeAs(linear, value, size, false);
    }

    /** Faults exactly as {@link #writeAs} would, and writes nothing. */
    public void checkWriteAs(long linear, int size, boolean asUser) {
        forWrite(linear, asUser);
        if (((int) linear & PAGE_SIZE - 1) > PAGE_SIZE - size) {
            forWrite(nextPage(linear), asUser);
        }
    }

    /** A read of {@code size} bytes (1 to 8) with user or supervisor rights. */
    public long readAs(long linear, int size, boolean asUser) {
        int inPage = (int) linear & PAGE_SIZE - 1;
        long physical = forRead(linear, asUser);
        if (inPage <= PAGE_SIZE - size) {
            return memory.read(physical, size);
        }
        int first = PAGE_SIZE - inPage;
        long low = memory.read(physical, first);
        return low | memory.read(forRead(nextPage(linear), asUser), size - first) << 8 * first;
    }

    /** A write of {@code size} bytes (1 to 8) with user or supervisor rights. */
    public void writeAs(long linear, long value, int size, boolean asUser) {
        int inPage = (int) linear & PAGE_SIZE - 1;
        long physical = forWrite(linear, asUser);
        if (inPage <= PAGE_SIZE - size) {
            memory.write(physical, value, size);
            return;
        }
        int first = PAGE_SIZE - inPage;
        long second = forWrite(nextPage(linear), asUser);
        memory.write(physical, value, first);
        memory.write(second, value >>> 8 * first, size - first);
    }

    /** Copies guest memory out with user rights, page by page; on a fault the pages before it were copied. */
    public void readUser(long linear, byte[] to, int offset, int length) {
        while (length > 0) {
            int n = Math.min(length, PAGE_SIZE - ((int) linear & PAGE_SIZE - 1));
            memory.read(forRead(linear, true), to, offset, n);
            linear += n;
            offset += n;
            length -= n;
        }
    }

    /** Copies into guest memory with user rights, page by page; on a fault the pages before it were written. */
    public void writeUser(long linear, byte[] from, int offset, int length) {
        while (length > 0) {
            int n = Math.min(length, PAGE_SIZE - ((int) linear & PAGE_SIZE - 1));
            memory.write(forWrite(linear, true), from, offset, n);
            linear += n;
            offset += n;
            length -= n;
        }
    }

    /** The physical address that an instruction fetch at {@code linear} reads. */
    public long forFetch(long linear) {
        checkCanonical(linear);
        walk.translate(linear, false, user, true);
        return walk.physical;
    }

    private long forRead(long linear, boolean asUser) {
        Tlb t = asUser ? userTlb : supervisorTlb;
        checkCanonical(linear);
        walk.translate(linear, false, asUser, false);
        long physical = walk.physical;
        if (memory.contains(physical & -PAGE_SIZE, PAGE_SIZE)) {
            int slot = Tlb.slot(linear);
            t.readTags[slot] = linear & -PAGE_SIZE;
            t.readWindows[slot] = memory.readWindow(physical);
            t.readOffsets[slot] = PhysicalMemory.offset(physical & -PAGE_SIZE);
        }
        return physical;
    }

    private long forWrite(long linear, boolean asUser) {
        Tlb t = asUser ? userTlb : supervisorTlb;
        checkCanonical(linear);
        walk.translate(linear, true, asUser, false);
        long physical = walk.physical;
        if (!memory.contains(physical & -PAGE_SIZE, PAGE_SIZE)) {
            return physical;
        }
        if (memory.isMarked(physical)) {
            t.setReported(linear, physical);
        } else {
            byte[] window = memory.writeWindow(physical);
            int slot = Tlb.slot(linear);
            t.writeTags[slot] = linear & -PAGE_SIZE;
            t.writeWindows[slot] = window;
            t.writeOffsets[slot] = PhysicalMemory.offset(physical & -PAGE_SIZE);
        }
        return physical;
    }

    private void checkCanonical(long linear) {
        if (!Vcpu.isCanonical(linear) && vcpu.longMode()) {
            throw Fault.nonCanonical();
        }
    }

    private long nextPage(long linear) {
        long next = (linear & -PAGE_SIZE) + PAGE_SIZE;
        return vcpu.longMode() ? next : next & 0xffff_ffffL;
    }

    // -- what memory reports -----------------------------------------------------------------------------------------

    @Override
    public void codeWritten(long physicalAddress, int length) {
        if (codeObserver != null) {
            codeObserver.codeWritten(physicalAddress, length);
        }
    }

    @Override
    public void tableWritten() {
        dropTranslations();
    }

    @Override
    public void writesToBeSeen() {
        supervisorTlb.flushWrites();
        userTlb.flushWrites();
    }

    @Override
    public void chunkReplaced() {
        // Windows onto the absent chunk showed zeros; code decoded from it is no longer what memory holds either way,
        // because whoever brings a chunk into being writes to it.
        supervisorTlb.flush();
        userTlb.flush();
    }
}
