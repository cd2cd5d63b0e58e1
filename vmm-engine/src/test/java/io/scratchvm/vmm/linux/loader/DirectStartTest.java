package io.scratchvm.vmm.linux.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.elf.ProgramHeader;
import io.scratchvm.vmm.linux.file.MappedFiles;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.linux.mm.MemoryCalls;
import io.scratchvm.vmm.linux.mm.MemoryProbe;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Direct start of programs that the host's compilers have made, seen as their first instruction sees it. */
class DirectStartTest {
    private static final byte[] RANDOM = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final String SOURCE =
            """
            #include <stdio.h>
            char zeros[70000];
            int number = 42;
            const char text[] = "constant";
            int main(int argc, char **argv) { printf("%s %d %s\\n", argv[0], number, text); return zeros[argc]; }
            """;

    @TempDir
    Path directory;

    private final Vcpu vcpu = new Vcpu();
    private PhysicalMemory memory;
    private Mmu mmu;

    @BeforeEach
    void usualMemory() {
        memory(256 << 20);
    }

    private void memory(long size) {
        memory = new PhysicalMemory(size);
        mmu = new Mmu(vcpu, memory);
    }

    @ParameterizedTest
    @CsvSource({
        "gcc, -static -no-pie",
        "gcc, -static-pie -fPIE",
        "clang, -static -no-pie",
        "musl-gcc, -static -no-pie",
        "musl-gcc, -static -fPIE -nostartfiles MUSL/rcrt1.o -Xlinker -pie -Xlinker --no-dynamic-linker",
    })
    void mapsTheSegmentsAsTheFileSays(String compiler, String options) throws Exception {
        LoadedFile file = compile(compiler, options);
        Loaded loaded = load(file, "prog", "one");
        long bias = loaded.entry() - file.elf().header().entry();
        assertThat(bias).isEqualTo(file.elf().header().type() == 3 ? 0x5555_5555_4000L : 0);
        for (ProgramHeader segment : file.elf().programHeaders(ProgramHeader.PT_LOAD)) {
            checkContents(file, segment, bias);
            checkProtection(segment, bias);
        }
        assertThat(mmu.read32(loaded.symbols().address("number").getAsLong())).isEqualTo(42);
        assertThat(loaded.symbols().describe(loaded.entry())).isEqualTo("_start");
    }

    private void checkContents(LoadedFile file, ProgramHeader segment, long bias) throws Exception {
        byte[] expected = Arrays.copyOf(file.elf().bytes(segment), (int) segment.memorySize());
        byte[] actual = new byte[expected.length];
        mmu.readUser(segment.virtualAddress() + bias, actual, 0, actual.length);
        assertThat(Arrays.mismatch(expected, actual)).isEqualTo(-1);
    }

    private void checkProtection(ProgramHeader segment, long bias) {
        long address = segment.virtualAddress() + bias;
        if ((segment.flags() & ProgramHeader.PF_W) != 0) {
            mmu.checkWrite(address, 1);
        } else {
            assertThatThrownBy(() -> mmu.checkWrite(address, 1))
                    .isInstanceOf(Fault.class)
                    .hasMessage(fault(7, address));
        }
        if ((segment.flags() & ProgramHeader.PF_X) != 0) {
            mmu.forFetch(address);
        } else {
            assertThatThrownBy(() -> mmu.forFetch(address))
                    .isInstanceOf(Fault.class)
                    .hasMessage(fault(0x15, address));
        }
    }

    private static String fault(int code, long address) {
        return Fault.page(address, code).getMessage();
    }

    @Test
    void entersRing3AsLinuxDoes() throws Exception {
        Loaded loaded = load(compile("gcc", "-static"), "prog");
        assertThat(vcpu.rip).isEqualTo(loaded.entry());
        assertThat(vcpu.mode64()).isTrue();
        assertThat(vcpu.cpl).isEqualTo(3);
        assertThat(vcpu.segments[Segment.CS].selector()).isEqualTo(0x33);
        assertThat(vcpu.segments[Segment.SS].selector()).isEqualTo(0x2b);
        assertThat(vcpu.rflags()).isEqualTo(2 | Flags.IF);
        assertThat(vcpu.gpr[Vcpu.RSP] & 15).isZero();
        assertThat(vcpu.gpr[Vcpu.RDX]).isZero();
        assertThat(loaded.form()).isEqualTo(StartForm.PROGRAM);
    }

