package io.scratchvm.vmm.linux.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.file.MappedFiles;
import io.scratchvm.vmm.linux.loader.Symbols;
import io.scratchvm.vmm.linux.signal.FatalSignal;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frames, tables, growth on demand, limits and the state of an address space. */
class AddressSpaceTest {
    private static final long TOP = 0x7fff_ffff_f000L;
    private static final long STACK_LIMIT = TOP - (8 << 20);
    private static final int READ_WRITE = 3, PRIVATE = 0x22, FIXED = 0x32, NORESERVE = 0x4022;

    private final Vcpu vcpu = new Vcpu();
    private PhysicalMemory memory;
    private Mmu mmu;
    private AddressSpace space;
    private MemoryCalls calls;

    @BeforeEach
    void blank() {
        blank(64 << 20);
    }

    private void blank(long size) {
        memory = new PhysicalMemory(size);
        mmu = new Mmu(vcpu, memory);
        vcpu.cr0 |= ControlRegisters.CR0_PE | ControlRegisters.CR0_PG | ControlRegisters.CR0_WP;
        vcpu.cr4 |= ControlRegisters.CR4_PAE;
        vcpu.efer |= ControlRegisters.EFER_LME | ControlRegisters.EFER_LMA | ControlRegisters.EFER_NXE;
        vcpu.cr3 = 0x1000;
        vcpu.cpl = 3;
        mmu.synchronize();
        space = new AddressSpace(
                new AddressSpaceState(
                        false,
                        0x1000,
                        0x1000,
                        0x40000,
                        0x10000,
                        STACK_LIMIT - 0x10_0000,
                        TOP,
                        0x50_0000,
                        0x50_0000,
                        STACK_LIMIT,
                        List.of(),
                        List.of(),
                        new byte[0]),
                vcpu,
                mmu);
        space.reserve(0, 0x2000);
        space.map(new Region(TOP - 0x4000, TOP, READ_WRITE, Region.Kind.STACK, false));
        calls = new MemoryCalls(space, MappedFiles.NONE);
    }

    private int freeFrames() {
        return new Frames((int) (memory.size() >> 12), space.state().frames()).free();
    }

    private Fault fault(long address) {
        try {
            mmu.write8(address, 1);
            return null;
        } catch (Fault fault) {
            return fault;
        }
    }

    // -- memory is used up ------------------------------------------------------------------------------------------

    @Test
    void mmapSaysNoMemoryAndChangesNothing() {
        int free = freeFrames();
        assertThat(calls.mmap(0, 65 << 20, READ_WRITE, PRIVATE, -1, 0)).isEqualTo(-Errno.ENOMEM);
        assertThat(freeFrames()).isEqualTo(free);
        assertThat(calls.mmap(0, 1L << 40, 0, PRIVATE, -1, 0))
                .as("a reservation takes no frames")
                .isPositive();
        assertThat(calls.mmap(0, 1L << 40, READ_WRITE, PRIVATE, -1, 0)).isEqualTo(-Errno.ENOMEM);
        assertThat(calls.mmap(0, Long.MAX_VALUE, READ_WRITE, PRIVATE, -1, 0)).isEqualTo(-Errno.ENOMEM);
        assertThat(calls.mmap(0, -1, READ_WRITE, PRIVATE, -1, 0)).isEqualTo(-Errno.ENOMEM);
    }

    @Test
    void brkStaysWhereItIsWhenMemoryIsUsedUp() {
        assertThat(calls.brk(0)).isEqualTo(0x50_0000);
        assertThat(calls.brk(0x50_1234)).isEqualTo(0x50_1234);
        assertThat(calls.brk(0x50_0000 + (100L << 20))).isEqualTo(0x50_1234);
        assertThat(calls.brk(-1)).isEqualTo(0x50_1234);
        mmu.write8(0x50_1fff, 7);
        assertThat(calls.brk(0x50_0000)).isEqualTo(0x50_0000);
        assertThat(fault(0x50_0000)).isNotNull();
        assertThat(calls.brk(0x50_2000)).isEqualTo(0x50_2000);
        assertThat(mmu.read8(0x50_1fff)).isZero();
    }

    @Test
    void brkStopsAtAMapping() {
        calls.mmap(0x60_0000, 0x1000, READ_WRITE, FIXED, -1, 0);
        assertThat(calls.brk(0x60_0001)).isEqualTo(0x50_0000);
        assertThat(calls.brk(0x60_0000)).isEqualTo(0x60_0000);
    }

