package io.scratchvm.vmm.image;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;
import static io.scratchvm.vmm.cpu.state.Vcpu.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.api.RandomSource;
import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.interpreter.Interpreter;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.elf.ElfFile;
import io.scratchvm.vmm.elf.ProgramHeader;
import io.scratchvm.vmm.linux.loader.StartForm;
import io.scratchvm.vmm.memory.IoSpace;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image of a program in the middle of a SAVE, seen by readelf and gdb, which know nothing of us. */
class StockToolsTest {
    private static final String SOURCE =
            """
            volatile int counter = 41;
            const char text[] = "hello from the guest";
            int big_zero[3000];
            int zeros_in_file[4096] = {1, [4095] = 9};
            static long save(void) {
                long r;
                __asm__ volatile("syscall" : "=a"(r) : "a"(400L) : "rcx", "r11", "memory");
                return r;
            }
            int inner(int a) { counter += a; zeros_in_file[0] = 0; zeros_in_file[4095] = 0; save(); return counter * 2; }
            int outer(int b) { int x = inner(b + 1); return x + 1; }
            void _start(void) { outer(7); for (;;); }
            """;
    private static final long STUB = 0x7fff_f000L;
    private static final long STACK_TOP = 0x7fff_0000L;
    private static final int MEMORY = 2 << 20;

    @TempDir
    static Path directory;

    private static Path app;
    private static Path image;

    private final Vcpu vcpu = new Vcpu();
    private final PhysicalMemory memory = new PhysicalMemory(MEMORY);
    private long nextFrame = 0x1000;

    @BeforeAll
    static void saveInTheMiddleOfACall() throws Exception {
        Path source = Files.writeString(directory.resolve("app.c"), SOURCE);
        app = directory.resolve("app");
        HostTools.require("gcc");
        HostTools.transcript(
                "gcc",
                "-g",
                "-O0",
                "-static",
                "-nostdlib",
                "-fno-stack-protector",
                "-fcf-protection=none",
                "-no-pie",
                "-fno-pie",
                "-o",
                app.toString(),
                source.toString());
        image = directory.resolve("vm.vmimg");
        new StockToolsTest().runToSaveAndPublish();
    }

    private void runToSaveAndPublish() throws Exception {
        ElfFile elf = ElfFile.of(app);
        vcpu.cr3 = frame();
        List<Setup.Range> fileBytes = new ArrayList<>();
        for (ProgramHeader segment : elf.programHeaders(ProgramHeader.PT_LOAD)) {
            load(segment, elf.bytes(segment));
            fileBytes.add(new Setup.Range(segment.virtualAddress(), segment.fileSize()));
        }
        map(STACK_TOP - 0x1000, true);
        map(STUB, false);
        enterUserMode(elf.header().entry());
        runToSystemCall();
        Setup.GuestFile file = new Setup.GuestFile(app.toString(), new byte[32], fileBytes);
        Setup setup = new Setup(
                StartForm.PROGRAM, STUB, 400, 3, TimeSource.VIRTUAL, RandomSource.SEEDED, new byte[0], List.of(file));
        ImageWriter.publish(image, SampleMachine.state(vcpu, Lineage.FRESH, setup), memory, SampleMachine.options());
    }

    private void load(ProgramHeader segment, byte[] bytes) {
        long start = segment.virtualAddress() & -4096L;
        for (long page = start; page < segment.virtualAddress() + segment.memorySize(); page += 4096) {
            map(page, true);
        }
        for (int i = 0; i < bytes.length; i++) {
            memory.write(physical(segment.virtualAddress() + i), bytes[i] & 0xff, 1);
        }
    }

    private void enterUserMode(long entry) {
        vcpu.cr0 = CR0_PE | CR0_PG | CR0_ET | CR0_WP;
        vcpu.cr4 = CR4_PAE | CR4_OSFXSR;
        vcpu.efer = EFER_LME | EFER_LMA | EFER_SCE;
        vcpu.star = 0x001b_0008L << 32;
        vcpu.lstar = STUB;
        vcpu.cpl = 3;
        vcpu.segments[Segment.CS] = Segment.flatCode64(0x2b, 3);
        vcpu.segments[Segment.SS] = Segment.flatData(0x23, 3);
        vcpu.gpr[RSP] = STACK_TOP - 64;
        vcpu.gpr[R15] = 0xfeed_f00dL;
        vcpu.xmm[0] = 0x3ff8_0000_0000_0000L;
        vcpu.rip = entry;
    }

    private void runToSystemCall() {
        memory.write(physical(STUB), 0xf4, 1);
        Mmu mmu = new Mmu(vcpu, memory);
        mmu.synchronize();
        Interpreter interpreter = new Interpreter(vcpu, mmu, NO_PORTS, () -> 0);
        interpreter.setBreakpoint(OptionalLong.empty());
        assertThat(interpreter.run(10_000))
                .as(() -> interpreter.fault() + " " + Long.toHexString(vcpu.rip))
                .isEqualTo(Exit.SYSTEM_CALL);
        vcpu.gpr[RAX] = 1;
    }

