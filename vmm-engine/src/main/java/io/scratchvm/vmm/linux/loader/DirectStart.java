package io.scratchvm.vmm.linux.loader;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;
import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.elf.ElfFile;
import io.scratchvm.vmm.elf.ElfHeader;
import io.scratchvm.vmm.elf.ProgramHeader;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.linux.mm.AddressSpaceState;
import io.scratchvm.vmm.linux.mm.Region;
import io.scratchvm.vmm.linux.mm.Zone;
import io.scratchvm.vmm.memory.Mmu;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Direct start: what Linux's execve(2) does for a static x86-64 program, with address space layout randomisation off.
 * The program is mapped, its stack is built, and the vCPU stands at its entry in long mode, ring 3.
 *
 * <p>Physical memory, from below: an empty page, page tables, the program and its heap, then, downward from its end, the
 * stack and what mmap gives. Each of these three parts of the address space keeps its order there ({@link Zone}).
 */
public final class DirectStart {
    /** Where a position-independent program is put: Linux's ELF_ET_DYN_BASE. */
    static final long PIE_BASE = 0x5555_5555_4000L;
    /** First address past the user's part, and past the stack: Linux's TASK_SIZE. */
    static final long TASK_SIZE = 0x7fff_ffff_f000L;
    /** RLIMIT_STACK. */
    static final long STACK_LIMIT = 8 << 20;
    /** mmap gives addresses below it: the stack's limit and a gap above. */
    static final long MMAP_BASE = 0x7fff_ff60_0000L;
    /** Linux's vm.mmap_min_addr: a null pointer leads nowhere. */
    static final long MMAP_MIN = 0x1_0000;

    private static final long ROOT = 0x1000;
    private static final long MEGABYTE = 1 << 20;
    /** From this size of memory on, zones are aligned to megabytes. */
    private static final long SPACIOUS = 64 * MEGABYTE;

    /** What a VM needs besides its program at the very least: tables and a stack. */
    private static final long LEAST_BESIDES = 16 * PAGE_SIZE;

    private final LoadedFile file;
    private final ElfFile elf;
    private final Segments segments;
    private final Vcpu vcpu;
    private final Mmu mmu;
    private final long memorySize;
    /** What is added to the file's addresses. */
    private final long bias;

    private DirectStart(LoadedFile file, Vcpu vcpu, Mmu mmu) throws IOException {
        this.file = file;
        this.elf = file.elf();
        this.vcpu = vcpu;
        this.mmu = mmu;
        this.memorySize = mmu.physical().size();
        checkKind();
        this.segments = Segments.of(elf);
        this.bias = bias(segments);
        checkPlaces();
    }

    /**
     * Loads a program into blank memory and a blank vCPU.
     *
     * @throws VmmException if the program is of a kind that cannot be run, is damaged, or does not fit memory
     */
    public static Loaded load(LoadedFile file, ProgramArguments arguments, Vcpu vcpu, Mmu mmu) throws IOException {
        return new DirectStart(file, vcpu, mmu).load(arguments);
    }

    /**
     * Loads a program beside {@code old}, which is in use and stays as it is.
     *
     * @param name what the program finds as its path
     * @param registers a blank vCPU's, to be made those that the program begins with
     * @throws VmmException as {@link #load}
     */
    public static Loaded loadBeside(
            AddressSpace old, LoadedFile file, String name, ProgramArguments arguments, Vcpu registers, Mmu mmu)
            throws IOException {
        DirectStart start = new DirectStart(file, registers, mmu);
        start.checkSize();
        AddressSpace space = old.beside(start.layout());
        if (space == null) {
            throw start.tooBig();
        }
        try {
            SystemCallStub.install(registers);
            return start.load(name, arguments, space);
        } catch (IOException | RuntimeException e) {
            space.release();
            throw e;
        }
    }

    private Loaded load(ProgramArguments arguments) throws IOException {
        checkSize();
        enterLongMode(ROOT);
        AddressSpace space = new AddressSpace(layout(), vcpu, mmu);
        space.reserve(0, PAGE_SIZE);
        space.reserve(ROOT, ROOT + PAGE_SIZE);
        mapKernelPages(space);
        return load(file.name(), arguments, space);
    }

    private void checkSize() {
        if (segments.end() - segments.start() > memorySize - LEAST_BESIDES) {
            throw tooBig();
        }
    }

    private Loaded load(String name, ProgramArguments arguments, AddressSpace space) throws IOException {
        // A machine that an older image was restored to has none.
        long vdso = space.hasPage(Vdso.ADDRESS) ? Vdso.ADDRESS : 0;
        InitialStack stack = new InitialStack(TASK_SIZE, name, arguments, programHeaders(), vdso);
        enterLongMode(space.root());
        for (ProgramHeader segment : segments.all()) {
            map(space, segment);
        }
        mapStack(space, stack);
        vcpu.rip = entry();
        vcpu.gpr[Vcpu.RSP] = stack.stackPointer();
        vcpu.setRflags(Flags.IF);
        return new Loaded(
                StartForm.PROGRAM,
                List.of(file),
                entry(),
                SystemCallStub.ADDRESS,
                stack.auxiliaryVector(),
                space,
                Symbols.NONE.with(file, bias));
    }

