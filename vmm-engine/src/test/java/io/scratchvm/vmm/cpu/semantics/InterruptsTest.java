package io.scratchvm.vmm.cpu.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.VcpuState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exceptions upon exceptions; single deliveries in each mode are tried by {@code SystemProgramsTest}. */
class InterruptsTest {
    private final Kernel kernel = new Kernel();
    private final Vcpu vcpu = kernel.vcpu;

    @Test
    void faultsShowTheResumeFlagAndTrapsDoNot() {
        assertThat(kernel.deliver(Fault.gp(0x18))).isTrue();

        assertThat(kernel.handler()).isEqualTo(Fault.GP);
        assertThat(kernel.stack(0)).as("error code").isEqualTo(0x18);
        assertThat(kernel.stack(1)).as("RIP").isEqualTo(0x1234);
        assertThat(kernel.stack(2)).isEqualTo(Kernel.CODE);
        assertThat(kernel.stack(3)).isEqualTo(Flags.RF | 2);
        assertThat(kernel.stack(4)).isEqualTo(Kernel.STACK);
        assertThat(kernel.stack(5)).isEqualTo(Kernel.DATA);
        kernel.deliver(Fault.of(Fault.DB));
        assertThat(kernel.stack(2)).isEqualTo(2);
    }

    @Test
    void pageFaultsTellTheirAddress() {
        kernel.deliver(Fault.page(0x1234_5678_9abcL, 6));

        assertThat(kernel.handler()).isEqualTo(Fault.PF);
        assertThat(vcpu.cr2).isEqualTo(0x1234_5678_9abcL);
        assertThat(kernel.stack(0)).isEqualTo(6);
    }

    /** The second exception is a gate that is missing: #GP, or #NP for a gate that is not present. */
    @ParameterizedTest
    @CsvSource({"0, 8", "10, 8", "11, 8", "12, 8", "13, 8", "14, 8", "6, 13", "1, 13", "3, 13", "16, 13", "17, 13"})
    void contributoryFaultsAndPageFaultsDouble(int first, int then) {
        kernel.withoutGate(first);
        if (first == Fault.GP) {
            kernel.withoutGate(Fault.GP);
        }

        assertThat(kernel.deliver(Fault.of(first))).isTrue();

        assertThat(kernel.handler()).isEqualTo(then);
        long idtError = then == Fault.DF ? 0 : first << 3 | 2 | 1;
        assertThat(kernel.stack(0)).isEqualTo(idtError);
    }

    @Test
    void aPageFaultWhileAContributoryOneIsDeliveredIsServedFirst() {
        vcpu.gpr[Vcpu.RSP] = Kernel.ABSENT;
        kernel.memory.write64(Kernel.TASK + 36, Kernel.INNER_STACK);
        kernel.memory.write64(Kernel.IDT + 16 * Fault.PF, kernel.memory.read64(Kernel.IDT + 16 * Fault.PF) | 1L << 32);

        assertThat(kernel.deliver(Fault.gp(0))).isTrue();

        assertThat(kernel.handler()).isEqualTo(Fault.PF);
        assertThat(vcpu.cr2).isEqualTo(Kernel.ABSENT - 8);
        assertThat(kernel.stack(0)).as("a write in ring 0 to an absent page").isEqualTo(2);
        assertThat(kernel.stack(1)).as("the first instruction's address").isEqualTo(0x1234);
    }

