package io.scratchvm.vmm.linux.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real-mode boot as docs/guest-abi.md says, with images that nasm and ld have made. */
class RealModeBootTest {
    @TempDir
    Path directory;

    private final Vcpu vcpu = new Vcpu();
    private PhysicalMemory memory;
    private Mmu mmu;

    @BeforeEach
    void labLayout() {
        memory(0xf000);
    }

    private void memory(long size) {
        memory = new PhysicalMemory(size);
        mmu = new Mmu(vcpu, memory);
    }

    @Test
    void entersTheBootImageAsTheLabDoes() throws Exception {
        Loaded loaded = load(image("boot", 32, 0x8000, 16), image("app", 64, 0x9000, 0x1800));
        assertThat(vcpu.rip).isEqualTo(0x8000);
        assertThat(vcpu.rflags()).isEqualTo(2);
        assertThat(vcpu.gpr[Vcpu.R14]).isEqualTo(0xe000);
        assertThat(vcpu.gpr[Vcpu.R15]).isEqualTo(0x9000);
        assertThat(vcpu.segments[Segment.CS]).isEqualTo(Segment.real(0));
        assertThat(vcpu.protectedMode()).isFalse();
        assertThat(loaded.entry()).isEqualTo(0x9000);
        assertThat(loaded.form()).isEqualTo(StartForm.BOOT);
        assertThat(loaded.symbols().address("_start")).hasValue(0x8000);
        assertThat(loaded.symbols().describe(0x9001)).isEqualTo("_start+0x1");
    }

    @Test
    void loadsTheSegmentsBytes() throws Exception {
        LoadedFile app = image("app", 64, 0x9000, 0x1800);
        load(image("boot", 32, 0x8000, 16), app);
        byte[] expected = app.elf().bytes(app.elf().programHeaders(1).get(0));
        byte[] actual = new byte[expected.length];
        memory.read(app.elf().programHeaders(1).get(0).virtualAddress(), actual, 0, actual.length);
        assertThat(actual).isEqualTo(expected).hasSize(0x1800);
    }

    /** Read as the CPU will read them: by the walk of the page tables, in long mode, ring 3. */
    @Test
    void mapsImagesAndStackIdenticallyForTheUserAndNothingElse() throws Exception {
        load(image("boot", 32, 0x8000, 16), image("app", 64, 0x9000, 0x1800));
        longMode();
        for (long page = 0; page < 0x40_0000; page += 0x1000) {
            boolean mapped = page >= 0x8000 && page < 0xf000;
            if (mapped) {
                assertThat(mmu.forFetch(page + 0x123)).isEqualTo(page + 0x123);
                mmu.checkWrite(page, 8);
            } else {
                long unmapped = page;
                assertThatThrownBy(() -> mmu.read8(unmapped)).isInstanceOf(Fault.class);
            }
        }
        assertThat(memory.read64(0x1000) & 7).isEqualTo(7);
        assertThat(memory.isZeroPage(0xe000)).isTrue();
    }

    @Test
    void putsTablesIntoTheFreePagesFrom0x2000Up() throws Exception {
        load(image("boot", 32, 0x8000, 16), image("app", 64, 0x3000, 16));
        assertThat(memory.read64(0x1000) & -0x1000L).isEqualTo(0x2000);
        assertThat(memory.read64(0x2000) & -0x1000L).isEqualTo(0x4000);
        assertThat(memory.read64(0x4000) & -0x1000L).isEqualTo(0x5000);
    }

    @Test
    void mapsAStackBeyondTheFirstTablesReach() throws Exception {
        memory(0x8000_0000L);
        load(image("boot", 32, 0x8000, 16), image("app", 64, 0x9000, 16));
        longMode();
        assertThat(vcpu.gpr[Vcpu.R14]).isEqualTo(0x7fff_f000L);
        assertThat(mmu.forFetch(0x7fff_c000L)).isEqualTo(0x7fff_c000L);
        assertThat(mmu.forFetch(0x7fff_ffffL)).isEqualTo(0x7fff_ffffL);
        assertThatThrownBy(() -> mmu.forFetch(0x7fff_bfffL)).isInstanceOf(Fault.class);
    }

    @Test
    void refusesOverlapsNamingBoth() throws Exception {
        LoadedFile boot = image("boot", 32, 0x8000, 16);
        refused(boot, image("app", 64, 0x9000, 0x2ff0), "app", "0x9000-0xbfef", "the stack", "0xb000-0xefff");
        refused(boot, image("app", 64, 0x8008, 16), "app", "0x8008-0x8017", "boot", "0x8000-0x800f");
        refused(boot, image("app", 64, 0x1800, 16), "app", "0x1800-0x180f", "the page tables", "0x1000-0x1fff");
        refused(boot, image("app", 64, 0x40000, 16), "app", "0x40000-0x4000f", "the end of memory", "0xf000");
        refused(image("high", 32, 0x20000, 16), boot, "high", "0x20000", "the end of memory");
    }

