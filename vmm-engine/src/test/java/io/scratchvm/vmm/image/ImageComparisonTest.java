package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.api.RandomSource;
import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.ClockState;
import io.scratchvm.vmm.device.InterruptsState;
import io.scratchvm.vmm.device.RandomState;
import io.scratchvm.vmm.device.UartState;
import io.scratchvm.vmm.linux.PendingIoState;
import io.scratchvm.vmm.linux.ProcessState;
import io.scratchvm.vmm.linux.ResourceLimitsState;
import io.scratchvm.vmm.linux.SchedulingState;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.FilesState;
import io.scratchvm.vmm.linux.file.FilesState.DescriptorState;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import io.scratchvm.vmm.linux.loader.StartForm;
import io.scratchvm.vmm.linux.mm.AddressSpaceState;
import io.scratchvm.vmm.linux.mm.Region;
import io.scratchvm.vmm.linux.signal.SignalAction;
import io.scratchvm.vmm.linux.signal.SignalsState;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code diff} finds. */
class ImageComparisonTest {
    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    Path directory;

    private int saves;

    @Test
    void twoSavesOfOneVmAreEqual() throws IOException {
        try (Image a = saved(SampleMachine.state());
                Image b = saved(SampleMachine.state())) {
            ImageComparison comparison = ImageComparison.of(a, b);
            assertThat(comparison.isEmpty()).isTrue();
            assertThat(comparison.text())
                    .isEqualToNormalizingNewlines("a                " + a.file() + ", uuid "
                            + a.manifest().uuidText() + "\nb                " + b.file() + ", uuid "
                            + a.manifest().uuidText() + "\n                 the same VM\n");
        }
    }

    @Test
    void whoWroteAnImageAndHowItIsSealedMakesNoDifference() throws IOException {
        Path other = directory.resolve("other.vmimg");
        byte[] key = {1, 2, 3};
        ImageWriter.publish(
                other, SampleMachine.state(), SampleMachine.memory(), new SaveOptions("another vmm", key, false));
        try (Image a = saved(SampleMachine.state());
                Image b = ImageReader.open(other, ReadOptions.with(key))) {
            assertThat(ImageComparison.of(a, b).isEmpty()).isTrue();
        }
    }

    // -- the parts --------------------------------------------------------------------------------------------------

    @Test
    void registersAreNamed() throws IOException {
        assertThat(changes(vcpu -> vcpu.gpr[Vcpu.RAX] = 0x42)).containsExactly("vcpu rax 0x0 -> 0x42");
        assertThat(changes(vcpu -> vcpu.gpr[15] = -1))
                .containsExactly("vcpu r15 0xf0f0f0f0f0f0f0f -> 0xffffffffffffffff");
        assertThat(changes(vcpu -> vcpu.segments[Segment.FS] = Segment.real(0x10)))
                .containsExactly("vcpu fs.selector 0 -> 16", "fs.base 0x0 -> 0x100");
        assertThat(changes(vcpu -> vcpu.cr0 ^= 2)).singleElement().asString().startsWith("vcpu cr0 0x");
        assertThat(changes(vcpu -> vcpu.lstar = 7)).containsExactly("vcpu lstar 0x0 -> 0x7");
        assertThat(changes(vcpu -> vcpu.dr[3] = 7)).containsExactly("vcpu dr3 0x0 -> 0x7");
        assertThat(changes(vcpu -> vcpu.xmm[31] = 7)).containsExactly("vcpu xmm15.high 0x0 -> 0x7");
        assertThat(changes(vcpu -> vcpu.x87.significand[2] = 7)).containsExactly("vcpu x87.significand[2] 0x0 -> 0x7");
        assertThat(changes(vcpu -> vcpu.halted = true)).containsExactly("vcpu halted false -> true");
        assertThat(changes(vcpu -> vcpu.setRflags(0x47)))
                .containsExactly(
                        "vcpu rflags 0x2 -> 0x47",
                        "flags.cf false -> true",
                        "flags.pf false -> true",
                        "flags.zf false -> true");
    }

    private List<String> changes(Consumer<Vcpu> change) throws IOException {
        Vcpu vcpu = SampleMachine.vcpu();
        change.accept(vcpu);
        return changes(SampleMachine.state(), SampleMachine.state(vcpu));
    }

