package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.RandomSource;
import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.List;

/** A small VM to save: the lab's 60 KiB, a few pages of them in use. */
final class SampleMachine {
    static final long MEMORY_SIZE = 0xf000;

    private SampleMachine() {}

    static PhysicalMemory memory() {
        PhysicalMemory memory = new PhysicalMemory(MEMORY_SIZE);
        memory.write64(0x8000, 0x1122_3344_5566_7788L);
        memory.write64(0x9ff8, -1);
        memory.write64(0xd000, 42);
        return memory;
    }

    static Vcpu vcpu() {
        Vcpu vcpu = new Vcpu();
        for (int i = 0; i < 16; i++) {
            vcpu.gpr[i] = 0x0101_0101_0101_0101L * i;
        }
        vcpu.rip = 0x9012;
        vcpu.instructions = 1234;
        return vcpu;
    }

    static MachineState state() {
        return state(vcpu());
    }

    static MachineState state(Vcpu vcpu) {
        return new MachineState(Lineage.FRESH, List.of("fpu", "sse2"), setup(), VcpuState.of(vcpu));
    }

    static Setup setup() {
        Setup.GuestFile app = new Setup.GuestFile("app", new byte[32], List.of(new Setup.Range(0x9000, 0x2000)));
        return new Setup(
                Setup.StartForm.BOOT, null, 400, 8, TimeSource.VIRTUAL, RandomSource.SEEDED, null, List.of(app));
    }

    static SaveOptions options() {
        return new SaveOptions("vmm test", null, true);
    }
}
