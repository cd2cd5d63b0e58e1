package io.scratchvm.vmm.linux.mm;

import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;

/** Finds where a linear address lies, by the guest's own page tables, without setting accessed bits. */
public final class MemoryProbe {
    private static final long ROOT = 0x1000;

    private final PhysicalMemory memory;

    public MemoryProbe(Mmu mmu) {
        this.memory = mmu.physical();
    }

    /** The physical address, or -1. */
    public long physical(long linear) {
        long table = ROOT;
        for (int shift = 39; shift >= 12; shift -= 9) {
            long entry = memory.read64(table + (linear >>> shift & 511) * 8);
            if ((entry & 1) == 0) {
                return -1;
            }
            table = entry & 0xf_ffff_ffff_f000L;
        }
        return table + (linear & 0xfff);
    }
}
