package io.scratchvm.vmm;

import java.io.IOException;

/**
 * What is done between the slices of a run, a few milliseconds apart, on the thread that runs the VM. The guest is at an
 * instruction boundary with no system call under way, and cannot tell a sliced run from another.
 */
@FunctionalInterface
interface Interlude {
    /**
     * Says whether the guest is to go on; if not, the run ends as at a save point.
     *
     * @throws IOException to end the run, which another run can continue
     */
    boolean goesOn() throws IOException;
}