    /** SYSCALL leads to HLT and SYSRETQ, in a page that ring 3 cannot read. */
    @Test
    void bringsAStubThatRing3CannotRead() throws Exception {
        Loaded loaded = load(compile("gcc", "-static"), "prog");
        assertThat(vcpu.lstar).isEqualTo(loaded.stub());
        assertThatThrownBy(() -> mmu.read8(loaded.stub())).isInstanceOf(Fault.class);
        assertThat(mmu.readSystem(loaded.stub(), 4)).isEqualTo(0x070f48f4L);
        assertThat(vcpu.star >>> 48).isEqualTo(0x23);
        for (int selector : new int[] {0x23, 0x2b, 0x33}) {
            long descriptor = mmu.readSystem(vcpu.gdtr.base() + (selector & ~7), 8);
            assertThat(descriptor >>> 45 & 3).as("DPL of 0x%x", selector).isEqualTo(3);
        }
        assertThatThrownBy(() -> mmu.writeSystem(loaded.stub(), 0, 1)).isInstanceOf(Fault.class);
    }

    @Test
    void buildsTheStackOfTheAbi() throws Exception {
        LoadedFile file = compile("gcc", "-static-pie -fPIE");
        ProgramArguments arguments = new ProgramArguments(
                List.of("prog", "", "grüße"), List.of("HOME=/", "A=b"), RANDOM, 0xbfebfbffL, 1000, 100);
        Loaded loaded = DirectStart.load(file, arguments, vcpu, mmu);
        long at = vcpu.gpr[Vcpu.RSP];
        assertThat(mmu.read64(at)).isEqualTo(3);
        at += 8;
        assertThat(strings(at)).containsExactly("prog", "", "grüße");
        at += 4 * 8;
        assertThat(strings(at)).containsExactly("HOME=/", "A=b");
        at += 3 * 8;
        byte[] vector = new byte[loaded.auxiliaryVector().length];
        mmu.readUser(at, vector, 0, vector.length);
        assertThat(vector).isEqualTo(loaded.auxiliaryVector());

        Map<Long, Long> values = auxiliaryVector(at);
        assertThat(values)
                .containsEntry(6L, 4096L)
                .containsEntry(9L, loaded.entry())
                .containsEntry(16L, 0xbfebfbffL)
                .containsEntry(11L, 1000L)
                .containsEntry(14L, 100L)
                .containsEntry(23L, 0L)
                .containsEntry(7L, 0L)
                .containsEntry(4L, 56L)
                .containsEntry(5L, (long) file.elf().programHeaders().size());
        assertThat(string(values.get(31L))).isEqualTo(file.name());
        assertThat(string(values.get(15L))).isEqualTo("x86_64");
        byte[] random = new byte[16];
        mmu.readUser(values.get(25L), random, 0, 16);
        assertThat(random).isEqualTo(RANDOM);
        ProgramHeader first = file.elf().programHeaders().get(0);
        assertThat(mmu.read32(values.get(3L))).isEqualTo(first.type());
        assertThat(mmu.read64(values.get(3L) + 16)).isEqualTo(first.virtualAddress());
    }

    /** What the host's kernel gives the same program, by the numbers of the entries. */
    @Test
    void givesTheAuxiliaryEntriesThatTheHostGives() throws Exception {
        HostTools.require("gcc");
        Files.writeString(
                directory.resolve("aux.c"),
                """
                #include <stdio.h>
                int main(int argc, char **argv, char **envp) {
                    while (*envp) envp++;
                    for (unsigned long *a = (unsigned long *)(envp + 1); *a; a += 2) printf("%lu ", *a);
                }
                """);
        HostTools.run(directory, "gcc", "-static", "aux.c", "-o", "aux");
        String output = HostTools.run(directory, directory.resolve("aux").toString());
        load(LoadedFile.read(directory.resolve("aux")), "aux");
        long at = vcpu.gpr[Vcpu.RSP] + 4 * 8;
        List<String> host = List.of(output.trim().split(" "));
        for (long type : auxiliaryVector(at).keySet()) {
            assertThat(type == 0 || host.contains("" + type))
                    .as("entry " + type)
                    .isTrue();
        }
    }

    private Map<Long, Long> auxiliaryVector(long at) {
        Map<Long, Long> values = new LinkedHashMap<>();
        do {
            values.put(mmu.read64(at), mmu.read64(at + 8));
            at += 16;
        } while (mmu.read64(at - 16) != 0);
        return values;
    }

    private List<String> strings(long at) {
        List<String> result = new ArrayList<>();
        for (; mmu.read64(at) != 0; at += 8) {
            result.add(string(mmu.read64(at)));
        }
        return result;
    }

