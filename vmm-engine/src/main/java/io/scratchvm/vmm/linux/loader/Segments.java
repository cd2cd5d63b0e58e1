package io.scratchvm.vmm.linux.loader;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.elf.ElfFile;
import io.scratchvm.vmm.elf.ProgramHeader;
import java.util.List;

/**
 * The PT_LOAD segments of an ELF file that is to be loaded, in ascending order, checked: inside the file, not longer in
 * the file than in memory, not one over the other.
 */
record Segments(ElfFile file, List<ProgramHeader> all) {
    static Segments of(ElfFile file) {
        List<ProgramHeader> loads = file.programHeaders(ProgramHeader.PT_LOAD);
        loads.removeIf(load -> load.memorySize() == 0);
        loads.sort((a, b) -> Long.compare(a.virtualAddress(), b.virtualAddress()));
        if (loads.isEmpty()) {
            throw new VmmException(file.name() + " has nothing to load (no PT_LOAD segment); link it as an executable");
        }
        ProgramHeader before = null;
        for (ProgramHeader load : loads) {
            check(file, load);
            if (before != null && end(before) > load.virtualAddress()) {
                throw file.wrong(
                        "p_vaddr",
                        load.virtualAddress(),
                        "the segment overlaps the one before it (" + range(before) + ")");
            }
            before = load;
        }
        return new Segments(file, List.copyOf(loads));
    }

    private static void check(ElfFile file, ProgramHeader load) {
        file.checkInside("p_offset", load.offset(), load.fileSize());
        if (load.memorySize() < 0 || load.fileSize() > load.memorySize()) {
            throw file.wrong(
                    "p_memsz", load.memorySize(), "smaller than p_filesz, 0x" + Long.toHexString(load.fileSize()));
        }
        if (load.virtualAddress() < 0 || load.virtualAddress() > (1L << 47) - load.memorySize()) {
            throw file.wrong(
                    "p_vaddr",
                    load.virtualAddress(),
                    "0x" + Long.toHexString(load.memorySize())
                            + " bytes from there are not in the lower half of the address space");
        }
    }

    long start() {
        return all.get(0).virtualAddress();
    }

    long end() {
        return end(all.get(all.size() - 1));
    }

    boolean contains(long address) {
        for (ProgramHeader load : all) {
            if (load.virtualAddress() <= address && address < end(load)) {
                return true;
            }
        }
        return false;
    }

    /** First address past the segment in memory. */
    static long end(ProgramHeader load) {
        return load.virtualAddress() + load.memorySize();
    }

    static String range(ProgramHeader load) {
        return range(load.virtualAddress(), end(load));
    }

    /** As messages show a range: both ends inside. */
    static String range(long start, long end) {
        return "0x" + Long.toHexString(start) + "-0x" + Long.toHexString(end - 1);
    }
}
