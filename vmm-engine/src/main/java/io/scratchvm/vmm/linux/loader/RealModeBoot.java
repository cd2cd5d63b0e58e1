package io.scratchvm.vmm.linux.loader;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.elf.ElfHeader;
import io.scratchvm.vmm.elf.ProgramHeader;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.linux.mm.AddressSpaceState;
import io.scratchvm.vmm.linux.mm.Region;
import io.scratchvm.vmm.memory.Mmu;
import java.io.IOException;
import java.util.List;

/**
 * Real-mode boot: two ELF images at the addresses that they are linked at, page tables that map them and the stack
 * identically, and the vCPU at the boot image's entry as a PC's would be after reset; see {@code docs/guest-abi.md}.
 */
public final class RealModeBoot {
    private static final long ROOT = 0x1000;
    private static final long STACK_SIZE = 3 * PAGE_SIZE;
    private static final int ALL = Region.PROT_READ | Region.PROT_WRITE | Region.PROT_EXEC;

    private final Segments boot;
    private final Segments app;
    private final Vcpu vcpu;
    private final Mmu mmu;
    private final long memorySize;
    /** R14: the stack's end, and the page where a C library looks for its arguments. */
    private final long stackEnd;

    private RealModeBoot(Segments boot, Segments app, Vcpu vcpu, Mmu mmu) {
        this.boot = boot;
        this.app = app;
        this.vcpu = vcpu;
        this.mmu = mmu;
        this.memorySize = mmu.physical().size();
        this.stackEnd = memorySize - PAGE_SIZE;
    }

    /**
     * Loads a guest into blank memory and a blank vCPU.
     *
     * @throws VmmException if the images cannot be loaded as they are linked
     */
    public static Loaded load(LoadedFile boot, LoadedFile app, Vcpu vcpu, Mmu mmu) throws IOException {
        RealModeBoot loader = new RealModeBoot(segments(boot), segments(app), vcpu, mmu);
        loader.check();
        AddressSpace space = loader.map();
        loader.copy(loader.boot);
        loader.copy(loader.app);
        loader.enter();
        Symbols symbols = Symbols.NONE
                .with(boot, 0, loader.boot.start(), loader.boot.end())
                .with(app, 0, loader.app.start(), loader.app.end());
        return new Loaded(StartForm.BOOT, List.of(boot, app), entry(loader.app), 0, new byte[0], space, symbols);
    }

    private static Segments segments(LoadedFile file) throws IOException {
        int type = file.elf().header().type();
        if (type != ElfHeader.ET_EXEC) {
            throw file.elf()
                    .wrong(
                            "e_type",
                            type,
                            "an image is loaded at its own addresses, so it must be linked there"
                                    + " (ET_EXEC, 2); link it with -static -no-pie");
        }
        return Segments.of(file.elf());
    }

    private static long entry(Segments image) {
        return image.file().header().entry();
    }

    // -- checks -----------------------------------------------------------------------------------------------------

    private void check() {
        if (stackEnd - STACK_SIZE < ROOT + PAGE_SIZE) {
            throw new VmmException("memory of 0x" + Long.toHexString(memorySize)
                    + " bytes is too small for a real-mode boot; give at least 0x6000 with --memory");
        }
        check(boot);
        check(app);
        for (ProgramHeader load : app.all()) {
            refuseOverlap(app, load, boot);
        }
        if (entry(boot) > 0xffff) {
            throw boot.file()
                    .wrong("e_entry", entry(boot), "real mode starts with a code segment of base 0, below 0x10000");
        }
        checkEntry(boot);
        checkEntry(app);
    }

    private void check(Segments image) {
        for (ProgramHeader load : image.all()) {
            if (Segments.end(load) > memorySize) {
                throw overlap(image, load, "the end of memory (0x" + Long.toHexString(memorySize) + " bytes)");
            }
            refuseOverlap(image, load, ROOT, ROOT + PAGE_SIZE, "the page tables");
            refuseOverlap(image, load, stackEnd - STACK_SIZE, memorySize, "the stack");
        }
    }

    private void refuseOverlap(Segments image, ProgramHeader load, Segments other) {
        for (ProgramHeader otherLoad : other.all()) {
            refuseOverlap(
                    image,
                    load,
                    otherLoad.virtualAddress(),
                    Segments.end(otherLoad),
                    other.file().name());
        }
    }

    private void refuseOverlap(Segments image, ProgramHeader load, long start, long end, String what) {
        if (load.virtualAddress() < end && Segments.end(load) > start) {
            throw overlap(image, load, what + " (" + Segments.range(start, end) + ")");
        }
    }

    private static VmmException overlap(Segments image, ProgramHeader load, String what) {
        return new VmmException(image.file().name() + ": the segment at " + Segments.range(load) + " overlaps " + what
                + "; link it elsewhere or choose another --memory");
    }

    private static void checkEntry(Segments image) {
        if (!image.contains(entry(image))) {
            throw image.file().wrong("e_entry", entry(image), "the entry point is in none of the segments");
        }
    }

    // -- the address space ------------------------------------------------------------------------------------------

    private AddressSpace map() {
        long heap = app.end() + PAGE_SIZE - 1 & -PAGE_SIZE;
        long stackStart = stackEnd - STACK_SIZE;
        long tablesEnd = Math.max(heap, boot.end());
        AddressSpaceState blank = new AddressSpaceState(
                true,
                ROOT,
                ROOT + PAGE_SIZE,
                tablesEnd,
                Math.min(heap, stackStart),
                stackStart,
                memorySize,
                heap,
                heap,
                stackStart,
                List.of(),
                List.of(),
                new byte[0]);
        AddressSpace space = new AddressSpace(blank, vcpu, mmu);
        // Everything that has its place takes it before the tables take what is free.
        space.reserve(0, PAGE_SIZE);
        space.reserve(ROOT, ROOT + PAGE_SIZE);
        space.reserve(stackStart, memorySize);
        reserve(space, boot);
        reserve(space, app);
        map(space, boot);
        map(space, app);
        map(space, new Region(stackStart, memorySize, ALL, Region.Kind.STACK, false));
        return space;
    }

    private static void reserve(AddressSpace space, Segments image) {
        for (ProgramHeader load : image.all()) {
            space.reserve(load.virtualAddress() & -PAGE_SIZE, Segments.end(load));
        }
    }

    /** Segments, and the two images, may share a page. */
    private static void map(AddressSpace space, Segments image) {
        for (ProgramHeader load : image.all()) {
            for (long page = load.virtualAddress() & -PAGE_SIZE; page < Segments.end(load); page += PAGE_SIZE) {
                if (space.regionAt(page) == null) {
                    map(space, new Region(page, page + PAGE_SIZE, ALL, Region.Kind.IMAGE, false));
                }
            }
        }
    }

    private static void map(AddressSpace space, Region region) {
        if (!space.mapReserved(region)) {
            throw new VmmException("the images and the stack leave no free page for the page tables;"
                    + " give more memory with --memory");
        }
    }

    private void copy(Segments image) throws IOException {
        for (ProgramHeader load : image.all()) {
            byte[] bytes = image.file().bytes(load);
            mmu.physical().write(load.virtualAddress(), bytes, 0, bytes.length);
        }
    }

    private void enter() {
        vcpu.rip = entry(boot);
        vcpu.segments[Segment.CS] = Segment.real(0);
        vcpu.setRflags(2);
        vcpu.gpr[Vcpu.R14] = stackEnd;
        vcpu.gpr[Vcpu.R15] = entry(app);
    }
}
