package io.scratchvm.vmm.cpu.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * XSAVE and its kin, the instructions on FS and GS bases and those that draw numbers: what each needs, and what it does
 * (SDM volume 1, chapter 13, and volume 2).
 */
class ExtendedStateTest {
    private static final long AREA = 0x7000_4000L;
    private static final int[] XSAVE = {0x0f, 0xae, 0x27};
    private static final int[] XSAVE64 = {0x48, 0x0f, 0xae, 0x27};
    private static final int[] XRSTOR = {0x0f, 0xae, 0x2f};
    private static final int[] XRSTOR64 = {0x48, 0x0f, 0xae, 0x2f};
    private static final int[] XSAVEOPT64 = {0x48, 0x0f, 0xae, 0x37};
    private static final int[] XGETBV = {0x0f, 0x01, 0xd0};
    private static final int[] XSETBV = {0x0f, 0x01, 0xd1};

    private final TestMachine machine = new TestMachine();
    private final Vcpu vcpu = machine.vcpu;

    @BeforeEach
    void enable() {
        vcpu.cr4 |= ControlRegisters.CR4_OSXSAVE | ControlRegisters.CR4_FSGSBASE;
        vcpu.xcr0 = 3;
        vcpu.gpr[Vcpu.RDI] = AREA;
        vcpu.gpr[Vcpu.RAX] = 3;
    }

    private void execute(int... code) {
        machine.load(HostCpu.CODE, code);
        machine.interpreter.reset();
        assertThat(machine.interpreter.run(vcpu.instructions + 1)).isEqualTo(Exit.INSTRUCTIONS);
    }

    private int faultOf(int... code) {
        machine.load(HostCpu.CODE, code);
        machine.interpreter.reset();
        assertThat(machine.interpreter.run(vcpu.instructions + 1)).isEqualTo(Exit.FAULT);
        return machine.interpreter.fault().vector();
    }

    private void fill() {
        for (int i = 0; i < 32; i++) {
            vcpu.xmm[i] = 0x0101_0101_0101_0101L * (i + 1);
        }
        for (int i = 0; i < 8; i++) {
            vcpu.x87.significand[i] = 0x8000_0000_0000_0000L + i;
            vcpu.x87.signExponent[i] = 0x3fff + i;
        }
        vcpu.x87.tagWord = 0;
        vcpu.x87.controlWord = 0x27f;
        vcpu.mxcsr = 0x3f80;
    }

    private void clear() {
        Arrays.fill(vcpu.xmm, -1);
        Arrays.fill(vcpu.x87.significand, -1);
        Arrays.fill(vcpu.x87.signExponent, -1);
        vcpu.x87.controlWord = 0x37f;
        vcpu.mxcsr = 0x1f80;
    }

    @Test
    void restoresWhatWasSaved() {
        fill();
        execute(XSAVE64);
        clear();
        execute(XRSTOR64);

        assertThat(vcpu.xmm[31]).isEqualTo(0x2020_2020_2020_2020L);
        assertThat(vcpu.x87.significand[7]).isEqualTo(0x8000_0000_0000_0007L);
        assertThat(vcpu.x87.signExponent[7]).isEqualTo(0x4006);
        assertThat(vcpu.x87.controlWord).isEqualTo(0x27f);
        assertThat(vcpu.mxcsr).isEqualTo(0x3f80);
        assertThat(machine.memory.read64(AREA + 512)).isEqualTo(3);
    }

    @Test
    void leavesAloneWhatIsNotAskedFor() {
        fill();
        machine.memory.write64(AREA, 0x1234);
        machine.memory.write64(AREA + 512, 1);
        vcpu.gpr[Vcpu.RAX] = 2;
        execute(XSAVE64);

        assertThat(machine.memory.read64(AREA)).isEqualTo(0x1234);
        assertThat(machine.memory.read64(AREA + 160)).isEqualTo(0x0101_0101_0101_0101L);
        assertThat(machine.memory.read64(AREA + 512)).as("XSTATE_BV").isEqualTo(3);
    }