    /** The symbols of a program that was loaded once. */
    public static Symbols symbols(LoadedFile file) throws IOException {
        return Symbols.NONE.with(file, bias(Segments.of(file.elf())));
    }

    private long entry() {
        return elf.header().entry() + bias;
    }

    // -- checks -----------------------------------------------------------------------------------------------------

    private void checkKind() throws IOException {
        ElfHeader header = elf.header();
        if (header.bits() != 64 || header.machine() != ElfHeader.EM_X86_64) {
            throw elf.wrong(
                    "e_machine",
                    header.machine(),
                    "a " + header.bits()
                            + "-bit program; only 64-bit x86-64 programs (EM_X86_64, 62) start directly. Build it with"
                            + " -m64; if it is a Multiboot kernel, start it with --multiboot");
        }
        if (header.type() != ElfHeader.ET_EXEC && header.type() != ElfHeader.ET_DYN) {
            throw elf.wrong("e_type", header.type(), "not an executable (ET_EXEC, 2, or ET_DYN, 3); link it first");
        }
        List<ProgramHeader> interpreter = elf.programHeaders(ProgramHeader.PT_INTERP);
        if (!interpreter.isEmpty()) {
            throw new VmmException(file.name() + " is dynamically linked (it asks for " + path(interpreter.get(0))
                    + "); only static programs run. Link it with -static");
        }
        if (header.type() == ElfHeader.ET_DYN && header.entry() == 0) {
            throw new VmmException(file.name() + " is a shared library (its entry point is 0), not a program");
        }
    }

    private String path(ProgramHeader interpreter) throws IOException {
        elf.checkInside("p_offset", interpreter.offset(), interpreter.fileSize());
        byte[] bytes = elf.source().read(interpreter.offset(), (int) Math.min(interpreter.fileSize(), 256));
        return new String(bytes, StandardCharsets.US_ASCII).replaceAll("[^ -~]+", "");
    }

    private static long bias(Segments segments) {
        if (segments.file().header().type() == ElfHeader.ET_EXEC) {
            return 0;
        }
        long alignment = PAGE_SIZE;
        for (ProgramHeader segment : segments.all()) {
            if (Long.bitCount(segment.alignment()) == 1 && segment.alignment() <= 1 << 30) {
                alignment = Math.max(alignment, segment.alignment());
            }
        }
        return (PIE_BASE & -alignment) - (segments.start() & -PAGE_SIZE);
    }

    private void checkPlaces() {
        for (ProgramHeader segment : segments.all()) {
            if ((segment.virtualAddress() - segment.offset() & PAGE_SIZE - 1) != 0 && segment.fileSize() != 0) {
                throw elf.wrong(
                        "p_vaddr",
                        segment.virtualAddress(),
                        "not congruent to p_offset, 0x" + Long.toHexString(segment.offset())
                                + ", modulo the page size");
            }
        }
        long start = segments.start() + bias;
        long end = segments.end() + bias;
        if (start < MMAP_MIN || end > MMAP_BASE) {
            throw elf.wrong(
                    "p_vaddr",
                    segments.start(),
                    "the program would be loaded at " + Segments.range(start, end) + "; 0x" + Long.toHexString(MMAP_MIN)
                            + "-0x" + Long.toHexString(MMAP_BASE - 1) + " are possible");
        }
        if (!segments.contains(elf.header().entry())) {
            throw elf.wrong("e_entry", elf.header().entry(), "the entry point is in none of the segments");
        }
    }

    /** The program is sound, but the VM has no room for it. */
    public static final class LacksMemory extends VmmException {
        private static final long serialVersionUID = 1;

        private LacksMemory(String message) {
            super(message);
        }
    }

    private LacksMemory tooBig() {
        return tooBig(segments.end() - segments.start());
    }

    private LacksMemory tooBig(long needed) {
        return new LacksMemory(file.name() + " needs " + needed + " bytes of memory and page tables, and the VM has "
                + memorySize + "; give more with --memory");
    }

    // -- the address space ------------------------------------------------------------------------------------------

