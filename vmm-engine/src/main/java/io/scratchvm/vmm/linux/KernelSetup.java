package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.loader.LoadedFile;
import io.scratchvm.vmm.linux.loader.Symbols;
import java.io.IOException;

/**
 * What the guest's kernel is told of the VM that it is in.
 *
 * @param saveCall the number of the call that is SAVE, whatever Linux has there
 * @param processorFeatures EDX of CPUID's leaf 1, for AT_HWCAP
 * @param program what the guest was started as
 * @param symbols of that
 * @param callAgain puts the vCPU back to the call that it has just made
 */
public record KernelSetup(
        int saveCall, long processorFeatures, ProgramSource program, Symbols symbols, Runnable callAgain) {
    /** Where the bytes of a process's program are. */
    public interface ProgramSource {
        /** @throws IOException if they cannot be had any more */
        LoadedFile file() throws IOException;
    }
}