    /** Tables of ranges that are gone must not use memory up. */
    @Test
    void unmappingGivesTablesBack() {
        calls.munmap(calls.mmap(0, 4096, READ_WRITE, PRIVATE, -1, 0), 4096);
        int free = freeFrames();
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            long at = (random.nextLong() >>> 18) & -4096L;
            if (at >= 0x10000) {
                assertThat(calls.mmap(at, 4096, READ_WRITE, FIXED, -1, 0)).isEqualTo(at);
                assertThat(calls.munmap(at, 4096)).isZero();
            }
        }
        assertThat(freeFrames()).isEqualTo(free);
    }

    @Test
    void regionsAreAtMostWhatLinuxAllows() {
        blank(1L << 30);
        long base = calls.mmap(0, 4096L * 200_000, READ_WRITE, PRIVATE, -1, 0);
        assertThat(base).isPositive();
        int splits = 0;
        while (calls.mprotect(base + 8192L * splits + 4096, 4096, 1) == 0) {
            splits++;
        }
        assertThat(space.regions().size()).isBetween(Regions.LIMIT - 3, Regions.LIMIT);
        assertThat(calls.munmap(base + 4096L * 199_000, 4096)).isIn(0L, (long) -Errno.ENOMEM);
        assertThat(calls.munmap(base, 4096L * 200_000)).isZero();
    }

    @Test
    void aHugeReservationIsUnmappedAtOnce() {
        assertThat(calls.mmap(0x10000, 1L << 46, 0, FIXED, -1, 0)).isEqualTo(0x10000);
        assertThat(calls.munmap(0x10000, 1L << 46)).isZero();
    }

    // -- pages on demand --------------------------------------------------------------------------------------------

    @Test
    void aMappingWithoutReserveIsAllocatedAsItIsTouched() {
        long base = calls.mmap(0, 1L << 40, READ_WRITE, NORESERVE, -1, 0);
        int free = freeFrames();
        Fault fault = fault(base + (5L << 30));
        assertThat(space.resolve(fault)).isTrue();
        assertThat(fault(base + (5L << 30))).isNull();
        assertThat(freeFrames()).isGreaterThan(free - 32);
        assertThat(space.resolve(Fault.page(base, 0x14))).as("execution").isFalse();
        assertThat(space.resolve(Fault.page(base, 0x5))).as("protection").isFalse();
    }

    @Test
    void whatIsTouchedBeyondMemoryKills() {
        long base = calls.mmap(0, 1L << 30, READ_WRITE, NORESERVE, -1, 0);
        long at = base;
        while (true) {
            Fault fault = fault(at);
            if (fault != null && !space.resolve(fault)) {
                FatalSignal signal = FatalSignal.of(fault, vcpu, mmu, space, Symbols.NONE);
                assertThat(signal.status()).isEqualTo(137);
                assertThat(signal.message()).contains("memory is used up").contains("--memory");
                break;
            }
            at += 4096;
        }
        assertThat(at - base).isGreaterThan(60 << 20);
    }

    @Test
    void theStackGrowsToItsLimit() {
        for (long at = TOP - 0x4008; at >= STACK_LIMIT; at -= 0x3000) {
            Fault fault = fault(at);
            assertThat(fault == null || space.resolve(fault)).isTrue();
            assertThat(fault(at)).isNull();
        }
        assertThat(space.resolve(fault(STACK_LIMIT - 8))).isFalse();
    }

    @Test
    void theStackKeepsItsDistanceFromMappings() {
        long mapping = TOP - 0x40_0000;
        calls.mmap(mapping, 0x1000, READ_WRITE, FIXED, -1, 0);
        assertThat(space.resolve(fault(mapping + 0x1000 + 0x10_0000))).isTrue();
        assertThat(space.resolve(fault(mapping + 0xff000))).isFalse();
    }

    @Test
    void otherFaultsAreTheProgramsOwn() {
        assertThat(space.resolve(Fault.page(8, 6))).isFalse();
        assertThat(space.resolve(Fault.page(-8, 6))).isFalse();
        assertThat(space.resolve(Fault.ud())).isFalse();
        vcpu.rip = TOP - 0x100;
        mmu.write8(vcpu.rip, 0xf4);
        FatalSignal signal = FatalSignal.of(Fault.page(8, 6), vcpu, mmu, space, Symbols.NONE);
        assertThat(signal.status()).isEqualTo(139);
        assertThat(signal.message())
                .isEqualTo("SIGSEGV: write to an address that is not mapped; #PF(0x6) at 0x8,"
                        + " RIP 0x7fffffffef00, bytes f4 00 00 00 00 00 00 00");
        assertThat(FatalSignal.of(Fault.of(Fault.DE), vcpu, mmu, space, Symbols.NONE)
                        .status())
                .isEqualTo(136);
        assertThat(FatalSignal.of(Fault.ud(), vcpu, mmu, space, Symbols.NONE).status())
                .isEqualTo(132);
        assertThat(FatalSignal.of(Fault.of(Fault.BP), vcpu, mmu, space, Symbols.NONE)
                        .status())
                .isEqualTo(133);
        assertThat(FatalSignal.of(Fault.of(Fault.SS), vcpu, mmu, space, Symbols.NONE)
                        .status())
                .isEqualTo(135);
    }

    // -- what stale translations would show -------------------------------------------------------------------------

    @Test
    void translationsAreNeverStale() {
        long at = calls.mmap(0, 0x3000, READ_WRITE, PRIVATE, -1, 0);
        mmu.write8(at, 1);
        calls.mprotect(at, 0x1000, 1);
        assertThat(fault(at)).isNotNull();
        assertThat(mmu.read8(at)).isEqualTo(1);
        calls.mprotect(at, 0x1000, 0);
        assertThatThrownBy(() -> mmu.read8(at)).isInstanceOf(Fault.class);
        calls.mprotect(at, 0x1000, READ_WRITE);
        assertThat(mmu.read8(at)).isEqualTo(1);
        long moved = calls.mremap(at, 0x3000, 0x5000, 1, 0);
        assertThat(mmu.read8(moved)).isEqualTo(1);
        calls.madvise(moved, 0x1000, 4);
        assertThat(mmu.read8(moved)).isZero();
        mmu.write8(moved, 2);
        calls.munmap(moved, 0x5000);
        assertThat(fault(moved)).isNotNull();
        assertThat(mmu.read8(calls.mmap(moved, 0x1000, READ_WRITE, FIXED, -1, 0)))
                .isZero();
    }

    @Test
    void filesAreReadIn() {
        byte[] file = new byte[700_000];
        new Random(3).nextBytes(file);
        MemoryCalls withFiles = new MemoryCalls(space, (descriptor, position, to) -> {
            int n = (int) Math.max(0, Math.min(to.length, file.length - position));
            System.arraycopy(file, (int) Math.min(position, file.length), to, 0, n);
            return descriptor == 3 ? n : -Errno.EBADF;
        });
        long at = withFiles.mmap(0, 800_000, 1, 2, 3, 4096);
        byte[] actual = new byte[file.length - 4096];
        mmu.readUser(at, actual, 0, actual.length);
        assertThat(java.util.Arrays.mismatch(actual, 0, actual.length, file, 4096, file.length))
                .isEqualTo(-1);
        assertThat(fault(at)).isNotNull();
        assertThat(mmu.read64(at + 700_000)).isZero();
        assertThat(withFiles.mmap(0, 4096, 1, 2, 4, 0)).isEqualTo(-Errno.EBADF);
        assertThat(withFiles.mmap(0, 4096, 3, 1, 3, 0)).isEqualTo(-Errno.ENODEV);
    }

    // -- state ------------------------------------------------------------------------------------------------------

    @Test
    void anAddressSpaceGoesOnFromItsState() {
        Random random = new Random(5);
        List<Long> results = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            randomCall(random);
        }
        AddressSpaceState state = space.state();
        PhysicalMemory copy = new PhysicalMemory(memory.size());
        for (long page = 0; page < memory.size(); page += 4096) {
            byte[] bytes = new byte[4096];
            memory.read(page, bytes, 0, 4096);
            if (!memory.isZeroPage(page)) {
                copy.write(page, bytes, 0, 4096);
            }
        }
        for (int i = 0; i < 300; i++) {
            results.add(randomCall(random));
        }
        AddressSpaceState expected = space.state();

        Random again = new Random(5);
        memory = new PhysicalMemory(64 << 20);
        blank();
        for (int i = 0; i < 300; i++) {
            randomCall(again);
        }
        memory = copy;
        mmu = new Mmu(vcpu, copy);
        mmu.flush();
        space = new AddressSpace(state, vcpu, mmu);
        calls = new MemoryCalls(space, MappedFiles.NONE);
        assertThat(space.state()).usingRecursiveComparison().isEqualTo(state);
        for (long result : results) {
            assertThat(randomCall(again)).isEqualTo(result);
        }
        assertThat(space.state()).usingRecursiveComparison().isEqualTo(expected);
    }

    private long randomCall(Random random) {
        long at = 0x7000_0000_0000L + 4096L * random.nextInt(600);
        long length = 4096L * (1 + random.nextInt(80));
        return switch (random.nextInt(6)) {
            case 0 -> calls.mmap(0, length, READ_WRITE, PRIVATE, -1, 0);
            case 1 -> calls.mmap(at, length, READ_WRITE, FIXED, -1, 0);
            case 2 -> calls.munmap(at, length);
            case 3 -> calls.mprotect(at, length, random.nextInt(4));
            case 4 -> calls.brk(0x50_0000 + random.nextInt(1 << 20));
            default -> calls.mremap(at, 4096, length, 1, 0);
        };
    }

    @Test
    void statesThatContradictThemselvesAreRefused() {
        AddressSpaceState s = space.state();
        refused(state(s, s.root() + 1, s.brk(), s.regions(), s.frames()));
        refused(state(s, memory.size(), s.brk(), s.regions(), s.frames()));
        refused(state(
                s, s.root(), s.brk(), List.of(new Region(0x1000, 0x3000, 8, Region.Kind.HEAP, false)), s.frames()));
        refused(state(s, s.root(), -1, s.regions(), s.frames()));
        refused(state(
                s, s.root(), s.brk(), List.of(s.regions().get(0), s.regions().get(0)), s.frames()));
        refused(state(
                s, s.root(), s.brk(), List.of(new Region(0x1001, 0x3000, 3, Region.Kind.HEAP, false)), s.frames()));
        refused(state(
                s, s.root(), s.brk(), List.of(new Region(0x3000, 0x1000, 3, Region.Kind.HEAP, false)), s.frames()));
        refused(state(s, s.root(), s.brk(), List.of(new Region(-4096, 4096, 3, Region.Kind.HEAP, false)), s.frames()));
        byte[] tooMany = new byte[(int) (memory.size() >> 15) + 1];
        tooMany[tooMany.length - 1] = 1;
        refused(state(s, s.root(), s.brk(), s.regions(), tooMany));
    }

    private void refused(AddressSpaceState state) {
        assertThatThrownBy(() -> new AddressSpace(state, vcpu, mmu)).isInstanceOf(VmmException.class);
    }

    private static AddressSpaceState state(
            AddressSpaceState s, long root, long brk, List<Region> regions, byte[] frames) {
        return new AddressSpaceState(
                s.identity(),
                root,
                s.tablesStart(),
                s.tablesEnd(),
                s.floor(),
                s.ceiling(),
                s.limit(),
                s.brkStart(),
                brk,
                s.stackLimit(),
                s.zones(),
                regions,
                frames);
    }

    /** Whatever a guest's kernel, or an image, has made of the tables: the calls answer something. */
    @Test
    void ruinedTablesDoNotBreakTheVmm() {
        Random random = new Random(9);
        for (int round = 0; round < 300; round++) {
            blank(1 << 20);
            calls.mmap(0, 0x20000, READ_WRITE, PRIVATE, -1, 0);
            for (int i = 0; i < 200; i++) {
                long entry = ((long) random.nextInt(300) << 12 | random.nextInt(4096) | 1) & -1L >>> random.nextInt(64);
                memory.write64(0x1000 + 8 * random.nextInt(0x20000), entry);
            }
            for (int i = 0; i < 20; i++) {
                long at = random.nextBoolean()
                        ? 0x7000_0000_0000L
                        : STACK_LIMIT - 0x20_0000 + 4096L * random.nextInt(300);
                calls.call(
                        new int[] {9, 10, 11, 25, 28}[random.nextInt(5)],
                        at,
                        4096L << random.nextInt(9),
                        random.nextBoolean() ? READ_WRITE : 0x4000,
                        random.nextBoolean() ? FIXED : 1,
                        -1,
                        0);
                space.resolve(Fault.page(at, 6));
            }
        }
    }

    /** A cycle in the tables, which only a guest's kernel or an image can make, must not hang the VMM. */
    @Test
    void ruinedTablesDoNotHangTheVmm() {
        for (int i = 0; i < 512; i++) {
            memory.write64(0x1000 + 8 * i, 0x1000 | 7);
        }
        assertThat(calls.munmap(0x10000, 1L << 46)).isZero();
        calls.mmap(0, 1 << 20, READ_WRITE, PRIVATE, -1, 0);
        calls.mmap(0x10000, 1L << 45, 0, FIXED, -1, 0);
        calls.mprotect(0x10000, 1L << 45, READ_WRITE);
        calls.munmap(0x10000, 1L << 46);
    }
}
