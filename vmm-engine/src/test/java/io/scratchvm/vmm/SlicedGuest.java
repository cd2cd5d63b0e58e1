package io.scratchvm.vmm;

import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** A VM whose program is run in slices, for tests of what is done between them. */
public final class SlicedGuest implements Closeable {
    private final VirtualMachine vm;

    private SlicedGuest(VirtualMachine vm) {
        this.vm = vm;
    }

    /** What is done between slices; returns whether the guest goes on. */
    public interface Between {
        boolean goesOn() throws IOException;
    }

    /** A VM whose program's main has this body ({@link BareProgram}). */
    public static SlicedGuest compiled(Path directory, long memorySize, String body) throws Exception {
        VirtualMachine vm = VirtualMachine.blank(
                VmConfiguration.builder().root(directory).memorySize(memorySize).build());
        vm.load(BareProgram.compile(directory, body));
        return new SlicedGuest(vm);
    }

    /** Runs until {@code between} or the guest ends it; returns whether the guest can go on. */
    public boolean run(Between between) throws IOException {
        return !vm.runInSlices(null, between::goesOn).isEnd();
    }

    public PhysicalMemory memory() {
        return vm.machine().hardware.memory;
    }

    public long instructions() {
        return vm.instructions();
    }

    @Override
    public void close() throws IOException {
        vm.close();
    }
}
