package io.scratchvm.vmm.linux.abi;

import io.scratchvm.vmm.cpu.state.Fault;

/** Who provides pages of the guest's address space at their first use. */
public interface UserFaults {
    /** For address spaces that are all there: nothing is provided. */
    UserFaults NONE = fault -> false;

    /** Whether the access that met {@code fault} may be tried again, because its page is there now. */
    boolean resolve(Fault fault);
}
