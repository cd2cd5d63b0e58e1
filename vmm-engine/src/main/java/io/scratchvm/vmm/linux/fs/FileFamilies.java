package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import java.util.List;

/** The families of this room, which are nobody else's business one by one. */
public final class FileFamilies {
    private FileFamilies() {}

    /**
     * The calls about files of one process.
     *
     * @param limit what may still be written
     * @param names how the process names files
     * @param files what it finds by names
     */
    public static List<SystemCallFamily> of(
            UserMemory memory,
            Vcpu vcpu,
            Clock clock,
            Host host,
            OutputLimit limit,
            Descriptors descriptors,
            FileNames names,
            KernelFiles files) {
        return List.of(
                new FileCalls(host, limit, descriptors, names, files),
                new StatusCalls(memory, host, clock, descriptors, names),
                new PathCalls(memory, host, limit, descriptors, names, files),
                new DirectoryCalls(memory, descriptors, files),
                new SizeCalls(host, limit, descriptors, names),
                new AttributeCalls(memory, vcpu, clock, host, descriptors, names),
                new LinkCalls(host, limit, names),
                new NodeCalls(memory, host, limit, descriptors, names),
                new FileSystemCalls(memory, descriptors, names),
                new ExtendedAttributeCalls(memory, descriptors, names),
                new PipeCalls(memory, descriptors));
    }
}
