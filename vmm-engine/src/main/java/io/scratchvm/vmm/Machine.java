package io.scratchvm.vmm;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.semantics.CpuFeature;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.device.ConsoleState;
import io.scratchvm.vmm.device.InterruptsState;
import io.scratchvm.vmm.image.DevicesState;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.ImageWriter;
import io.scratchvm.vmm.image.Lineage;
import io.scratchvm.vmm.image.MachineState;
import io.scratchvm.vmm.image.MoveMark;
import io.scratchvm.vmm.image.RunDigests;
import io.scratchvm.vmm.image.SaveOptions;
import io.scratchvm.vmm.image.Setup;
import io.scratchvm.vmm.linux.KernelState;
import io.scratchvm.vmm.linux.LinuxProcess;
import io.scratchvm.vmm.linux.ProcessesState;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OtherDescriptors;
import io.scratchvm.vmm.linux.loader.Loaded;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A VM with a guest in it: the live parts behind {@link VirtualMachine}. Built whole or not at all, from a guest's files
 * or from a saved state.
 */
final class Machine implements Closeable {
    /** What SAVE returns in the VM that goes on, and in a restored one. */
    private static final int SAVED = 0, RESTORED = 1;

    final Hardware hardware;
    final Guest guest;
    private final GuestFiles guestFiles;
    private final Lineage lineage;
    private final VmConfiguration configuration;
    private final AtomicBoolean stop;

    /** Whether the guest has asked for SAVE and not been answered. */
    private boolean saveCallPending;

    /** Says what the guest was loaded from, when that is asked for. */
    private interface GuestFiles {
        List<Setup.GuestFile> describe() throws IOException;
    }

    private Machine(
            Hardware hardware,
            Guest guest,
            GuestFiles guestFiles,
            Lineage lineage,
            VmConfiguration configuration,
            AtomicBoolean stop) {
        this.hardware = hardware;
        this.guest = guest;
        this.guestFiles = guestFiles;
        this.lineage = lineage;
        this.configuration = configuration;
        this.stop = stop;
        if (guest.reachesPorts()) {
            hardware.ports.addTo(hardware.timeline);
        }
        hardware.engine.offerFaults(guest.hasItsFaultsHandled());
        hardware.engine.reset();
    }

    /** A machine before its guest's first instruction. */
    static Machine load(Start start, VmConfiguration configuration) throws IOException {
        long memorySize = configuration.memorySize().orElse(start.defaultMemory());
        Hardware hardware =
                new Hardware(configuration, new PhysicalMemory(memorySize), Hardware.RESET.with(configuration));
        Loaded loaded = GuestLoader.load(start, hardware);
        Setup setup = GuestLoader.setup(loaded, start, configuration);
        AtomicBoolean stop = new AtomicBoolean();
        Guest guest = Guest.of(
                hardware,
                setup,
                loaded.symbols(),
                KernelState.initial(Descriptors.standard(setup.firstDescriptor()), loaded.addressSpace()),
                () -> loaded.files().get(0),
                configuration.trace(),
                stop::get);
        return new Machine(hardware, guest, () -> GuestLoader.guestFiles(loaded), Lineage.FRESH, configuration, stop);
    }

    // -- saved and restored -----------------------------------------------------------------------------------------

    /**
     * The machine that an image holds.
     *
     * @throws VmmException if the image contradicts the configuration or itself, or its open files are not as it says
     */
    static Machine restore(Image image, VmConfiguration configuration) throws IOException {
        RestoreRules.check(image, configuration);
        PhysicalMemory memory = new PhysicalMemory(image.manifest().memorySize());
        if (configuration.lazy()) {
            memory.setSource(image.lazyMemory());
        } else {
            image.loadMemory(memory);
        }
        return restore(image, memory, configuration);
    }

    /**
     * The machine that an image holds, around memory that already holds what the image says, and of that size.
     *
     * @throws VmmException as {@link #restore(Image, VmConfiguration)}
     */
    static Machine restore(Image image, PhysicalMemory memory, VmConfiguration configuration) throws IOException {
        RestoreRules.check(image, configuration);
        if (memory.size() != image.manifest().memorySize()) {
            throw new IllegalArgumentException(memory.size() + " bytes of memory are not the image's");
        }
        MachineState state = image.state();
        Setup setup = state.setup();
        Hardware hardware = new Hardware(configuration, memory, devices(state));
        state.vcpu().restore(hardware.vcpu);
        hardware.mmu.synchronize();
        AddressSpace space = state.addressSpace() == null
                ? null
                : new AddressSpace(state.addressSpace(), hardware.vcpu, hardware.mmu);
        checkProcesses(state);
        Map<Integer, Descriptors> files = files(state, hardware, configuration);
        try {
            AtomicBoolean stop = new AtomicBoolean();
            Guest guest = Guest.of(
                    hardware,
                    setup,
                    GuestLoader.symbols(setup),
                    new KernelState(files, state.process(), space, state.processes()),
                    () -> GuestLoader.program(setup),
                    configuration.trace(),
                    stop::get);
            return new Machine(
                    hardware, guest, setup::guestFiles, image.manifest().lineage(), configuration, stop);
        } catch (RuntimeException e) {
            for (Descriptors table : files.values()) {
                table.close();
            }
            throw e;
        }
    }

