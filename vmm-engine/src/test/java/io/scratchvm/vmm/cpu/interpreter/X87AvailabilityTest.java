package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.X87;
import org.junit.jupiter.api.Test;

/** When x87 instructions are not available, and what real-address mode stores (SDM volume 3, table 13-1; volume 1, 8.1.10). */
class X87AvailabilityTest {
    private static final int NO_FAULT = -1;
    private static final int[] FLD1 = {0xd9, 0xe8};
    private static final int[] FNINIT = {0xdb, 0xe3};
    private static final int[] FNSTSW_AX = {0xdf, 0xe0};
    private static final int[] WAIT = {0x9b};

    private static int faultOf(int[] code, long cr0, int statusWord) {
        TestMachine machine = new TestMachine();
        machine.vcpu.cr0 = machine.vcpu.cr0 & ~CR0_NE | cr0;
        machine.vcpu.x87.controlWord = 0x340;
        machine.vcpu.x87.statusWord = statusWord;
        machine.vcpu.x87.summarize();
        machine.load(HostCpu.CODE, code);
        Exit exit = machine.interpreter.run(1);
        return exit == Exit.FAULT ? machine.interpreter.fault().vector() : NO_FAULT;
    }

    @Test
    void emulationAndTaskSwitchesTakeThemAway() {
        for (int[] code : new int[][] {FLD1, FNINIT, FNSTSW_AX}) {
            assertThat(faultOf(code, CR0_NE, 0)).isEqualTo(NO_FAULT);
            assertThat(faultOf(code, CR0_NE | CR0_EM, 0)).isEqualTo(Fault.NM);
            assertThat(faultOf(code, CR0_NE | CR0_TS, 0)).isEqualTo(Fault.NM);
        }
        assertThat(faultOf(WAIT, CR0_NE | CR0_EM, 0)).isEqualTo(NO_FAULT);
        assertThat(faultOf(WAIT, CR0_NE | CR0_TS, 0)).isEqualTo(NO_FAULT);
        assertThat(faultOf(WAIT, CR0_NE | CR0_TS | CR0_MP, 0)).isEqualTo(Fault.NM);
    }

    @Test
    void pendingExceptionsFaultWhereNativeReportingIsOn() {
        assertThat(faultOf(FLD1, CR0_NE, X87.ZE)).isEqualTo(Fault.MF);
        assertThat(faultOf(WAIT, CR0_NE, X87.ZE)).isEqualTo(Fault.MF);
        assertThat(faultOf(FNINIT, CR0_NE, X87.ZE)).isEqualTo(NO_FAULT);
        assertThat(faultOf(FNSTSW_AX, CR0_NE, X87.ZE)).isEqualTo(NO_FAULT);
        assertThat(faultOf(FLD1, 0, X87.ZE)).isEqualTo(NO_FAULT);
    }

    @Test
    void aStoreThatFaultsLeavesStackAndMemory() {
        TestMachine machine = new TestMachine();
        long end = 1L << 31;
        machine.load(HostCpu.CODE, 0xdb, 0x3f); // fstp tbyte ptr [rdi]
        machine.vcpu.gpr[7] = end - 8;
        machine.vcpu.x87.tagWord = 0;
        machine.vcpu.x87.significand[0] = -1;
        assertThat(machine.interpreter.run(1)).isEqualTo(Exit.FAULT);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.PF);
        assertThat(machine.memory.read64(end - 8)).isZero();
        assertThat(machine.vcpu.x87.tagWord).isZero();
        assertThat(machine.vcpu.x87.statusWord).isZero();
        assertThat(machine.vcpu.x87.lastInstruction).isZero();
    }
}
