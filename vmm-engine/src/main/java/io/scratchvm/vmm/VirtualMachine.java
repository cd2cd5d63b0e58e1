package io.scratchvm.vmm;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.MoveMark;
import io.scratchvm.vmm.image.RunDigests;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.file.Path;

/**
 * An x86-64 virtual machine: make it blank, load a guest or restore an image, run it, save it. Not thread-safe, except
 * {@link #requestStop}; any number of them live in one JVM.
 */
public final class VirtualMachine implements AutoCloseable, Stoppable {
    private final VmConfiguration configuration;
    private volatile Machine machine;

    private VirtualMachine(VmConfiguration configuration) {
        this.configuration = configuration;
    }

    /** A VM with nothing in it. */
    public static VirtualMachine blank(VmConfiguration configuration) {
        return new VirtualMachine(configuration);
    }

    /**
     * Loads a guest; the VM stands before its first instruction.
     *
     * @throws io.scratchvm.vmm.api.VmmException if the guest's files cannot be used
     * @throws IOException if they cannot be read
     * @throws IllegalStateException if this VM is not blank
     */
    public void load(Start start) throws IOException {
        requireBlank();
        machine = Machine.load(start, configuration);
    }

    /**
     * Makes this blank VM the one that {@code image} holds.
     *
     * @throws io.scratchvm.vmm.api.VmmException if the image contradicts the configuration or its open files are not as
     *     it says
     * @throws IOException if they cannot be read, or reading the open files took longer than the time limit
     * @throws IllegalStateException if this VM is not blank
     */
    public void restore(VmImage image) throws IOException {
        requireBlank();
        machine = Machine.restore(image.image(), configuration);
        machine.trace("RESTORE OPERATION");
    }

    /** Makes this blank VM the one that {@code image} holds, around memory that holds it already. */
    void adopt(Image image, PhysicalMemory memory) throws IOException {
        requireBlank();
        machine = Machine.restore(image, memory, configuration);
    }

    /** Runs to the guest's end. A SAVE on the way writes the configuration's {@code saveImage} and goes on. */
    public Stop run() throws IOException {
        return new RunLoop(machine(), configuration, null).run();
    }

    /** Runs to {@code point} or to the guest's end, whichever comes first. */
    public Stop runTo(SavePoint point) throws IOException {
        return new RunLoop(machine(), configuration, point).run();
    }

    /**
     * Runs to {@code point}, and from there on in slices until the interlude between them says to stop. Without an
     * interlude as {@link #runTo}, or {@link #run}.
     *
     * @param point null to begin at once; a SAVE that the guest asks for there returns 0 at once
     */
    Stop runInSlices(@Nullable SavePoint point, @Nullable Interlude interlude) throws IOException {
        return new RunLoop(machine(), configuration, point, interlude).run();
    }

    /**
     * Writes the VM's state to {@code image}: the whole file or nothing of it. The VM can go on afterwards, and as if
     * nothing had been tried where this fails.
     *
     * @throws io.scratchvm.vmm.api.VmmException if the state cannot be saved
     * @throws IOException if it cannot be written, or reading the guest's open files took longer than the time limit
     */
    public void save(Path image) throws IOException {
        save(image, null);
    }

    /** @param mark of the migration that the image is for; null for none */
    void save(Path image, MoveMark mark) throws IOException {
        Machine saved = machine();
        try (Watchdog watchdog = new Watchdog(configuration.limits().time(), saved::requestStop)) {
            saved.save(image, mark);
        } finally {
            saved.stopped();
        }
    }

    /** The head of the image that {@link #save} would write, from digests of its memory that are known. */
    byte[] imageHead(RunDigests digests) throws IOException {
        return machine().imageHead(digests);
    }

    PhysicalMemory memory() {
        return machine().hardware.memory;
    }

    /** Instructions retired since the VM was created, over all saves and restores. */
    public long instructions() {
        return machine().hardware.vcpu.instructions;
    }

    /** The name of the engine that executes the guest. */
    public String engine() {
        return machine().hardware.engine.name();
    }

    /** Makes a run under way in another thread end soon, as a limit would; where there is none, the next one. */
    @Override
    public void requestStop() {
        Machine running = machine;
        if (running != null) {
            running.requestStop();
        }
    }

    /** Closes the guest's files. */
    @Override
    public void close() throws IOException {
        if (machine != null) {
            machine.close();
        }
    }

    private void requireBlank() {
        if (machine != null) {
            throw new IllegalStateException("this VM is not blank");
        }
    }

    Machine machine() {
        if (machine == null) {
            throw new IllegalStateException("this VM is blank: load a guest or restore an image first");
        }
        return machine;
    }
}
