package io.scratchvm.vmm.cpu.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import org.junit.jupiter.api.Test;

/** RDTSC, RDTSCP, CLFLUSH, CLFLUSHOPT. */
class TimeAndCacheInstructionsTest {
    private static final int[] RDTSC = {0x0f, 0x31}, RDTSCP = {0x0f, 0x01, 0xf9};
    private static final int[] CLFLUSH = {0x0f, 0xae, 0x3f}, CLFLUSHOPT = {0x66, 0x0f, 0xae, 0x3f};
    private static final long UNMAPPED = 0x7000_0000_0000L;

    private final TestMachine machine = new TestMachine();
    private final Vcpu vcpu = machine.vcpu;

    private Exit execute(int... code) {
        machine.load(HostCpu.CODE, code);
        machine.interpreter.reset();
        return machine.interpreter.run(vcpu.instructions + 1);
    }

    @Test
    void theTimeStampIsTheInstructionCount() {
        vcpu.tscOffset = 0x1_0000_0000L;
        vcpu.tscAux = 5;
        vcpu.instructions = 1000;
        vcpu.gpr[Vcpu.RAX] = -1;
        vcpu.gpr[Vcpu.RDX] = -1;
        vcpu.gpr[Vcpu.RCX] = -1;
        assertThat(execute(RDTSC)).isEqualTo(Exit.INSTRUCTIONS);
        long first = vcpu.gpr[Vcpu.RAX];
        assertThat(vcpu.gpr[Vcpu.RDX]).isEqualTo(1);
        assertThat(first).isBetween(1000L, 1001L);
        assertThat(vcpu.gpr[Vcpu.RCX]).isEqualTo(-1);

        assertThat(execute(RDTSCP)).isEqualTo(Exit.INSTRUCTIONS);
        assertThat(vcpu.gpr[Vcpu.RAX]).isEqualTo(first + 1);
        assertThat(vcpu.gpr[Vcpu.RCX]).isEqualTo(5);
    }

    @Test
    void theKernelCanKeepTheTimeStampToItself() {
        vcpu.cr4 |= ControlRegisters.CR4_TSD;
        assertThat(execute(RDTSCP)).isEqualTo(Exit.FAULT);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.GP);
    }

    @Test
    void flushingChangesNothingAndNeedsAMappedAddress() {
        for (int[] flush : new int[][] {CLFLUSH, CLFLUSHOPT}) {
            vcpu.gpr[Vcpu.RDI] = HostCpu.MEMORY + 3;
            machine.memory.write64(HostCpu.MEMORY, 0x1234);
            assertThat(execute(flush)).isEqualTo(Exit.INSTRUCTIONS);
            assertThat(machine.memory.read64(HostCpu.MEMORY)).isEqualTo(0x1234);
            vcpu.gpr[Vcpu.RDI] = UNMAPPED;
            assertThat(execute(flush)).isEqualTo(Exit.FAULT);
            assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.PF);
        }
    }
}
