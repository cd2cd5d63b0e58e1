package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.elf.ProgramHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checksum keeps nobody from writing nonsense: what it covers is checked all the same. */
class ForgedImageTest {
    @TempDir
    Path directory;

    private Path file;
    private byte[] good;

    @BeforeEach
    void save() throws IOException {
        file = directory.resolve("vm.vmimg");
        ImageWriter.publish(file, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        good = Files.readAllBytes(file);
    }

    private Forger forger() {
        return new Forger(good);
    }

    private void refused(Forger forger, String... messages) throws IOException {
        Files.write(file, forger.forge());
        assertThatThrownBy(() -> ImageReader.open(file, ReadOptions.with(null)))
                .isInstanceOf(VmmException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContainingAll(messages);
    }

    private Forger vcpu(Consumer<Vcpu> change) {
        return forger().change(NoteType.VCPU, VcpuState.class, state -> {
            Vcpu vcpu = new Vcpu();
            state.restore(vcpu);
            change.accept(vcpu);
            return VcpuState.of(vcpu);
        });
    }

    private Forger map(List<MemoryMap.Run> runs) {
        return forger().userSegments(List.of()).change(NoteType.MEMORY, MemoryMap.class, map -> new MemoryMap(runs));
    }

    private static MemoryMap.Run run(long address, long length) {
        return new MemoryMap.Run(address, length, new byte[32]);
    }

    @Test
    void aForgerWhoChangesNothingMakesTheSameImage() {
        assertThat(forger().forge()).isEqualTo(good);
    }

    @Test
    void aNewerMajorVersionIsRefusedNamingIt() throws IOException {
        refused(
                manifest(2, 7),
                "its format is version 2.7, written by vmm test",
                "this VMM reads version 1." + Manifest.MINOR);
    }

    @Test
    void aNewerMinorVersionIsRead() throws IOException {
        Files.write(file, manifest(1, Manifest.MINOR + 1).forge());
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            assertThat(image.manifest().minor()).isEqualTo(Manifest.MINOR + 1);
        }
    }

    private Forger manifest(int major, int minor) {
        return forger().change(
                        NoteType.MANIFEST,
                        Manifest.class,
                        m -> new Manifest(
                                major,
                                minor,
                                m.writer(),
                                m.uuid(),
                                m.parent(),
                                m.generation(),
                                m.memorySize(),
                                m.instructions(),
                                m.cpuFeatures(),
                                m.setup()));
    }

    @Test
    void anUnknownNoteThatMustBeUnderstoodIsRefusedNamingIt() throws IOException {
        refused(
                forger().addFirst(new Note("VMM", NoteType.BASE + 0xfe, new byte[3])),
                "note VMM/0x564d4dfe",
                "must be understood");
    }

    @Test
    void anUnknownOptionalNoteIsPassedOver() throws IOException {
        Files.write(
                file,
                forger().addFirst(new Note("VMM", NoteType.BASE + 0x7e, new byte[3]))
                        .forge());
        ImageReader.open(file, ReadOptions.with(null)).close();
    }

    @Test
    void twoNotesOfOneTypeAreRefused() throws IOException {
        refused(
                forger().addFirst(new Note("VMM", NoteType.VCPU.type(), new byte[0])),
                "note VCPU",
                "a second note of its type");
    }

    @Test
    void theSealIsTheLastNote() throws IOException {
        refused(
                forger().addLast(new Note("VMM", NoteType.BASE, new byte[0])),
                "the last one is VMM/0x564d4d00, not SEAL");
    }

    @Test
    void noPartMayBeMissing() throws IOException {
        for (NoteType type : NoteType.values()) {
            if (type.isPart() && type.isRequired(SampleMachine.setup().start())) {
                refused(forger().replace(type, null), "there is no note " + type);
            }
        }
    }

    @Test
    void runsThatOverlapAreRefused() throws IOException {
        refused(map(List.of(run(0x8000, 0x2000), run(0x9000, 0x1000))), "runs[1]", "not after the run before it");
    }

    @Test
    void runsOutsideOfMemoryAreRefused() throws IOException {
        refused(
                map(List.of(run(0x8000, 0x2000), run(0xf000, 0x1000))),
                "runs[1]",
                "not inside the memory of 61440 bytes");
        refused(map(List.of(run(0x8000, 0x2000), run(-0x1000, 0x1000))), "runs[1]", "not inside the memory");
        refused(
                map(List.of(run(0x8000, 0x2000), run(0xe000, 0x7fff_ffff_ffff_f000L))),
                "runs[1]",
                "not inside the memory");
    }

    @Test
    void runsOfPartsOfPagesAreRefused() throws IOException {
        refused(map(List.of(run(0x8800, 0x1000))), "runs[0]", "not of whole pages");
        refused(map(List.of(run(0x8000, 0))), "runs[0]", "not of whole pages");
        refused(map(List.of(run(0x8000, -0x1000))), "runs[0]", "not of whole pages");
        refused(map(List.of(new MemoryMap.Run(0x8000, 0x1000, new byte[31]))), "runs[0]", "with a SHA-256");
    }

    @Test
    void moreRunsThanPagesAreRefused() throws IOException {
        refused(map(Collections.nCopies(16, run(0, 0x1000))), "runs: a list of 16 entries, more than the 15");
    }

    @Test
    void runsThatAreNotTheFilesLengthAreRefused() throws IOException {
        refused(map(List.of(run(0x8000, 0x1000))), "note SEAL", "but notes and runs are");
    }

    @Test
    void aVcpuOfOtherSizesIsRefused() throws IOException {
        refused(
                forger().change(NoteType.VCPU, VcpuState.class, v -> with(v, List.of(1L), v.xcr0())),
                "note VCPU",
                "gpr: 1 entries, not 16");
    }

    @Test
    void anImageOfVersion1_0HasNoXcr0() throws IOException {
        Forger older = manifest(1, 0).change(NoteType.VCPU, VcpuState.class, v -> with(v, v.gpr(), null));
        Files.write(file, older.forge());
        Vcpu vcpu = new Vcpu();
        vcpu.xcr0 = ControlRegisters.XCR0_X87 | ControlRegisters.XCR0_SSE;
        try (Image image = ImageReader.open(file, ReadOptions.with(null))) {
            image.state().vcpu().restore(vcpu);
        }
        assertThat(vcpu.xcr0).isEqualTo(ControlRegisters.XCR0_X87);
    }

    private static VcpuState with(VcpuState v, List<Long> gpr, Long xcr0) {
        return new VcpuState(
                gpr,
                v.rip(),
                v.rflags(),
                v.segments(),
                v.ldtr(),
                v.tr(),
                v.gdtr(),
                v.idtr(),
                v.cpl(),
                v.cr0(),
                v.cr2(),
                v.cr3(),
                v.cr4(),
                v.cr8(),
                v.dr(),
                v.efer(),
                v.star(),
                v.lstar(),
                v.cstar(),
                v.fmask(),
                v.kernelGsBase(),
                v.tscAux(),
                v.sysenterCs(),
                v.sysenterEsp(),
                v.sysenterEip(),
                v.pat(),
                v.apicBase(),
                v.tscOffset(),
                v.xmm(),
                v.ymm(),
                v.mxcsr(),
                xcr0,
                v.x87(),
                v.instructions(),
                v.halted(),
                v.systemCallLatch(),
                v.interruptShadow());
    }

    @Test
    void aVcpuThatNoCpuCouldBeIsRefused() throws IOException {
        refused(vcpu(v -> v.cpl = 4), "cpl: 4 is not from 0 to 3");
        refused(vcpu(v -> v.cpl = 3), "cpl: not 0 in real mode");
        refused(vcpu(v -> v.cr0 |= ControlRegisters.CR0_PG), "paging without protected mode");
        refused(vcpu(v -> v.efer |= ControlRegisters.EFER_LMA), "LMA is not what LME and paging make it");
        refused(vcpu(v -> v.lstar = 1L << 60), "lstar: 0x1000000000000000 is not canonical");
        refused(vcpu(v -> v.mxcsr = -1), "mxcsr: -1 is not from 0 to 65535");
        refused(vcpu(v -> v.xcr0 = 2), "xcr0: without x87");
        refused(vcpu(v -> v.x87.signExponent[3] = 0x10000), "x87.signExponent: 65536");
        refused(vcpu(v -> v.instructions++), "note VCPU at byte 0x", "instructions: not as many as in MANIFEST");
    }

    @Test
    void userSegmentsThatShowOtherBytesThanTheMemoryAreRefused() throws IOException {
        refused(
                forger().userSegments(List.of(segment(-0x1000, 0x1000))),
                "program header 1",
                "not of memory that the file holds");
        refused(forger().userSegments(List.of(segment(0x4000, 0x1000))), "program header 1");
        refused(forger().userSegments(List.of(segment(0x1000, Long.MAX_VALUE))), "program header 1");
    }

    private static ProgramHeader segment(long offset, long size) {
        return new ProgramHeader(ProgramHeader.PT_LOAD, 7, offset, 0x1000, 0x1000, size, size, 4096);
    }

    @Test
    void moreProgramHeadersThan16BitsCountAreRead() throws Exception {
        List<ProgramHeader> many = new ArrayList<>();
        for (int i = 0; i < 70_000; i++) {
            many.add(new ProgramHeader(ProgramHeader.PT_LOAD, 4, 0, 0x1000L * i, 0, 0, 0x1000, 4096));
        }
        Files.write(file, forger().userSegments(many).forge());
        ImageReader.open(file, ReadOptions.with(null)).close();
        if (HostTools.has("readelf")) {
            assertThat(HostTools.transcript("readelf", "-hl", file.toString()))
                    .contains("65535 (70003)")
                    .doesNotContainIgnoringCase("warning");
        }
    }
}