    @Test
    void aPageFaultInThePageFaultsDeliveryDoublesAndCr2IsTheSecondOnes() {
        vcpu.gpr[Vcpu.RSP] = Kernel.ABSENT;
        kernel.memory.write64(Kernel.TASK + 36, Kernel.INNER_STACK);
        kernel.memory.write64(Kernel.IDT + 16 * Fault.DF, kernel.memory.read64(Kernel.IDT + 16 * Fault.DF) | 1L << 32);

        assertThat(kernel.deliver(Fault.page(0x77, 0))).isTrue();

        assertThat(kernel.handler()).isEqualTo(Fault.DF);
        assertThat(vcpu.cr2).isEqualTo(Kernel.ABSENT - 8);
        assertThat(kernel.stack(3) & Flags.RF).as("an abort leaves RF alone").isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 6, 13, 14})
    void aFaultInTheDoubleFaultsDeliveryShutsDown(int first) {
        vcpu.idtr = new io.scratchvm.vmm.cpu.state.DescriptorTable(0, 0);
        VcpuState before = VcpuState.of(vcpu);

        assertThat(kernel.deliver(Fault.of(first))).isFalse();

        if (first != Fault.PF) {
            assertThat(VcpuState.of(vcpu)).as("no register has changed").isEqualTo(before);
        }
    }

    @Test
    void aDeliveryThatFaultsChangesNothing() {
        kernel.enter(3);
        // The third gigabyte is the first once more, so two of the five pushes would find memory.
        kernel.memory.write64(0x2000 + 16, 0x87);
        kernel.memory.write64(Kernel.TASK + 4, (2L << 30) + 16);
        VcpuState before = VcpuState.of(vcpu);

        Fault fault = Kernel.fault(() -> Interrupts.interrupt(vcpu, kernel.mmu, 0x40));

        assertThat(fault.address()).isEqualTo((2L << 30) - 8);
        assertThat(VcpuState.of(vcpu)).isEqualTo(before);
        assertThat(kernel.memory.isZeroPage(0)).isTrue();
    }

    @Test
    void interruptsFromOutsideLeaveTheHaltAndTheShadow() {
        vcpu.halted = true;
        vcpu.interruptShadow = true;
        vcpu.systemFlags |= Flags.IF | Flags.NT;

        Interrupts.interrupt(vcpu, kernel.mmu, 0x20);

        assertThat(kernel.handler()).isEqualTo(0x20);
        assertThat(vcpu.halted).isFalse();
        assertThat(vcpu.interruptShadow).isFalse();
        assertThat(vcpu.systemFlags).isZero();
        assertThat(kernel.stack(2)).isEqualTo(Flags.IF | Flags.NT | 2);
    }

    @Test
    void theDebugHandlerMayUseTheDebugRegisters() {
        DebugRegisters.write(vcpu, 7, 1 << 13);

        Fault fault = Kernel.fault(() -> DebugRegisters.read(vcpu, 0));
        kernel.deliver(fault);

        assertThat(fault.vector()).isEqualTo(Fault.DB);
        assertThat(DebugRegisters.read(vcpu, 6) & 1 << 13).as("DR6.BD").isNotZero();
        assertThat(DebugRegisters.read(vcpu, 7)).isEqualTo(0x400);
    }

    @Test
    void aStackThatIsNotCanonicalIsAStackFault() {
        vcpu.gpr[Vcpu.RSP] = 0x0000_9000_0000_0000L;

        Fault fault = Kernel.fault(() -> Interrupts.software(vcpu, kernel.mmu, 0x40, 0x1236));

        assertThat(fault.vector()).isEqualTo(Fault.SS);
        assertThat(fault.errorCode()).isZero();
    }

    @Test
    void enteringRing3EndsASystemCall() {
        vcpu.lstar = 0x2000;
        vcpu.star = (long) (Kernel.USER_DATA - 8) << 48 | (long) Kernel.CODE << 32;
        kernel.enter(3);
        vcpu.rip = 0x1236;

        SystemCalls.syscall(vcpu, kernel.mmu, vcpu.rip);
        assertThat(vcpu.systemCallLatch).isTrue();
        kernel.deliver(Fault.ud());
        assertThat(vcpu.systemCallLatch).as("still in ring 0").isTrue();
        SystemCalls.sysret(vcpu, kernel.mmu, 8);

        assertThat(vcpu.systemCallLatch).isFalse();
        assertThat(vcpu.rip).isEqualTo(0x1236);
        assertThat(vcpu.cpl).isEqualTo(3);
        assertThat(vcpu.segments[Segment.CS].selector()).isEqualTo(Kernel.USER_CODE);
        assertThat(vcpu.segments[Segment.SS].selector()).isEqualTo(Kernel.USER_DATA);
    }

    @Test
    void sysretToAnAddressThatIsNotCanonicalFaultsInRing0() {
        vcpu.gpr[Vcpu.RCX] = 0x0000_8000_0000_0000L;

        assertThat(Kernel.fault(() -> SystemCalls.sysret(vcpu, kernel.mmu, 8)).vector())
                .isEqualTo(Fault.GP);

        assertThat(vcpu.cpl).isZero();
        vcpu.efer &= ~ControlRegisters.EFER_SCE;
        assertThat(Kernel.fault(() -> SystemCalls.sysret(vcpu, kernel.mmu, 8)).vector())
                .isEqualTo(Fault.UD);
    }
}
