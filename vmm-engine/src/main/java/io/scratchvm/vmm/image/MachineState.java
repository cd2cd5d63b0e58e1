package io.scratchvm.vmm.image;

import io.scratchvm.vmm.cpu.state.VcpuState;
import java.util.List;
import java.util.Map;

/**
 * Everything about a VM that is saved but its memory: the lab's list of VM state. Components from {@code vcpu} on have a
 * note each, of the {@link NoteType} of the same name.
 *
 * @param lineage where the VM comes from
 * @param cpuFeatures the CPU features that the guest was shown
 * @param setup how it was started
 */
public record MachineState(Lineage lineage, List<String> cpuFeatures, Setup setup, VcpuState vcpu) {

    /** What the note of {@code type} carries; null for the notes that the image makes itself. */
    Record part(NoteType type) {
        return switch (type) {
            case VCPU -> vcpu;
            case MANIFEST, MEMORY, SEAL -> null;
        };
    }

    /** The state that an image with this manifest and these notes holds. */
    static MachineState of(Manifest manifest, Map<NoteType, Record> parts) {
        return new MachineState(
                manifest.lineage(), manifest.cpuFeatures(), manifest.setup(), (VcpuState) parts.get(NoteType.VCPU));
    }
}
