package io.scratchvm.vmm.memory;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import io.scratchvm.vmm.cpu.state.Vcpu;

/** A vCPU with page tables that tests build entry by entry. */
final class GuestTables {
    static final int P = PageWalk.PRESENT, W = PageWalk.WRITE, U = PageWalk.USER, PS = PageWalk.LARGE;
    static final int A = PageWalk.ACCESSED, D = PageWalk.DIRTY;
    static final long NX = 1L << 63;

    final Vcpu vcpu = new Vcpu();
    final PhysicalMemory memory;
    final Mmu mmu;
    private long free = 0x2000;

    GuestTables(long size) {
        memory = new PhysicalMemory(size);
        mmu = new Mmu(vcpu, memory);
        vcpu.cr3 = 0x1000;
    }

    static GuestTables fourLevel() {
        GuestTables t = new GuestTables(16 << 20);
        t.vcpu.cr0 |= CR0_PE | CR0_PG | CR0_WP;
        t.vcpu.cr4 |= CR4_PAE;
        t.vcpu.efer |= EFER_LME | EFER_LMA | EFER_NXE;
        t.mmu.synchronize();
        return t;
    }

    static GuestTables pae() {
        GuestTables t = new GuestTables(16 << 20);
        t.vcpu.cr0 |= CR0_PE | CR0_PG | CR0_WP;
        t.vcpu.cr4 |= CR4_PAE;
        t.vcpu.efer |= EFER_NXE;
        t.mmu.synchronize();
        return t;
    }

    static GuestTables twoLevel() {
        GuestTables t = new GuestTables(16 << 20);
        t.vcpu.cr0 |= CR0_PE | CR0_PG | CR0_WP;
        t.vcpu.cr4 |= CR4_PSE;
        t.mmu.synchronize();
        return t;
    }

    /** Maps the 4 KiB page of {@code linear}, with intermediate entries that allow everything. */
    GuestTables map(long linear, long physical, long bits) {
        memory.write(entry(linear, 1), physical | bits, entrySize());
        return this;
    }

    /** Writes the entry at {@code level} that {@code linear} leads to. */
    GuestTables set(long linear, int level, long entry) {
        memory.write(entry(linear, level), entry, entrySize());
        return this;
    }

    long get(long linear, int level) {
        return memory.read(entry(linear, level), entrySize());
    }

    void asUser() {
        vcpu.cpl = 3;
        mmu.synchronize();
    }

    /** Where the entry at {@code level} lies; tables on the way to it are made. */
    long entry(long linear, int level) {
        long table = vcpu.cr3;
        for (int l = levels(); ; l--) {
            int bits = entrySize() == 8 ? 9 : 10;
            long index = linear >>> 12 + bits * (l - 1) & (1 << bits) - 1;
            long at = table + (l == 3 && levels() == 3 ? index & 3 : index) * entrySize();
            if (l == level) {
                return at;
            }
            if ((memory.read(at, entrySize()) & P) == 0) {
                boolean pointer = l == 3 && levels() == 3;
                memory.write(at, free | (pointer ? P : P | W | U), entrySize());
                free += 0x1000;
            }
            table = memory.read(at, entrySize()) & 0xf_ffff_f000L;
        }
    }

    private int entrySize() {
        return (vcpu.cr4 & CR4_PAE) != 0 ? 8 : 4;
    }

    private int levels() {
        return vcpu.longMode() ? 4 : entrySize() == 8 ? 3 : 2;
    }
}