    private AddressSpaceState layout() {
        long unit = memorySize >= SPACIOUS ? MEGABYTE : PAGE_SIZE;
        long tablesEnd = ROOT + Math.max(16 * PAGE_SIZE, memorySize / 256) & -PAGE_SIZE;
        long program = segments.start() + bias & -PAGE_SIZE;
        long heap = segments.end() + bias + PAGE_SIZE - 1 & -PAGE_SIZE;
        long stackZone = Math.min(STACK_LIMIT, memorySize / 16) & -unit;
        long zoneEnd = memorySize & -unit;
        // One page past the stack's end: megabytes begin there, in virtual as in physical memory.
        long stackTop = TASK_SIZE + PAGE_SIZE;
        List<Zone> zones = List.of(
                new Zone(program, program + memorySize, (tablesEnd + unit - 1 & -unit) + (program & unit - 1)),
                new Zone(MMAP_BASE - zoneEnd + stackZone, MMAP_BASE, 0),
                new Zone(stackTop - stackZone, stackTop, zoneEnd - stackZone));
        return new AddressSpaceState(
                false,
                ROOT,
                ROOT,
                tablesEnd,
                MMAP_MIN,
                MMAP_BASE,
                TASK_SIZE,
                heap,
                heap,
                TASK_SIZE - STACK_LIMIT,
                zones,
                List.of(),
                new byte[0]);
    }

    /** What each process has of the kernel, at the same place and in the same frames. */
    private void mapKernelPages(AddressSpace space) {
        long stub = frame(space, SystemCallStub.contents());
        long vsyscall = frame(space, VsyscallPage.contents());
        long vdso = frame(space, Vdso.contents());
        if (!space.mapSupervisorPage(SystemCallStub.ADDRESS, stub)
                || !space.mapKernelPageForUser(VsyscallPage.ADDRESS, vsyscall)
                || !space.mapKernelPageForUser(Vdso.ADDRESS, vdso)) {
            throw tooBig();
        }
        SystemCallStub.install(vcpu);
    }

    private long frame(AddressSpace space, byte[] contents) {
        long frame = space.allocateFrame();
        if (frame < 0) {
            throw tooBig();
        }
        mmu.physical().write(frame, contents, 0, contents.length);
        return frame;
    }

    /** Maps a segment as Linux does: whole pages of the file, and zeros from the end of what the file has. */
    private void map(AddressSpace space, ProgramHeader segment) throws IOException {
        long start = segment.virtualAddress() + bias & -PAGE_SIZE;
        long end = Segments.end(segment) + bias + PAGE_SIZE - 1 & -PAGE_SIZE;
        Region region = new Region(start, end, protection(segment), Region.Kind.IMAGE, false);
        space.unmap(start, Math.min(end, start + PAGE_SIZE));
        if (!space.map(region)) {
            throw tooBig();
        }
        if (segment.fileSize() == 0) {
            return;
        }
        int before = (int) (segment.virtualAddress() & PAGE_SIZE - 1);
        long wanted = before + segment.fileSize();
        if (segment.memorySize() == segment.fileSize()) {
            wanted = Math.min(wanted + PAGE_SIZE - 1 & -PAGE_SIZE, elf.source().size() - segment.offset() + before);
        }
        byte[] bytes = elf.source().read(segment.offset() - before, Math.toIntExact(wanted));
        space.initialize(start, bytes, 0, bytes.length);
    }

    private static int protection(ProgramHeader segment) {
        return ((segment.flags() & ProgramHeader.PF_R) != 0 ? Region.PROT_READ : 0)
                | ((segment.flags() & ProgramHeader.PF_W) != 0 ? Region.PROT_WRITE : 0)
                | ((segment.flags() & ProgramHeader.PF_X) != 0 ? Region.PROT_EXEC : 0);
    }

    private void mapStack(AddressSpace space, InitialStack stack) {
        byte[] contents = stack.contents();
        long start = (stack.stackPointer() & -PAGE_SIZE) - 4 * PAGE_SIZE;
        if (!space.map(new Region(start, TASK_SIZE, stackProtection(), Region.Kind.STACK, false))) {
            throw tooBig(segments.end() - segments.start() + TASK_SIZE - start);
        }
        space.initialize(stack.stackPointer(), contents, 0, contents.length);
    }

    /** Only a PT_GNU_STACK that asks for it makes the stack executable, as on Linux since 5.8. */
    private int stackProtection() {
        int protection = Region.PROT_READ | Region.PROT_WRITE;
        for (ProgramHeader header : elf.programHeaders(ProgramHeader.PT_GNU_STACK)) {
            protection |= (header.flags() & ProgramHeader.PF_X) != 0 ? Region.PROT_EXEC : 0;
        }
        return protection;
    }

    private InitialStack.ProgramHeaders programHeaders() {
        ElfHeader header = elf.header();
        long address = 0;
        for (ProgramHeader segment : segments.all()) {
            long inSegment = header.programHeaderOffset() - segment.offset();
            if (inSegment >= 0 && inSegment < segment.fileSize()) {
                address = segment.virtualAddress() + inSegment + bias;
            }
        }
        return new InitialStack.ProgramHeaders(address, header.programHeaderSize(), header.programHeaders(), entry());
    }

    private void enterLongMode(long root) {
        vcpu.cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG;
        vcpu.cr3 = root;
        vcpu.cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_FSGSBASE | CR4_OSXSAVE;
        vcpu.xcr0 = XCR0_X87 | XCR0_SSE | XCR0_AVX;
        vcpu.efer = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
    }
}
