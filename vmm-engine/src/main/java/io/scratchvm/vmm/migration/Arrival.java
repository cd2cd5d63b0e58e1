package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;

/** What becomes of a VM that has arrived. */
public interface Arrival {
    /**
     * Builds the VM and leaves it paused.
     *
     * @param image checked; its open files are under the guest's root
     * @param memory as the image has it, for the VM to keep
     * @throws io.scratchvm.vmm.api.VmmException if the VM cannot be built here
     */
    void build(Image image, PhysicalMemory memory) throws IOException;

    /** Gives up the VM that was built, if one was. */
    void discard() throws IOException;
}
