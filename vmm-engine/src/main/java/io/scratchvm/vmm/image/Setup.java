package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.RandomSource;
import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.linux.loader.StartForm;
import java.util.List;

/**
 * How a VM was started, as far as it matters to who goes on with it. An option at a restore that contradicts it is to
 * be refused.
 *
 * @param start the start form
 * @param stub the guest-virtual address of the VMM's own system-call stub; 0 where the guest brings its own
 * @param saveCall the number of the system call that is SAVE
 * @param firstDescriptor the lowest descriptor that {@code open} gives
 * @param auxiliaryVector what the guest's program was started with (System V ABI, {@code auxv}), as in memory; empty
 *     but for direct start. Debuggers need it to place a static PIE
 * @param guestFiles the ELF files (or the flat file) that were loaded
 */
public record Setup(
        StartForm start,
        long stub,
        int saveCall,
        int firstDescriptor,
        TimeSource clock,
        RandomSource random,
        byte[] auxiliaryVector,
        List<GuestFile> guestFiles) {

    /** This setup with these files. */
    public Setup withGuestFiles(List<GuestFile> files) {
        return new Setup(start, stub, saveCall, firstDescriptor, clock, random, auxiliaryVector, files);
    }

    /**
     * A file that the guest was loaded from.
     *
     * @param path as the user named it
     * @param sha256 of its bytes
     * @param fileBytes the guest-virtual ranges that it has bytes for (of each {@code PT_LOAD}, {@code p_filesz} from
     *     {@code p_vaddr} plus the load bias)
     */
    public record GuestFile(String path, byte[] sha256, List<Range> fileBytes) {}

    /** Bytes of the guest's address space. */
    public record Range(long address, long length) {}
}
