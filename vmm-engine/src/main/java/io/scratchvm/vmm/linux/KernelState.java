package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import java.util.Map;

/**
 * The processes that a {@link Kernel} begins with.
 *
 * @param files each process's descriptors, by its number
 * @param process of the process that the guest was started as
 * @param space its memory; null where the VMM does not know that
 * @param more what there is of processes and tasks besides the first of each; null for nothing
 */
public record KernelState(
        Map<Integer, Descriptors> files,
        ProcessState process,
        @Nullable AddressSpace space,
        @Nullable ProcessesState more) {
    /** Of a guest that has done nothing yet. */
    public static KernelState initial(Descriptors files, @Nullable AddressSpace space) {
        return new KernelState(Map.of(Identity.PROCESS, files), ProcessState.INITIAL, space, null);
    }
}