    @Test
    void theManifestTellsHowFarTheVmIsAndWhereItComesFrom() throws IOException {
        assertThat(changes(vcpu -> vcpu.instructions++))
                .containsExactly("manifest instructions 1234 -> 1235", "vcpu instructions 0x4d2 -> 0x4d3");
        byte[] parent = new byte[16];
        parent[15] = 1;
        assertThat(changes(
                        SampleMachine.state(),
                        SampleMachine.state(SampleMachine.vcpu(), new Lineage(parent, 3), SampleMachine.setup())))
                .containsExactly(
                        "manifest parent none -> \"00000000-0000-0000-0000-000000000001\"", "generation 1 -> 4");
        assertThat(changes(setup(400, "app"), setup(401, "b\n")))
                .containsExactly(
                        "manifest setup.saveCall 400 -> 401",
                        "setup.guestFiles[\"app\"] {\"path\":\"app\",\"sha256\":\"" + "00".repeat(32)
                                + "\",\"fileBytes\":[]} -> none",
                        "setup.guestFiles[\"b\\u000a\"] none -> {\"path\":\"b\\u000a\",\"sha256\":\"" + "00".repeat(32)
                                + "\",\"fileBytes\":[]}");
    }

    private static MachineState setup(int saveCall, String file) {
        Setup.GuestFile loaded = new Setup.GuestFile(file, new byte[32], List.of());
        Setup setup = new Setup(
                StartForm.BOOT, 0, saveCall, 8, TimeSource.VIRTUAL, RandomSource.SEEDED, new byte[0], List.of(loaded));
        return SampleMachine.state(SampleMachine.vcpu(), Lineage.FRESH, setup);
    }