    /** To be asked before the host's files are touched. */
    private static void checkProcesses(MachineState state) {
        LinuxProcess.check(state.process());
        if (state.processes() != null) {
            for (ProcessesState.ProcessEntry process : state.processes().processes()) {
                if (process.state() != null) {
                    LinuxProcess.check(process.state());
                }
            }
        }
    }

    /** The guest's files, opened and compared with what was saved, in the time that there is. */
    private static Map<Integer, Descriptors> files(MachineState state, Hardware hardware, VmConfiguration configuration)
            throws IOException {
        try (Watchdog watchdog = new Watchdog(configuration.limits().time(), () -> {})) {
            return Descriptors.restoreAll(
                    hardware.host,
                    state.setup().firstDescriptor(),
                    state.files(),
                    state.processes() == null
                            ? OtherDescriptors.NONE
                            : state.processes().descriptors(),
                    configuration.files(),
                    watchdog::hasExpired);
        }
    }

    private static Hardware.Devices devices(MachineState state) {
        return new Hardware.Devices(
                new ConsoleState(state.pendingIo().readAhead()),
                state.devices().uart(),
                state.interrupts() == null ? InterruptsState.RESET : state.interrupts(),
                state.setup().clock(),
                state.clock(),
                state.setup().random(),
                state.random());
    }

    /** The lab's dump: every component's record. Memory is not in it; it is streamed. */
    private MachineState state() throws IOException {
        AddressSpace space = guest.kernel().initialProcess().space();
        return new MachineState(
                lineage,
                CpuFeature.names(),
                guest.setup().withGuestFiles(guestFiles.describe()),
                VcpuState.of(hardware.vcpu),
                guest.kernel().files(hardware.host, configuration.files(), stop::get),
                guest.kernel().pendingIo(),
                guest.kernel().initialProcess().state(),
                space == null ? null : space.state(),
                new DevicesState(hardware.ports.uartState()),
                hardware.clock.state(),
                hardware.random.state(),
                interrupts(),
                guest.kernel().moreProcesses());
    }

    private @Nullable InterruptsState interrupts() {
        InterruptsState state = hardware.ports.interruptsState();
        return state.equals(InterruptsState.RESET) ? null : state;
    }

    /**
     * Writes the machine's state to {@code image}, whole or not at all. If the guest has asked for SAVE, its call
     * returns 1 in the image and 0 here.
     *
     * @param mark of the migration that the image is for; null for none
     */
    void save(Path image, MoveMark mark) throws IOException {
        long result = hardware.vcpu.gpr[RAX];
        if (saveCallPending) {
            hardware.vcpu.gpr[RAX] = RESTORED;
        }
        try {
            ImageWriter.publish(image, state(), hardware.memory, saveOptions(mark));
            result = saveCallPending ? SAVED : result;
            saveCallPending = false;
        } finally {
            hardware.vcpu.gpr[RAX] = result;
        }
    }

    /** The head of the image of the machine as it stands. */
    byte[] imageHead(RunDigests digests) throws IOException {
        return ImageWriter.head(state(), hardware.memory, saveOptions(null), digests);
    }

    private SaveOptions saveOptions(MoveMark mark) {
        return new SaveOptions(Version.NAME, configuration.imageKey(), false, mark);
    }

    /** The guest has asked for SAVE; the next {@link #save} answers it, if there is one. */
    void saveRequested() {
        saveCallPending = true;
    }

    /** Answers the guest's SAVE, which was not carried out. */
    void refuseSave(int errno) {
        saveCallPending = false;
        hardware.vcpu.gpr[RAX] = -errno;
    }

    // -- running ----------------------------------------------------------------------------------------------------

    void trace(String line) {
        configuration.trace().accept(line);
    }

    /** From any thread. */
    void requestStop() {
        stop.set(true);
        hardware.engine.requestStop();
    }

    /** Whether the VM is to stop: somebody asked, a device is in trouble, or the thread is interrupted. */
    boolean mustStop() {
        return stop.get()
                || hardware.console.hasTrouble()
                || Thread.currentThread().isInterrupted();
    }

    /** A run or save has ended: what was asked to stop has stopped. */
    void stopped() {
        stop.set(false);
        hardware.engine.cancelStop();
    }

    @Override
    public void close() throws IOException {
        guest.kernel().close();
    }
}
