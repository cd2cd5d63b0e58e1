package io.scratchvm.vmm.linux.loader;

import io.scratchvm.vmm.linux.mm.AddressSpace;
import java.util.List;

/**
 * What a loader has made: the guest stands before its first instruction.
 *
 * @param form how it was started
 * @param files what it is made of: boot and app, the program, the flat file, or the kernel
 * @param entry the linear address of the guest program's first instruction; of the app, in real-mode boot
 * @param stub the linear address of the VMM's own system-call stub; 0 where the guest brings its own
 * @param auxiliaryVector the bytes of the auxiliary vector, AT_NULL included; empty but for direct start
 * @param addressSpace null where the guest is its own kernel
 * @param symbols the files' symbols at the addresses that they are loaded at
 */
public record Loaded(
        StartForm form,
        List<LoadedFile> files,
        long entry,
        long stub,
        byte[] auxiliaryVector,
        AddressSpace addressSpace,
        Symbols symbols) {}