    @Test
    void openFilesAreFoundByTheirNumbers() throws IOException {
        OpenFileState written =
                new OpenFileState(3, FileKind.FILE, "/ay_caramba", 2, 28, 28, 0644, false, digest(1), new byte[100]);
        OpenFileState opened = new OpenFileState(4, FileKind.DIRECTORY, "/d", 0, 0, 0, 0755, false, null, null);
        FilesState files = new FilesState(List.of(opened, written), List.of(new DescriptorState(9, 4, false)));
        assertThat(changes(SampleMachine.state(), with(files)))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("files files[0] {\"id\":0,")
                                .endsWith("} -> none"),
                        line -> assertThat(line).isEqualTo("files[3].offset 16 -> 28"),
                        line -> assertThat(line).isEqualTo("files[3].size 16 -> 28"),
                        line -> assertThat(line)
                                .startsWith("files[3].digest \"000")
                                .contains("\" -> \"010"),
                        line -> assertThat(line).startsWith("files[3].content none -> {\"size\":100,\"sha256\":"),
                        line -> assertThat(line).startsWith("files[4] none -> {\"id\":4,\"kind\":\"DIRECTORY\""),
                        line -> assertThat(line).startsWith("descriptors[0] {").endsWith("} -> none"),
                        line -> assertThat(line).startsWith("descriptors[8] {").endsWith("} -> none"),
                        line -> assertThat(line).startsWith("descriptors[9] none -> {"));
    }

    private static byte[] digest(int first) {
        byte[] digest = new byte[32];
        digest[0] = (byte) first;
        return digest;
    }

    @Test
    void regionsAreFoundByTheirAddresses() throws IOException {
        Region mapping = new Region(0xa000, 0xb000, 1, Region.Kind.MAPPING, true);
        Region heap = new Region(0xb000, 0xd000, 3, Region.Kind.HEAP, false);
        assertThat(changes(SampleMachine.state(), with(space(List.of(mapping, heap)))))
                .containsExactly(
                        "addressSpace regions[0xb000].end 0xc000 -> 0xd000",
                        "regions[0xa000] none -> {\"start\":\"0xa000\",\"end\":\"0xb000\",\"protection\":1,"
                                + "\"kind\":\"MAPPING\",\"onDemand\":true,\"file\":null}");
        assertThat(changes(with(space(List.of(heap, heap))), with(space(List.of(heap)))))
                .singleElement()
                .asString()
                .startsWith("addressSpace regions[1] {");
        assertThat(changes(SampleMachine.state(), with((AddressSpaceState) null)))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("manifest setup.start \"BOOT\" -> \"FLAT\""),
                        line -> assertThat(line)
                                .startsWith("addressSpace {\"identity\":true,")
                                .endsWith("... -> none"));
    }

    private static AddressSpaceState space(List<Region> regions) {
        AddressSpaceState old = SampleMachine.state().addressSpace();
        return new AddressSpaceState(
                old.identity(),
                old.root(),
                old.tablesStart(),
                old.tablesEnd(),
                old.floor(),
                old.ceiling(),
                old.limit(),
                old.brkStart(),
                old.brk(),
                old.stackLimit(),
                old.zones(),
                regions,
                old.frames());
    }

    @Test
    void theProcessTheDevicesTheClockAndTheRandomNumbersAreCompared() throws IOException {
        ProcessState process = new ProcessState(
                "/d",
                022,
                List.of(new SignalAction(2, 1, 0, 0, 0)),
                0,
                ProcessState.INITIAL.signalStack(),
                0,
                0,
                SignalsState.INITIAL,
                ResourceLimitsState.INITIAL,
                SchedulingState.INITIAL);
        UartState uart = new UartState(1, 0, 0, 0, 0, 0, false, -1, true);
        PendingIoState pending = new PendingIoState(null, new byte[] {'a'});
        List<String> changes = changes(
                SampleMachine.state(),
                new MachineState(
                        Lineage.FRESH,
                        List.of("fpu", "sse2", "mmx"),
                        SampleMachine.setup(),
                        SampleMachine.state().vcpu(),
                        SampleMachine.state().files(),
                        pending,
                        process,
                        SampleMachine.state().addressSpace(),
                        new DevicesState(uart),
                        new ClockState(5, 0),
                        new RandomState(1, 2, 3, 4),
                        InterruptsState.RESET,
                        null));
        assertThat(changes)
                .contains(
                        "manifest cpuFeatures[2] none -> \"mmx\"",
                        "process workingDirectory \"/\" -> \"/d\"",
                        "actions[2] none -> {\"signal\":2,\"handler\":1,\"flags\":0,\"restorer\":0,\"mask\":0}",
                        "readAhead \"6162\" -> \"61\"",
                        "clock slept 0 -> 5",
                        "random s3 18446744073709551612 -> 4",
                        "firstPic.mask 254 -> 255")
                .anyMatch(line -> line.startsWith("pendingIo call {") && line.endsWith(" -> none"))
                .anyMatch(line -> line.startsWith("devices uart."));
    }

    private static MachineState with(FilesState files) {
        return with(files, SampleMachine.state().addressSpace());
    }

    private static MachineState with(AddressSpaceState space) {
        return with(SampleMachine.state().files(), space);
    }

    private static MachineState with(FilesState files, AddressSpaceState space) {
        MachineState sample = SampleMachine.state();
        Setup setup = sample.setup();
        return new MachineState(
                sample.lineage(),
                sample.cpuFeatures(),
                space != null ? setup : flat(setup),
                sample.vcpu(),
                files,
                sample.pendingIo(),
                sample.process(),
                space,
                sample.devices(),
                sample.clock(),
                sample.random(),
                sample.interrupts(),
                sample.processes());
    }

    private static Setup flat(Setup setup) {
        return new Setup(
                StartForm.FLAT,
                setup.stub(),
                setup.saveCall(),
                setup.firstDescriptor(),
                setup.clock(),
                setup.random(),
                setup.auxiliaryVector(),
                setup.guestFiles());
    }

    // -- memory -----------------------------------------------------------------------------------------------------

    @Test
    void pagesThatDifferAndFollowEachOtherAreOneRange() throws IOException {
        PhysicalMemory changed = SampleMachine.memory();
        changed.write64(0x8000, 0x1122_3344_5566_7700L);
        changed.write64(0x9ff8, 0);
        changed.write64(0xa010, 0x0101);
        changed.write64(0xe008, 1);
        try (Image a = saved(SampleMachine.state());
                Image b = saved(SampleMachine.state(), changed)) {
            assertThat(lines(ImageComparison.of(a, b)))
                    .containsExactly(
                            "memory 12 bytes in 4 pages differ",
                            "0x8000-0xafff, 11 bytes differ",
                            "0xe000-0xefff, 1 bytes differ");
        }
    }

    @Test
    void memoryThatOneImageDoesNotHaveIsZero() throws IOException {
        PhysicalMemory small = new PhysicalMemory(MEBIBYTE);
        PhysicalMemory large = new PhysicalMemory(8 * MEBIBYTE);
        large.write64(5 * MEBIBYTE - 8, -1);
        large.write64(5 * MEBIBYTE, -1);
        try (Image a = saved(SampleMachine.state(), small);
                Image b = saved(SampleMachine.state(), large)) {
            assertThat(lines(ImageComparison.of(a, b)))
                    .containsExactly(
                            "manifest memorySize 1048576 -> 8388608",
                            "memory 16 bytes in 2 pages differ",
                            "0x4ff000-0x500fff, 16 bytes differ");
            assertThat(lines(ImageComparison.of(b, a))).contains("0x4ff000-0x500fff, 16 bytes differ");
        }
    }

    /** Seen by damage: it is found where memory is read, and only there. */
    @Test
    void memoryWithEqualDigestsIsNotRead() throws IOException {
        PhysicalMemory memory = new PhysicalMemory(4 * MEBIBYTE);
        memory.write64(0, 1);
        memory.write64(2 * MEBIBYTE, 1);
        Path damaged = directory.resolve("damaged.vmimg");
        ImageWriter.publish(damaged, SampleMachine.state(), memory, SampleMachine.options());
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length - 4096 + 100] ^= 1;
        Files.write(damaged, bytes);
        memory.write64(0, 2);
        try (Image a = ImageReader.open(damaged, ReadOptions.with(null).checkingRuns(ReadOptions.Runs.AT_USE));
                Image equalThere = saved(SampleMachine.state(), memory)) {
            assertThat(lines(ImageComparison.of(a, equalThere)))
                    .containsExactly("memory 1 bytes in 1 pages differ", "0x0-0xfff, 1 bytes differ");
            memory.write64(2 * MEBIBYTE, 2);
            try (Image differentThere = saved(SampleMachine.state(), memory)) {
                assertThatThrownBy(() -> ImageComparison.of(a, differentThere))
                        .isInstanceOf(VmmException.class)
                        .hasMessageStartingWith(damaged + " is damaged: memory at physical 0x200000");
            }
        }
    }

    // -- how it is told ---------------------------------------------------------------------------------------------

    @Test
    void whatIsLongIsCountedAndNotShown() throws Exception {
        PhysicalMemory memory = new PhysicalMemory(8 * MEBIBYTE);
        for (long page = 0; page < 1000; page += 2) {
            memory.write64(page * 4096, -1);
        }
        List<Region> regions = LongStream.range(0, 1000)
                .mapToObj(i -> new Region(i << 13, (i << 13) + 4096, 1, Region.Kind.MAPPING, false))
                .toList();
        try (Image a = saved(SampleMachine.state(), new PhysicalMemory(8 * MEBIBYTE));
                Image b = saved(with(space(regions)), memory)) {
            ImageComparison comparison = ImageComparison.of(a, b);
            assertThat(lines(comparison))
                    .hasSize(2 * RecordComparison.MOST_KEPT + 3)
                    .contains("... and 801 more", "memory 4000 bytes in 500 pages differ", "... and 300 more");
            HostTools.require("python3");
            assertThat(
                            python(
                                    comparison,
                                    "len(v['differences']), v['omitted'], len(v['memory']['ranges']),"
                                            + " v['memory']['omitted'], v['memory']['pages'], v['memory']['bytes'], v['equal']"))
                    .isEqualTo("200 {'addressSpace': 801} 200 300 500 4000 False");
        }
    }

    @Test
    void theProgramsFormIsJson() throws Exception {
        HostTools.require("python3");
        Vcpu vcpu = SampleMachine.vcpu();
        vcpu.gpr[Vcpu.RAX] = -1;
        PhysicalMemory memory = SampleMachine.memory();
        memory.write64(0xd000, 43);
        try (Image a = saved(SampleMachine.state());
                Image b =
                        saved(SampleMachine.state(vcpu, new Lineage(new byte[16], 1), SampleMachine.setup()), memory)) {
            ImageComparison comparison = ImageComparison.of(a, b);
            assertThat(python(comparison, "[list(d.values()) for d in v['differences']]"))
                    .isEqualTo("[['manifest', 'parent', None, '00000000-0000-0000-0000-000000000000'],"
                            + " ['manifest', 'generation', 1, 2], ['vcpu', 'rax', '0x0', '0xffffffffffffffff']]");
            assertThat(python(comparison, "v['memory'], v['a']['uuid'], v['equal']"))
                    .isEqualTo(
                            "{'bytes': 1, 'pages': 1, 'ranges': [{'address': 53248, 'length': 4096, 'differing': 1}],"
                                    + " 'omitted': 0} " + a.manifest().uuidText() + " False");
            assertThat(python(ImageComparison.of(a, a), "v['equal'], v['differences'], v['omitted'], v['memory']"))
                    .isEqualTo("True [] {} {'bytes': 0, 'pages': 0, 'ranges': [], 'omitted': 0}");
        }
    }

    private String python(ImageComparison comparison, String what) throws Exception {
        Path json = Files.writeString(directory.resolve("diff.json"), comparison.json());
        String script = "import json,sys; v=json.load(open(sys.argv[1])); print(" + what + ")";
        return HostTools.transcript("python3", "-c", script, json.toString()).stripTrailing();
    }

    private List<String> changes(MachineState before, MachineState after) throws IOException {
        try (Image a = saved(before);
                Image b = saved(after)) {
            ImageComparison comparison = ImageComparison.of(a, b);
            assertThat(comparison.isEmpty()).isFalse();
            return lines(comparison);
        }
    }

    /** The lines after the two that name the images, each with one space for many. */
    private static List<String> lines(ImageComparison comparison) {
        return comparison
                .text()
                .lines()
                .skip(2)
                .map(line -> line.strip().replaceFirst(" {2,}", " "))
                .toList();
    }

    private Image saved(MachineState state) throws IOException {
        return saved(state, SampleMachine.memory());
    }

    private Image saved(MachineState state, PhysicalMemory memory) throws IOException {
        Path file = directory.resolve(saves++ + ".vmimg");
        ImageWriter.publish(file, state, memory, SampleMachine.options());
        return ImageReader.open(file, ReadOptions.with(null).checkingRuns(ReadOptions.Runs.AT_USE));
    }
}
