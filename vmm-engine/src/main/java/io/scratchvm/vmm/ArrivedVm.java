package io.scratchvm.vmm;

import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.memory.PhysicalMemory;
import io.scratchvm.vmm.migration.Arrival;
import io.scratchvm.vmm.migration.Token;
import io.scratchvm.vmm.migration.Verdict;
import java.io.Closeable;
import java.io.IOException;

/** The VM that a destination prepares; paused until somebody runs it. */
final class ArrivedVm implements Arrival, Closeable {
    private final VmConfiguration configuration;
    private VirtualMachine machine;

    /** @param configuration its memory size, if any, was the most that is accepted, and says nothing of this VM */
    ArrivedVm(VmConfiguration configuration) {
        this.configuration = configuration.toBuilder().anyMemorySize().build();
    }

    @Override
    public void build(Image image, PhysicalMemory memory) throws IOException {
        discard();
        VirtualMachine built = VirtualMachine.blank(configuration);
        built.adopt(image, memory);
        machine = built;
    }

    /** Null until it is built. */
    VirtualMachine machine() {
        return machine;
    }

    @Override
    public void discard() throws IOException {
        if (machine != null) {
            machine.close();
            machine = null;
        }
    }

    /** What is to be said where no VM came that is to run. */
    Stop stop(Verdict verdict, Token token) {
        String again = "'vmm receive --resume " + token + " --listen "
                + configuration.migration().peer() + " --journal "
                + configuration.migration().journal() + "' goes on";
        return switch (verdict.kind()) {
            case IN_DOUBT ->
                new Stop(
                        Stop.Reason.IN_DOUBT,
                        Departure.IN_DOUBT,
                        "the VM is here and waits for the source's decision: " + verdict.reason() + "; " + again);
            case INTERRUPTED -> notMoved("no VM came: " + verdict.reason() + (token == null ? "" : "; " + again));
            default -> notMoved("no VM runs here: " + verdict.reason());
        };
    }

    private static Stop notMoved(String message) {
        return new Stop(Stop.Reason.NOT_MOVED, Departure.VMM_ERROR, message);
    }

    @Override
    public void close() throws IOException {
        discard();
    }
}
