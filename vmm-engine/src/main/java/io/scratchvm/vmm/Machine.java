package io.scratchvm.vmm;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.linux.Descriptors;
import io.scratchvm.vmm.linux.Loaded;
import io.scratchvm.vmm.linux.ProcessState;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** A VM with a guest in it: the live parts behind {@link VirtualMachine}. Built whole or not at all. */
final class Machine implements Closeable {
    final Hardware hardware;
    final Guest guest;
    private final VmConfiguration configuration;
    private final AtomicBoolean stop;

    /** Whether the guest has asked for SAVE and not been answered. */
    boolean saveCallPending;

    private Machine(Hardware hardware, Guest guest, VmConfiguration configuration, AtomicBoolean stop) {
        this.hardware = hardware;
        this.guest = guest;
        this.configuration = configuration;
        this.stop = stop;
        hardware.engine.offerFaults(guest.hasItsFaultsHandled());
        hardware.engine.reset();
    }

    /** A machine before its guest's first instruction. */
    static Machine load(Start start, VmConfiguration configuration) throws IOException {
        long memorySize = configuration.memorySize().orElse(start.defaultMemory());
        Hardware hardware = new Hardware(configuration, memorySize, Hardware.RESET.with(configuration));
        Loaded loaded = GuestLoader.load(start, hardware);
        var setup = GuestLoader.setup(loaded, start, configuration);
        AtomicBoolean stop = new AtomicBoolean();
        Guest guest = Guest.of(
                hardware,
                setup,
                loaded.symbols(),
                loaded.addressSpace(),
                Descriptors.standard(setup.firstDescriptor()),
                ProcessState.INITIAL,
                configuration.trace(),
                stop::get);
        return new Machine(hardware, guest, configuration, stop);
    }

    void trace(String line) {
        configuration.trace().accept(line);
    }

    /** The guest reads standard input, and is to do so again when it goes on. */
    void waitForInput() {
        hardware.engine.retrySystemCall();
    }

    /** From any thread. */
    void requestStop() {
        stop.set(true);
        hardware.engine.requestStop();
    }

    void stopHandled() {
        stop.set(false);
    }

    void save(Path image) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {
        guest.process().descriptors().close();
    }
}