    @Test
    void initializesWhatTheAreaDoesNotHave() {
        clear();
        machine.memory.write(AREA + 24, 0x1f80, 4);
        execute(XRSTOR64);

        assertThat(vcpu.xmm).containsOnly(0);
        assertThat(vcpu.x87.significand).containsOnly(0);
        assertThat(vcpu.x87.tagWord).isEqualTo(0xffff);
        assertThat(vcpu.mxcsr).isEqualTo(0x1f80);
    }

    @Test
    void theOptimizedSaveLeavesOutWhatIsNotInUse() {
        machine.memory.write64(AREA, 0x1234);
        machine.memory.write64(AREA + 160, 0x5678);
        execute(XSAVEOPT64);
        assertThat(machine.memory.read64(AREA)).isEqualTo(0x1234);
        assertThat(machine.memory.read64(AREA + 160)).isEqualTo(0x5678);
        assertThat(machine.memory.read64(AREA + 512)).as("XSTATE_BV").isZero();

        execute(XSAVE64);
        assertThat(machine.memory.read64(AREA) & 0xffff).isEqualTo(0x37f);
        assertThat(machine.memory.read64(AREA + 160)).isZero();
    }

    @Test
    void hasTheUpperHalvesOfYmmRegistersApart() {
        vcpu.xcr0 = 7;
        vcpu.gpr[Vcpu.RAX] = 6;
        vcpu.ymm[31] = 0x1234;
        execute(XSAVE64);
        assertThat(machine.memory.read64(AREA + 512)).as("XSTATE_BV").isEqualTo(4);
        assertThat(machine.memory.read64(AREA + 576 + 248)).isEqualTo(0x1234);

        Arrays.fill(vcpu.xmm, -1);
        Arrays.fill(vcpu.ymm, -1);
        execute(XRSTOR64);
        assertThat(vcpu.xmm).containsOnly(0);
        assertThat(vcpu.ymm[0]).isZero();
        assertThat(vcpu.ymm[31]).isEqualTo(0x1234);
    }

    @Test
    void vectorsUnderVexNeedTheirComponents() {
        int[] vzeroall = {0xc5, 0xfc, 0x77};
        assertThat(faultOf(vzeroall)).as("without AVX in XCR0").isEqualTo(Fault.UD);
        vcpu.xcr0 = 7;
        fill();
        Arrays.fill(vcpu.ymm, -1);
        execute(0xc5, 0xf8, 0x77);
        assertThat(vcpu.ymm).containsOnly(0);
        assertThat(vcpu.xmm[31]).isNotZero();
        execute(vzeroall);
        assertThat(vcpu.xmm).containsOnly(0);
        vcpu.cr0 |= ControlRegisters.CR0_TS;
        assertThat(faultOf(vzeroall)).isEqualTo(Fault.NM);
        vcpu.cr4 &= ~ControlRegisters.CR4_OSXSAVE;
        assertThat(faultOf(vzeroall)).isEqualTo(Fault.UD);
    }

    @Test
    void refusesWrongAreas() {
        machine.memory.write64(AREA + 512, 4);
        assertThat(faultOf(XRSTOR)).as("a component that is not enabled").isEqualTo(Fault.GP);
        machine.memory.write64(AREA + 512, 0);
        machine.memory.write64(AREA + 520, 1L << 63);
        assertThat(faultOf(XRSTOR)).as("the compacted format").isEqualTo(Fault.GP);
        machine.memory.write64(AREA + 520, 0);
        machine.memory.write(AREA + 24, 0x10000, 4);
        assertThat(faultOf(XRSTOR)).as("MXCSR").isEqualTo(Fault.GP);
        vcpu.gpr[Vcpu.RDI] = AREA + 16;
        assertThat(faultOf(XRSTOR)).as("alignment").isEqualTo(Fault.GP);
        assertThat(faultOf(XSAVE)).as("alignment").isEqualTo(Fault.GP);
    }

