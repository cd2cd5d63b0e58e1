package io.scratchvm.vmm;

import io.scratchvm.vmm.image.Setup;
import io.scratchvm.vmm.linux.Kernel;
import io.scratchvm.vmm.linux.KernelSetup;
import io.scratchvm.vmm.linux.KernelState;
import io.scratchvm.vmm.linux.ProcessEnvironment;
import io.scratchvm.vmm.linux.ProcessTimers;
import io.scratchvm.vmm.linux.Scheduler;
import io.scratchvm.vmm.linux.abi.UserFaults;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.loader.StartForm;
import io.scratchvm.vmm.linux.loader.Symbols;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What the VMM knows of the guest's program, as its kernel.
 *
 * @param setup how it was started
 * @param symbols of its files
 * @param kernel its processes and their system calls
 */
record Guest(Setup setup, Symbols symbols, Kernel kernel) {
    /**
     * The guest on its hardware.
     *
     * @param state its processes
     * @param program what it was started as
     * @param trace receives the trace, a line at a time
     * @param stop whether a wait under way is to end
     */
    static Guest of(
            Hardware hardware,
            Setup setup,
            Symbols symbols,
            KernelState state,
            KernelSetup.ProgramSource program,
            Consumer<String> trace,
            BooleanSupplier stop) {
        UserMemory memory = new UserMemory(hardware.mmu, UserFaults.NONE);
        Scheduler scheduler = new Scheduler(hardware.vcpu, hardware.mmu, memory, hardware.clock, stop);
        hardware.timeline.add(new ProcessTimers(scheduler));
        hardware.timeline.add(scheduler);
        ProcessEnvironment environment = new ProcessEnvironment(
                hardware.vcpu,
                memory,
                hardware.host,
                hardware.console,
                hardware.clock,
                hardware.random,
                hardware.outputLimit,
                trace,
                stop,
                scheduler);
        KernelSetup kernelSetup = new KernelSetup(
                setup.saveCall(), GuestLoader.processorFeatures(), program, symbols, hardware.engine::retrySystemCall);
        return new Guest(setup, symbols, new Kernel(environment, state, kernelSetup));
    }

    /** Whether the VMM, not the guest's own IDT, is offered the faults of ring 3. */
    boolean hasItsFaultsHandled() {
        return setup.start() == StartForm.PROGRAM;
    }

    /** Whether the guest has a way to the devices' ports: a directly started program stays in ring 3, with IOPL 0. */
    boolean reachesPorts() {
        return setup.start() != StartForm.PROGRAM;
    }

    /** Whether a ring-0 HLT reached from SYSCALL is a system call. */
    boolean makesSystemCalls() {
        return setup.start().hasProcess();
    }
}
