package io.scratchvm.vmm.linux.loader;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.elf.ProgramHeader;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.util.List;

/**
 * Multiboot start (Multiboot Specification 0.6.96): a kernel that is loaded at its physical addresses and entered in
 * 32-bit protected mode, without paging. Its header says where it belongs, or its ELF headers do, if they are of 32 bits.
 */
public final class MultibootStart {
    private static final int LOADED_BY_MULTIBOOT = 0x2bad_b002;
    private static final int CODE = 0x08, DATA = 0x10;
    /** What the loader's words for the kernel may take; they lie in low memory. */
    private static final int MOST_INFORMATION = 1 << 16;

    private final LoadedFile file;
    private final byte[] bytes;
    private final Vcpu vcpu;
    private final PhysicalMemory memory;
    /** The kernel's extent in memory. */
    private long start = Long.MAX_VALUE;

    private long end;

    private MultibootStart(LoadedFile file, Vcpu vcpu, PhysicalMemory memory) throws IOException {
        this.file = file;
        this.bytes = file.bytes();
        this.vcpu = vcpu;
        this.memory = memory;
    }

    /**
     * Loads a kernel into blank memory and a blank vCPU.
     *
     * @param commandLine what it is told
     * @throws VmmException if it is no Multiboot kernel, or does not fit
     */
    public static Loaded load(LoadedFile file, String commandLine, Vcpu vcpu, PhysicalMemory memory)
            throws IOException {
        return new MultibootStart(file, vcpu, memory).load(commandLine);
    }

    private Loaded load(String commandLine) throws IOException {
        MultibootHeader header = MultibootHeader.of(file.name(), bytes);
        long entry = header.hasAddresses() ? loadByHeader(header) : loadElf();
        if (entry < start || entry >= end) {
            throw new VmmException(file.name() + ": the entry point 0x" + Long.toHexString(entry)
                    + " is outside of what is loaded (" + Segments.range(start, end) + ")");
        }
        enter(entry, inform(commandLine));
        return new Loaded(StartForm.MULTIBOOT, List.of(file), entry, 0, new byte[0], null, symbols());
    }

    // -- loading -----------------------------------------------------------------------------------------------------

    private long loadByHeader(MultibootHeader header) {
        long from = header.offset() - (header.headerAddress() - header.loadAddress());
        if (header.headerAddress() < header.loadAddress() || from < 0) {
            throw wrong(
                    "load_addr",
                    header.loadAddress(),
                    "it is to be at or before the header, whose file has " + header.offset()
                            + " bytes before it; header_addr is 0x" + Long.toHexString(header.headerAddress()));
        }
        long length = header.loadEnd() == 0 ? bytes.length - from : header.loadEnd() - header.loadAddress();
        if (length <= 0 || length > bytes.length - from) {
            throw wrong(
                    "load_end_addr",
                    header.loadEnd(),
                    "the file has 0x" + Long.toHexString(bytes.length - from) + " bytes to load at 0x"
                            + Long.toHexString(header.loadAddress()));
        }
        long loaded = header.loadAddress() + length;
        if (header.bssEnd() != 0 && header.bssEnd() < loaded) {
            throw wrong("bss_end_addr", header.bssEnd(), "what is loaded ends at 0x" + Long.toHexString(loaded));
        }
        take(header.loadAddress(), Math.max(loaded, header.bssEnd()));
        memory.write(header.loadAddress(), bytes, (int) from, (int) length);
        return header.entry();
    }

    private VmmException wrong(String field, long value, String why) {
        return new VmmException(
                file.name() + ": " + field + " 0x" + Long.toHexString(value) + " of its Multiboot header: " + why);
    }

    private long loadElf() throws IOException {
        if (!file.isElf()) {
            throw new VmmException(file.name()
                    + ": its Multiboot header gives no addresses (flag 16), and it is no sound ELF file that would");
        }
        if (file.elf().header().bits() != 32) {
            throw new VmmException(file.name() + " is a 64-bit ELF file, and a Multiboot loader reads those of 32 bits:"
                    + " give its header addresses (flag 16), or make it one with objcopy -O elf32-i386");
        }
        long entry = file.elf().header().entry();
        long physicalEntry = entry;
        for (ProgramHeader segment : Segments.of(file.elf()).all()) {
            take(segment.physicalAddress(), segment.physicalAddress() + segment.memorySize());
            memory.write(segment.physicalAddress(), bytes, (int) segment.offset(), (int) segment.fileSize());
            if (entry >= segment.virtualAddress() && entry < Segments.end(segment)) {
                physicalEntry = entry - segment.virtualAddress() + segment.physicalAddress();
            }
        }
        return physicalEntry;
    }

    /** Takes a part of memory for the kernel. */
    private void take(long from, long to) {
        if (to > memory.size()) {
            throw new VmmException(file.name() + ": 0x" + Long.toHexString(from) + "-0x" + Long.toHexString(to - 1)
                    + " is past the end of memory (0x" + Long.toHexString(memory.size())
                    + " bytes); give more with --memory");
        }
        start = Math.min(start, from);
        end = Math.max(end, to);
    }

    private Symbols symbols() throws IOException {
        if (!file.isElf()) {
            return Symbols.NONE;
        }
        Segments segments = Segments.of(file.elf());
        return Symbols.NONE.with(file, 0, segments.start(), segments.end());
    }

    // -- what the kernel finds ---------------------------------------------------------------------------------------

    /** Puts the loader's words for the kernel at the end of low memory, or after the kernel if it is there itself. */
    private long inform(String commandLine) {
        int size = MultibootInformation.size(commandLine);
        long low = Math.min(MultibootInformation.LOW_END, memory.size());
        long address = low - size & -PAGE_SIZE;
        if (address < end && low > start) {
            address = end + PAGE_SIZE - 1 & -PAGE_SIZE;
        }
        if (size > MOST_INFORMATION || address < 0 || address + size > Math.min(memory.size(), 1L << 32)) {
            throw new VmmException(file.name() + ": its command line and the memory map (" + size
                    + " bytes) have no place beside the kernel; give more --memory or fewer arguments");
        }
        long lowEnd = Math.min(low, address);
        memory.write(address, MultibootInformation.bytes(address, commandLine, lowEnd, memory.size()), 0, size);
        return address;
    }

    private void enter(long entry, long information) {
        vcpu.cr0 |= ControlRegisters.CR0_PE;
        vcpu.segments[Segment.CS] = Segment.flatCode32(CODE, 0);
        for (int register : new int[] {Segment.SS, Segment.DS, Segment.ES, Segment.FS, Segment.GS}) {
            vcpu.segments[register] = Segment.flatData(DATA, 0);
        }
        vcpu.setRflags(2);
        vcpu.gpr[Vcpu.RAX] = LOADED_BY_MULTIBOOT;
        vcpu.gpr[Vcpu.RBX] = information;
        vcpu.rip = entry;
    }
}