    private static final IoSpace NO_PORTS = new IoSpace() {
        @Override
        public int read(int port, int size) {
            return -1;
        }

        @Override
        public void write(int port, int size, int value) {}
    };

    // -- page tables ----------------------------------------------------------------------------------------------

    private long frame() {
        nextFrame += 0x1000;
        return nextFrame - 0x1000;
    }

    private void map(long linear, boolean user) {
        long table = vcpu.cr3;
        for (int level = 4; level > 1; level--) {
            table = descend(table + 8 * (linear >>> 12 + 9 * (level - 1) & 511));
        }
        long at = table + 8 * (linear >>> 12 & 511);
        if (memory.read64(at) == 0) {
            memory.write64(at, frame() | 3 | (user ? 4 : 0));
        }
    }

    private long descend(long at) {
        if (memory.read64(at) == 0) {
            memory.write64(at, frame() | 7);
        }
        return memory.read64(at) & -4096L & (1L << 52) - 1;
    }

    private long physical(long linear) {
        long table = vcpu.cr3;
        for (int level = 4; level > 1; level--) {
            table = descend(table + 8 * (linear >>> 12 + 9 * (level - 1) & 511));
        }
        return (memory.read64(table + 8 * (linear >>> 12 & 511)) & -4096L) + (linear & 4095);
    }

    // -- what the tools say ---------------------------------------------------------------------------------------

    @Test
    void readelfHasNothingToComplainOf() throws Exception {
        HostTools.require("readelf");
        String output = HostTools.transcript("readelf", "-a", "-W", image.toString());
        assertThat(output)
                .contains("CORE (Core file)", "NT_PRSTATUS", "NT_FPREGSET", "QEMU", "0x564d4d81")
                .doesNotContainIgnoringCase("warning")
                .doesNotContainIgnoringCase("error");
    }

    @Test
    void gdbShowsTheUsersRegisters() throws Exception {
        String output = gdb("info registers rip rax r15 cs", "p $xmm0.v2_double[0]", "x/i $rip - 2");
        assertThat(output)
                .containsPattern("rax +0x1 ")
                .containsPattern("r15 +0xfeedf00d")
                .containsPattern("cs +0x2b");
        assertThat(output).containsPattern("rip .*<save\\+").contains("= 1.5").contains("syscall");
    }

    @Test
    void gdbShowsTheCallsThatLedToTheSave() throws Exception {
        String output = gdb("bt", "frame 1", "p a", "frame 2", "p b");
        assertThat(output)
                .containsPattern("#0 .*save \\(\\)")
                .containsPattern("#1 .*inner \\(a=8\\)")
                .containsPattern("#2 .*outer \\(b=7\\)")
                .containsPattern("#3 .*_start \\(\\)")
                .contains("= 8", "= 7");
    }

    @Test
    void gdbShowsMemoryAndNotWhatTheProgramsFileHas() throws Exception {
        String output = gdb("p counter", "p text", "p big_zero[2999]", "p zeros_in_file[0]", "p zeros_in_file[4095]");
        assertThat(output.lines().filter(line -> line.startsWith("$")))
                .containsExactly("$1 = 49", "$2 = \"hello from the guest\"", "$3 = 0", "$4 = 0", "$5 = 0");
    }

    @Test
    void gdbReadsPhysicalMemoryThroughTheDirectMap() throws Exception {
        String output = gdb("x/1gx 0xffff888000001000");
        long entry;
        try (Image opened = ImageReader.open(image, ReadOptions.with(null))) {
            PhysicalMemory restored = new PhysicalMemory(MEMORY);
            opened.loadMemory(restored);
            entry = restored.read64(0x1000);
        }
        assertThat(output).contains(String.format("0x%016x", entry));
    }

    @Test
    void aMarkThatTheVmHasMovedChangesNothingForThem() throws Exception {
        HostTools.require("readelf");
        Path copy = Files.copy(image, directory.resolve("moved.vmimg"));
        String registersOf = gdb(image, "info registers", "bt", "p text");
        String listingOf = HostTools.transcript("readelf", "-a", "-W", image.toString());
        new MoveMark("00112233445566778899aabbccddeeff").put(copy);
        assertThat(HostTools.transcript("readelf", "-a", "-W", copy.toString())).isEqualTo(listingOf);
        assertThat(gdb(copy, "info registers", "bt", "p text")).isEqualTo(registersOf);
    }

    private static String gdb(String... commands) throws Exception {
        return gdb(image, commands);
    }

    private static String gdb(Path image, String... commands) throws Exception {
        HostTools.require("gdb");
        List<String> line = new ArrayList<>(List.of("gdb", "-nx", "-q", "-batch"));
        for (String command : commands) {
            line.addAll(List.of("-ex", command));
        }
        line.addAll(List.of(app.toString(), image.toString()));
        return HostTools.transcript(line.toArray(String[]::new));
    }
}
