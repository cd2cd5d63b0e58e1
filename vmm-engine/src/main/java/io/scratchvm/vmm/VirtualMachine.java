package io.scratchvm.vmm;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.IOException;
import java.nio.file.Path;

/**
 * An x86-64 virtual machine: create it blank, load a guest or restore an image, run it, save it. Not thread-safe,
 * except {@link #requestStop}; any number of them live in one JVM.
 */
public final class VirtualMachine implements AutoCloseable {
    private VirtualMachine() {}

    /** A VM with nothing in it. */
    public static VirtualMachine blank(VmConfiguration configuration) {
        throw new UnsupportedOperationException();
    }

    /**
     * Loads a guest; the VM stands before its first instruction.
     *
     * @throws io.scratchvm.vmm.api.VmmException if the guest's files cannot be used
     * @throws IOException if they cannot be read
     */
    public void load(Start start) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes this blank VM the one that {@code image} holds.
     *
     * @throws io.scratchvm.vmm.api.VmmException if the image contradicts the configuration or its open files are not as
     *     it says
     */
    public void restore(VmImage image) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Runs to the guest's end. A SAVE on the way writes the configuration's {@code saveImage} and goes on. */
    public Stop run() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Runs to {@code point} or to the guest's end, whichever comes first. */
    public Stop runTo(SavePoint point) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Writes the VM's state to {@code image}: the whole file or nothing of it. The VM can go on afterwards. */
    public void save(Path image) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Instructions retired since the VM was created, over all saves and restores. */
    public long instructions() {
        throw new UnsupportedOperationException();
    }

    /** The name of the engine that executes the guest. */
    public String engine() {
        throw new UnsupportedOperationException();
    }

    /** Makes a run under way in another thread end soon, as a limit would. */
    public void requestStop() {}

    /** Closes the guest's files. */
    @Override
    public void close() throws IOException {}
}
