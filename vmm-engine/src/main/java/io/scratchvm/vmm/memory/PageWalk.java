package io.scratchvm.vmm.memory;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;

/**
 * The walk of the guest's page tables in its three shapes: 32-bit, PAE and 4-level (Intel SDM volume 3, chapter 4).
 * One object a vCPU; the outcome of the last walk is in its fields until the next.
 */
final class PageWalk {
    static final int PRESENT = 1, WRITE = 2, USER = 4, ACCESSED = 1 << 5, DIRTY = 1 << 6, LARGE = 1 << 7;
    private static final long NX = 1L << 63;

    /** Bits of a page fault's error code. */
    static final int ERROR_PRESENT = 1, ERROR_WRITE = 2, ERROR_USER = 4, ERROR_RESERVED = 8, ERROR_FETCH = 16;

    /** Physical addresses have 46 bits, as {@code cpuid} says. */
    static final int PHYSICAL_BITS = 46;

    private static final long ADDRESS = (1L << PHYSICAL_BITS) - 1 & -PhysicalMemory.PAGE_SIZE;
    private static final long RESERVED_ADDRESS = (1L << 52) - 1 & -(1L << PHYSICAL_BITS);

    private final Vcpu vcpu;
    private final PhysicalMemory memory;

    /** Where the linear address lies in physical memory. */
    long physical;
    /** What the tables allow, over all levels. */
    boolean writable;

    boolean user;
    boolean executable;
    boolean dirty;

    PageWalk(Vcpu vcpu, PhysicalMemory memory) {
        this.vcpu = vcpu;
        this.memory = memory;
    }

    /**
     * Translates {@code linear} for an access, setting accessed and dirty bits.
     *
     * @throws Fault #PF
     */
    void translate(long linear, boolean write, boolean asUser, boolean fetch) {
        int access =
                (write ? ERROR_WRITE : 0) | (asUser ? ERROR_USER : 0) | (fetch && noExecuteEnabled() ? ERROR_FETCH : 0);
        if ((vcpu.cr0 & CR0_PG) == 0) {
            physical = linear & 0xffff_ffffL;
            writable = user = executable = dirty = true;
            return;
        }
        boolean supervisorWrites = !asUser && (vcpu.cr0 & CR0_WP) == 0;
        walk(linear, access, write, asUser, fetch, supervisorWrites);
        writable |= supervisorWrites;
    }

    private boolean noExecuteEnabled() {
        return (vcpu.efer & EFER_NXE) != 0 && (vcpu.cr4 & CR4_PAE) != 0;
    }

    private void walk(long linear, int access, boolean write, boolean asUser, boolean fetch, boolean supervisorWrites) {
        writable = user = executable = true;
        boolean wide = (vcpu.cr4 & CR4_PAE) != 0;
        int entrySize = wide ? 8 : 4;
        int indexBits = wide ? 9 : 10;
        int levels = vcpu.longMode() ? 4 : wide ? 3 : 2;
        long table = vcpu.longMode() ? vcpu.cr3 & ADDRESS : vcpu.cr3 & (wide ? 0xffff_ffe0L : 0xffff_f000L);
        for (int level = levels; ; level--) {
            int shift = PhysicalMemory.PAGE_SHIFT + indexBits * (level - 1);
            int index = (int) (linear >>> shift) & (levels == 3 && level == 3 ? 3 : (1 << indexBits) - 1);
            long at = table + (long) index * entrySize;
            long entry = memory.read(at, entrySize);
            if ((entry & PRESENT) == 0) {
                throw Fault.page(linear, access);
            }
            boolean pointerTable = levels == 3 && level == 3;
            boolean leaf = level == 1 || (entry & LARGE) != 0 && largeAllowed(level, levels);
            if (hasReservedBits(entry, level, levels, leaf)) {
                throw Fault.page(linear, access | ERROR_PRESENT | ERROR_RESERVED);
            }
            if (!pointerTable) {
                writable &= (entry & WRITE) != 0;
                user &= (entry & USER) != 0;
                executable &= !wide || (entry & NX) == 0;
            }
            if (!leaf) {
                memory.markTable(at);
                setBits(at, entry, entrySize, pointerTable ? 0 : ACCESSED);
                table = wide ? entry & ADDRESS : entry & 0xffff_f000L;
                continue;
            }
            if (asUser && !user || write && !writable && !supervisorWrites || fetch && !executable) {
                throw Fault.page(linear, access | ERROR_PRESENT);
            }
            memory.markTable(at);
            setBits(at, entry, entrySize, write ? ACCESSED | DIRTY : ACCESSED);
            dirty = write || (entry & DIRTY) != 0;
            long pageMask = (1L << shift) - 1;
            long base = wide ? entry & ADDRESS & ~pageMask : (entry & 0xffff_f000L & ~pageMask) | pse36(entry, level);
            physical = base | linear & pageMask;
            return;
        }
    }

    private boolean largeAllowed(int level, int levels) {
        return switch (levels) {
            case 4 -> level <= 3;
            case 3 -> level == 2;
            default -> (vcpu.cr4 & CR4_PSE) != 0;
        };
    }

    /** Bits 13-20 of a 4 MiB page's entry are bits 32-39 of its address. */
    private static long pse36(long entry, int level) {
        return level == 2 ? (entry & 0x1f_e000L) << 19 : 0;
    }

    private boolean hasReservedBits(long entry, int level, int levels, boolean leaf) {
        if (levels == 2) {
            return leaf && level == 2 && (entry & 1 << 21) != 0;
        }
        long reserved = RESERVED_ADDRESS;
        if ((vcpu.efer & EFER_NXE) == 0) {
            reserved |= NX;
        }
        if (levels == 3) {
            reserved |= level == 3 ? NX | 0x7ff0_0000_0000_01e6L : 0x7ff0_0000_0000_0000L;
        } else if (level == 4) {
            reserved |= LARGE;
        }
        if (leaf && level > 1) {
            long pageMask = (1L << PhysicalMemory.PAGE_SHIFT + 9 * (level - 1)) - 1;
            reserved |= pageMask & ~0x1fffL;
        }
        return (entry & reserved) != 0;
    }

    private void setBits(long at, long entry, int entrySize, int bits) {
        if ((entry & bits) != bits) {
            memory.setTableBits(at, (int) bits);
        }
    }
}