    @Test
    void needsControlRegisters() {
        vcpu.cr0 |= ControlRegisters.CR0_TS;
        assertThat(faultOf(XSAVE)).isEqualTo(Fault.NM);
        assertThat(faultOf(XRSTOR)).isEqualTo(Fault.NM);
        vcpu.gpr[Vcpu.RCX] = 0;
        execute(XGETBV);
        vcpu.cr4 &= ~ControlRegisters.CR4_OSXSAVE;
        assertThat(faultOf(XSAVE)).isEqualTo(Fault.UD);
        assertThat(faultOf(XRSTOR)).isEqualTo(Fault.UD);
        assertThat(faultOf(XGETBV)).isEqualTo(Fault.UD);
        assertThat(faultOf(XSETBV)).isEqualTo(Fault.UD);
    }

    @Test
    void readsAndWritesTheControlRegister() {
        vcpu.gpr[Vcpu.RDX] = -1;
        execute(XGETBV);
        assertThat(vcpu.gpr[Vcpu.RAX]).isEqualTo(3);
        assertThat(vcpu.gpr[Vcpu.RDX]).isZero();
        assertThat(faultOf(XSETBV)).as("of ring 3").isEqualTo(Fault.GP);
        vcpu.gpr[Vcpu.RCX] = 1;
        assertThat(faultOf(XGETBV)).isEqualTo(Fault.GP);
    }

    // -- bases -------------------------------------------------------------------------------------------------------

    @Test
    void readsAndWritesBases() {
        vcpu.gpr[Vcpu.RAX] = 0xffff_8765_4321_0000L;
        execute(0xf3, 0x48, 0x0f, 0xae, 0xd0);
        assertThat(vcpu.segments[Segment.FS].base()).isEqualTo(0xffff_8765_4321_0000L);
        execute(0xf3, 0x0f, 0xae, 0xd8);
        assertThat(vcpu.segments[Segment.GS].base()).isEqualTo(0x4321_0000L);
        execute(0xf3, 0x48, 0x0f, 0xae, 0xc3);
        assertThat(vcpu.gpr[Vcpu.RBX]).isEqualTo(0xffff_8765_4321_0000L);
        execute(0xf3, 0x0f, 0xae, 0xc9);
        assertThat(vcpu.gpr[Vcpu.RCX]).isEqualTo(0x4321_0000L);

        vcpu.gpr[Vcpu.RAX] = 1L << 47;
        assertThat(faultOf(0xf3, 0x48, 0x0f, 0xae, 0xd0)).isEqualTo(Fault.GP);
        vcpu.cr4 &= ~ControlRegisters.CR4_FSGSBASE;
        assertThat(faultOf(0xf3, 0x0f, 0xae, 0xc0)).isEqualTo(Fault.UD);
    }

    // -- numbers -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {0xf0, 0xf8})
    void drawsNumbers(int modRm) {
        vcpu.setRflags(Flags.STATUS & ~Flags.CF);
        vcpu.gpr[Vcpu.RAX] = -1;
        execute(0x0f, 0xc7, modRm);
        assertThat(vcpu.gpr[Vcpu.RAX]).isEqualTo(0x89ab_cdefL);
        assertThat(vcpu.rflags() & Flags.STATUS).isEqualTo(Flags.CF);
        execute(0x48, 0x0f, 0xc7, modRm);
        assertThat(vcpu.gpr[Vcpu.RAX]).isEqualTo(0x0123_4567_89ab_cdefL);
        vcpu.gpr[Vcpu.RAX] = -1;
        execute(0x66, 0x0f, 0xc7, modRm);
        assertThat(vcpu.gpr[Vcpu.RAX]).isEqualTo(0xffff_ffff_ffff_cdefL);
    }

    @Test
    void tellsTheProcessor() {
        vcpu.tscAux = 7;
        execute(0xf3, 0x0f, 0xc7, 0xf8);
        assertThat(vcpu.gpr[Vcpu.RAX]).isEqualTo(7);
    }

    @Test
    void realModeKnowsNoVex() {
        vcpu.efer = 0;
        vcpu.cr0 = ControlRegisters.CR0_ET;
        Arrays.fill(vcpu.segments, Segment.real(0));
        machine.load(0x1000, 0xc4, 0xe2, 0x70, 0xf2, 0xc2);
        machine.interpreter.reset();
        assertThat(machine.interpreter.run(vcpu.instructions + 1)).isEqualTo(Exit.FAULT);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.UD);
    }
}
