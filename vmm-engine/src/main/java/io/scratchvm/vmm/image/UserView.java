package io.scratchvm.vmm.image;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.elf.ProgramHeader;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * What the guest's page tables map, in ascending order of linear address (Intel SDM volume 3, chapter 4, in its 32-bit,
 * PAE and 4-level shapes); without paging, physical memory itself. For debuggers only: nothing is resumed from it. The
 * tables are the guest's, so the walk reads at most so many of them and finds at most so many mappings, and ends early at
 * either.
 */
final class UserView {
    /** Pages that follow each other on both sides and have the same rights. */
    record Mapping(long linear, long physical, long length, int flags) {}

    static final int MAX_MAPPINGS = 65_536;
    private static final int MAX_TABLES = 65_536;

    private static final int ALL_RIGHTS = ProgramHeader.PF_R | ProgramHeader.PF_W | ProgramHeader.PF_X;
    private static final long REACH_WITHOUT_PAGING = 1L << 32;

    private static final int PRESENT = 1, WRITE = 2, LARGE = 1 << 7;
    private static final long NO_EXECUTE = 1L << 63;
    private static final long ADDRESS = (1L << 52) - 1 & -MemoryMap.PAGE;

    private final PhysicalMemory memory;
    private final boolean wide;
    private final int levels;
    private final boolean largeInTwoLevels;
    private final int indexBits;

    private final List<Mapping> found = new ArrayList<>();
    private int tables;

    private UserView(VcpuState cpu, PhysicalMemory memory) {
        this.memory = memory;
        this.wide = (cpu.cr4() & CR4_PAE) != 0;
        this.levels = (cpu.efer() & EFER_LMA) != 0 ? 4 : wide ? 3 : 2;
        this.largeInTwoLevels = (cpu.cr4() & CR4_PSE) != 0;
        this.indexBits = wide ? 9 : 10;
    }

    /** The mappings that are inside memory. */
    static List<Mapping> of(VcpuState cpu, PhysicalMemory memory) {
        if ((cpu.cr0() & CR0_PG) == 0) {
            return List.of(new Mapping(0, 0, Math.min(memory.size(), REACH_WITHOUT_PAGING), ALL_RIGHTS));
        }
        UserView view = new UserView(cpu, memory);
        long mask = view.levels == 4 ? ADDRESS : view.wide ? 0xffff_ffe0L : 0xffff_f000L;
        view.walk(cpu.cr3() & mask, view.levels, 0, ALL_RIGHTS);
        return view.found;
    }

    private void walk(long table, int level, long linear, int flags) {
        int entries = levels == 3 && level == 3 ? 4 : 1 << indexBits;
        if (++tables > MAX_TABLES || !memory.contains(table, (long) entries * (wide ? 8 : 4))) {
            return;
        }
        for (int i = 0; i < entries && !isFull(); i++) {
            long entry = wide ? memory.read64(table + 8L * i) : memory.read32(table + 4L * i) & 0xffff_ffffL;
            if ((entry & PRESENT) != 0) {
                visit(entry, level, canonical(linear | (long) i << shift(level)), flags);
            }
        }
    }

    private boolean isFull() {
        return tables > MAX_TABLES || found.size() >= MAX_MAPPINGS;
    }

    private int shift(int level) {
        return 12 + indexBits * (level - 1);
    }

    private long canonical(long linear) {
        return levels == 4 ? linear << 16 >> 16 : linear;
    }

    private void visit(long entry, int level, long linear, int flags) {
        boolean pointerTable = levels == 3 && level == 3;
        int rights = pointerTable ? flags : flags & rights(entry);
        if (level == 1 || (entry & LARGE) != 0 && mayBeLarge(level)) {
            add(linear, base(entry, level), 1L << shift(level), rights);
        } else {
            walk(entry & (wide ? ADDRESS : 0xffff_f000L), level - 1, linear, rights);
        }
    }

    private int rights(long entry) {
        return ProgramHeader.PF_R
                | ((entry & WRITE) != 0 ? ProgramHeader.PF_W : 0)
                | (wide && (entry & NO_EXECUTE) != 0 ? 0 : ProgramHeader.PF_X);
    }

    private boolean mayBeLarge(int level) {
        return switch (levels) {
            case 4 -> level <= 3;
            case 3 -> level == 2;
            default -> largeInTwoLevels;
        };
    }

    private long base(long entry, int level) {
        long inPage = (1L << shift(level)) - 1;
        if (wide) {
            return entry & ADDRESS & ~inPage;
        }
        long high = level == 2 ? (entry & 0x1f_e000L) << 19 : 0;
        return entry & 0xffff_f000L & ~inPage | high;
    }

    private void add(long linear, long physical, long pageLength, int flags) {
        if (!memory.contains(physical, 1)) {
            return;
        }
        long length = Math.min(pageLength, memory.size() - physical);
        Mapping last = found.isEmpty() ? null : found.get(found.size() - 1);
        if (last != null
                && last.linear + last.length == linear
                && last.physical + last.length == physical
                && last.flags == flags) {
            found.set(found.size() - 1, new Mapping(last.linear, last.physical, last.length + length, flags));
        } else {
            found.add(new Mapping(linear, physical, length, flags));
        }
    }
}
