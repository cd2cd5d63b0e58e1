package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.device.ClockState;
import io.scratchvm.vmm.device.InterruptsState;
import io.scratchvm.vmm.device.RandomState;
import io.scratchvm.vmm.linux.PendingIoState;
import io.scratchvm.vmm.linux.ProcessState;
import io.scratchvm.vmm.linux.ProcessesState;
import io.scratchvm.vmm.linux.file.FilesState;
import io.scratchvm.vmm.linux.mm.AddressSpaceState;
import java.util.List;
import java.util.Map;

/**
 * Everything about a VM that is saved but its memory: the lab's list of VM state. Components from {@code vcpu} on have
 * a note each, of the {@link NoteType} of that name.
 *
 * @param lineage where the VM comes from
 * @param cpuFeatures the CPU features that the guest was shown
 * @param setup how it was started
 * @param pendingIo what was under way between guest and host; the console's read-ahead is in it
 * @param addressSpace null where the VMM knows none: the guest is its own kernel
 * @param processes null where the guest is what it began as: one process and one task
 * @param interrupts null where the guest has programmed none of these devices
 */
public record MachineState(
        Lineage lineage,
        List<String> cpuFeatures,
        Setup setup,
        VcpuState vcpu,
        FilesState files,
        PendingIoState pendingIo,
        ProcessState process,
        @Nullable AddressSpaceState addressSpace,
        DevicesState devices,
        ClockState clock,
        RandomState random,
        @Nullable InterruptsState interrupts,
        @Nullable ProcessesState processes) {

    /** What the note of {@code type} carries; null for the notes that the image makes itself. */
    Record part(NoteType type) {
        return switch (type) {
            case VCPU -> vcpu;
            case FILES -> files;
            case PENDING_IO -> pendingIo;
            case PROCESS -> process;
            case ADDRESS_SPACE -> addressSpace;
            case DEVICES -> devices;
            case CLOCK -> clock;
            case RANDOM -> random;
            case INTERRUPTS -> interrupts;
            case PROCESSES -> processes;
            case MANIFEST, MEMORY, SEAL -> null;
        };
    }

    /** The state that an image with this manifest and these notes holds. */
    static MachineState of(Manifest manifest, Map<NoteType, Record> parts) {
        return new MachineState(
                manifest.lineage(),
                manifest.cpuFeatures(),
                manifest.setup(),
                (VcpuState) parts.get(NoteType.VCPU),
                (FilesState) parts.get(NoteType.FILES),
                (PendingIoState) parts.get(NoteType.PENDING_IO),
                (ProcessState) parts.get(NoteType.PROCESS),
                (AddressSpaceState) parts.get(NoteType.ADDRESS_SPACE),
                (DevicesState) parts.get(NoteType.DEVICES),
                (ClockState) parts.get(NoteType.CLOCK),
                (RandomState) parts.get(NoteType.RANDOM),
                (InterruptsState) parts.get(NoteType.INTERRUPTS),
                (ProcessesState) parts.get(NoteType.PROCESSES));
    }
}