    private String string(long at) {
        byte[] bytes = new byte[1000];
        int length = 0;
        while ((bytes[length] = (byte) mmu.read8(at + length)) != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** Long ranges must stay contiguous for engines that take them as one window. */
    @ParameterizedTest
    @ValueSource(longs = {64L << 20, 256L << 20, 3L << 30})
    void keepsProgramHeapMappingsAndStackContiguous(long size) throws Exception {
        memory(size);
        Loaded loaded = load(compile("gcc", "-static"), "prog");
        AddressSpace space = loaded.addressSpace();
        long heap = space.brk();
        assertThat(space.setBrk(heap + (4 << 20))).isTrue();
        MemoryCalls calls = new MemoryCalls(space, MappedFiles.NONE);
        long mapping = calls.mmap(0, 3 << 20, 3, 0x22, -1, 0);
        long below = calls.mmap(0, 1 << 20, 3, 0x22, -1, 0);
        checkContiguous(0x401000, heap + (4 << 20));
        checkContiguous(below, mapping + (3 << 20));
        checkContiguous(0x7fff_ffff_b000L, 0x7fff_ffff_f000L);
        assertThat(mmu.forFetch(0x401000) & 0xfffff).isEqualTo(0x01000);
    }

    private void checkContiguous(long start, long end) {
        MemoryProbe probe = new MemoryProbe(mmu);
        long first = probe.physical(start);
        for (long page = start; page < end; page += 0x1000) {
            assertThat(probe.physical(page)).as("page 0x%x", page).isEqualTo(first + page - start);
        }
    }

    @Test
    void takesNoHostMemoryForPagesThatNobodyWrites() throws Exception {
        memory(1L << 40);
        Loaded loaded = load(compile("gcc", "-static"), "prog");
        MemoryCalls calls = new MemoryCalls(loaded.addressSpace(), MappedFiles.NONE);
        long mapping = calls.mmap(0, 8L << 30, 3, 0x22, -1, 0);
        assertThat(mapping).isPositive();
        assertThat(mmu.read64(mapping + (5L << 30))).isZero();
    }

    @Test
    void refusesWhatCannotRun() throws Exception {
        refused(compile("gcc", "-no-pie"), "dynamically linked", "ld-linux", "-static");
        refused(compile("gcc", "-c"), "e_type 0x1", "not an executable");
        refused(LoadedFile.of("note.txt", "hello".getBytes(StandardCharsets.US_ASCII)), "note.txt is not an ELF file");
        refused(compile("gcc", "-shared -fPIC -nostdlib"), "shared library");
        byte[] program = compile("gcc", "-static").bytes();
        refused(LoadedFile.of("cut", Arrays.copyOf(program, program.length / 2)), "cut: p_", "truncated");
        byte[] arm = program.clone();
        arm[18] = (byte) 183;
        refused(LoadedFile.of("arm", arm), "e_machine 0xb7", "x86-64");
    }

    @Test
    void refuses32BitPrograms() throws Exception {
        HostTools.require("nasm", "ld");
        Files.writeString(directory.resolve("a.asm"), "global _start\n_start: hlt\n");
        HostTools.run(directory, "nasm", "-f", "elf32", "a.asm", "-o", "a.o");
        HostTools.run(directory, "ld", "-m", "elf_i386", "a.o", "-o", "a32");
        refused(LoadedFile.read(directory.resolve("a32")), "32-bit program");
    }

    @Test
    void refusesProgramsThatDoNotFitMemory() throws Exception {
        LoadedFile program = compile("gcc", "-static");
        for (long size = 0x1000; size < 0xc0000; size += 0x5000) {
            memory(size);
            refused(program, "needs", "bytes of memory", "--memory");
        }
        memory(4 << 20);
        load(program, "prog");
    }

    @Test
    void refusesArgumentsThatLinuxWouldRefuse() throws Exception {
        LoadedFile program = compile("gcc", "-static");
        assertThatThrownBy(() -> load(program, "prog", "x".repeat(131072)))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("argument 1 has 131072 bytes; at most 131071");
        String[] many = new String[20000];
        Arrays.fill(many, "x".repeat(100));
        assertThatThrownBy(() -> load(program, many))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("bytes; at most 2097152 fit the stack");
        load(program, "prog", "x".repeat(131071));
    }

    private void refused(LoadedFile file, String... parts) {
        assertThatThrownBy(() -> load(file, "prog"))
                .isInstanceOf(VmmException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts).doesNotContain("\n"));
    }

    private Loaded load(LoadedFile file, String... arguments) throws Exception {
        ProgramArguments program = new ProgramArguments(List.of(arguments), List.of(), RANDOM, 0, 0, 0);
        Loaded loaded = DirectStart.load(file, program, vcpu, mmu);
        mmu.synchronize();
        return loaded;
    }

    private LoadedFile compile(String compiler, String options) throws Exception {
        HostTools.require(compiler);
        Files.writeString(directory.resolve("prog.c"), SOURCE);
        List<String> command = new ArrayList<>(List.of(compiler, "prog.c", "-o", "prog"));
        command.addAll(
                List.of(options.replace("MUSL", "/usr/lib/x86_64-linux-musl").split(" ")));
        HostTools.run(directory, command.toArray(new String[0]));
        return LoadedFile.read(directory.resolve("prog"));
    }
}
