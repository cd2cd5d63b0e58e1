package io.scratchvm.vmm.image;

import io.scratchvm.vmm.cpu.state.VcpuState;
import java.util.List;

/**
 * Everything about a VM that is saved but its memory: the lab's list of VM state. Components from {@code vcpu} on have a
 * note each, of the {@link NoteType} of the same name.
 *
 * @param lineage where the VM comes from
 * @param cpuFeatures the CPU features that the guest was shown
 * @param setup how it was started
 */
public record MachineState(Lineage lineage, List<String> cpuFeatures, Setup setup, VcpuState vcpu) {}