    @Test
    void refusesImagesThatLeaveNoRoomForTables() throws Exception {
        refused(
                image("boot", 32, 0x8000, 16),
                image("app", 64, 0x2000, 0x5ff0),
                "no free page for the page tables",
                "--memory");
    }

    @Test
    void refusesMemoryThatIsTooSmall() throws Exception {
        memory(0x5000);
        refused(image("boot", 32, 0x8000, 16), image("app", 64, 0x9000, 16), "0x5000 bytes is too small", "--memory");
    }

    @Test
    void refusesWhatIsNotLinkedAtAnAddress() throws Exception {
        HostTools.require("nasm");
        Files.writeString(directory.resolve("o.asm"), "nop\n");
        HostTools.run(directory, "nasm", "-f", "elf64", "o.asm", "-o", "o.o");
        refused(LoadedFile.read(directory.resolve("o.o")), image("app", 64, 0x9000, 16), "o.o: e_type 0x1", "ET_EXEC");
    }

    /** Between the app and the stack, where frames are free. */
    @Test
    void growsTheHeapIdentically() throws Exception {
        memory(0x20000);
        Loaded loaded = load(image("boot", 32, 0x8000, 16), image("app", 64, 0x9000, 0x1800));
        AddressSpace space = loaded.addressSpace();
        assertThat(space.brk()).isEqualTo(0xb000);
        assertThat(space.setBrk(0xc123)).isTrue();
        longMode();
        mmu.write64(0xc100, 0x1122334455667788L);
        assertThat(memory.read64(0xc100)).isEqualTo(0x1122334455667788L);
        assertThat(space.setBrk(0x1c001)).as("into the stack").isFalse();
        assertThat(space.setBrk(0x1c000)).as("up to the stack").isTrue();
        assertThat(space.findFree(0x1000)).isEqualTo(-1);
        assertThat(space.setBrk(0xb000)).isTrue();
        assertThatThrownBy(() -> mmu.read8(0xc100)).isInstanceOf(Fault.class);
        assertThat(memory.read64(0xc100)).isZero();
        assertThat(space.findFree(0x2000)).isEqualTo(0x1a000);
    }

    @Test
    void hasNoHeapInTheLabsMemory() throws Exception {
        Loaded loaded = load(image("boot", 32, 0x8000, 16), image("app", 64, 0x9000, 0x1800));
        assertThat(loaded.addressSpace().setBrk(0xb001)).isFalse();
        assertThat(loaded.addressSpace().findFree(0x1000)).isEqualTo(-1);
    }

    private Loaded load(LoadedFile boot, LoadedFile app) throws Exception {
        return RealModeBoot.load(boot, app, vcpu, mmu);
    }

    private void refused(LoadedFile boot, LoadedFile app, String... parts) {
        assertThatThrownBy(() -> load(boot, app))
                .isInstanceOf(VmmException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts).doesNotContain("\n"));
    }

    /** An image of {@code size} bytes at {@code address} that begins at its entry. */
    private LoadedFile image(String name, int bits, long address, int size) throws Exception {
        HostTools.require("nasm", "ld");
        Files.writeString(
                directory.resolve(name + ".asm"),
                """
                global _start
                section .text align=1
                _start: hlt
                nop
                times %d db 0x5a
                """
                        .formatted(size - 2));
        HostTools.run(directory, "nasm", "-f", "elf" + bits, name + ".asm", "-o", name + ".o");
        HostTools.run(
                directory,
                "ld",
                "-m",
                bits == 64 ? "elf_x86_64" : "elf_i386",
                "-N",
                "-Ttext=0x" + Long.toHexString(address),
                name + ".o",
                "-o",
                name);
        return LoadedFile.read(directory.resolve(name));
    }

    private void longMode() {
        vcpu.cr0 |= ControlRegisters.CR0_PE | ControlRegisters.CR0_PG | ControlRegisters.CR0_WP;
        vcpu.cr4 |= ControlRegisters.CR4_PAE;
        vcpu.efer |= ControlRegisters.EFER_LME | ControlRegisters.EFER_LMA | ControlRegisters.EFER_NXE;
        vcpu.cr3 = 0x1000;
        vcpu.cpl = 3;
        mmu.synchronize();
    }
}
