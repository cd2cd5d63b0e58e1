package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.RandomSource;
import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.device.ClockState;
import io.scratchvm.vmm.device.InterruptsState;
import io.scratchvm.vmm.device.PicState;
import io.scratchvm.vmm.device.PitState;
import io.scratchvm.vmm.device.RandomState;
import io.scratchvm.vmm.device.UartState;
import io.scratchvm.vmm.linux.PendingIoState;
import io.scratchvm.vmm.linux.ProcessState;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.FilesState;
import io.scratchvm.vmm.linux.file.FilesState.DescriptorState;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import io.scratchvm.vmm.linux.loader.StartForm;
import io.scratchvm.vmm.linux.mm.AddressSpaceState;
import io.scratchvm.vmm.linux.mm.Region;
import io.scratchvm.vmm.linux.mm.Zone;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.List;

/** A small VM to save: the lab's 60 KiB, a few pages of them in use. */
public final class SampleMachine {
    public static final long MEMORY_SIZE = 0xf000;

    private static final PicState TIMER_ONLY =
            new PicState(1, 0, 0xfe, 1, 0x20, 7, false, false, false, false, false, false, 0, false, true);

    private SampleMachine() {}

    public static PhysicalMemory memory() {
        PhysicalMemory memory = new PhysicalMemory(MEMORY_SIZE);
        memory.write64(0x8000, 0x1122_3344_5566_7788L);
        memory.write64(0x9ff8, -1);
        memory.write64(0xd000, 42);
        return memory;
    }

    public static Vcpu vcpu() {
        Vcpu vcpu = new Vcpu();
        for (int i = 0; i < 16; i++) {
            vcpu.gpr[i] = 0x0101_0101_0101_0101L * i;
        }
        vcpu.rip = 0x9012;
        vcpu.instructions = 1234;
        return vcpu;
    }

    public static MachineState state() {
        return state(vcpu());
    }

    public static MachineState state(Vcpu vcpu) {
        return state(vcpu, Lineage.FRESH, setup());
    }

    public static MachineState state(Vcpu vcpu, Lineage lineage, Setup setup) {
        return new MachineState(
                lineage,
                List.of("fpu", "sse2"),
                setup,
                VcpuState.of(vcpu),
                files(),
                new PendingIoState(new PendingIoState.Call(0, List.of(0L, 1L, 2L, 3L, 4L, -5L)), new byte[] {'a', 'b'}),
                ProcessState.INITIAL,
                addressSpace(),
                new DevicesState(UartState.RESET),
                ClockState.INITIAL,
                new RandomState(1, 2, 3, -4),
                new InterruptsState(TIMER_ONLY, PicState.RESET, PitState.RESET),
                null);
    }

    private static FilesState files() {
        OpenFileState input = new OpenFileState(0, FileKind.STANDARD_INPUT, null, 0, 0, 0, 0600, false, null, null);
        OpenFileState file =
                new OpenFileState(3, FileKind.FILE, "/ay_caramba", 2, 16, 16, 0644, false, new byte[32], null);
        return new FilesState(
                List.of(input, file), List.of(new DescriptorState(0, 0, false), new DescriptorState(8, 3, true)));
    }

    private static AddressSpaceState addressSpace() {
        Region heap = new Region(0xb000, 0xc000, 3, Region.Kind.HEAP, false);
        Zone zone = new Zone(0x8000, 0xa000, -1);
        return new AddressSpaceState(
                true,
                0x1000,
                0x2000,
                0x8000,
                0x1000,
                0xf000,
                0xf000,
                0xb000,
                0xb123,
                0xb000,
                List.of(zone),
                List.of(heap),
                new byte[] {7, 0});
    }

    static Setup setup() {
        Setup.GuestFile app = new Setup.GuestFile("app", new byte[32], List.of(new Setup.Range(0x9000, 0x2000)));
        return new Setup(StartForm.BOOT, 0, 400, 8, TimeSource.VIRTUAL, RandomSource.SEEDED, new byte[0], List.of(app));
    }

    public static SaveOptions options() {
        return new SaveOptions("vmm test", null, true);
    }
}
