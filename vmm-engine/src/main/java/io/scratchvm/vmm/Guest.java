package io.scratchvm.vmm;

import io.scratchvm.vmm.image.Setup;
import io.scratchvm.vmm.linux.AddressSpace;
import io.scratchvm.vmm.linux.Descriptors;
import io.scratchvm.vmm.linux.LinuxProcess;
import io.scratchvm.vmm.linux.MemoryCalls;
import io.scratchvm.vmm.linux.ProcessEnvironment;
import io.scratchvm.vmm.linux.ProcessState;
import io.scratchvm.vmm.linux.StartForm;
import io.scratchvm.vmm.linux.Symbols;
import io.scratchvm.vmm.linux.SystemCallFamily;
import io.scratchvm.vmm.linux.UserFaults;
import io.scratchvm.vmm.linux.UserMemory;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What the VMM knows of the guest's program, as its kernel.
 *
 * @param setup how it was started
 * @param symbols of its files
 * @param addressSpace null for a flat start
 * @param process its system calls, files and signals
 */
record Guest(Setup setup, Symbols symbols, AddressSpace addressSpace, LinuxProcess process) {
    private static final SystemCallFamily[] NO_MEMORY_CALLS = {};

    /**
     * The guest on its hardware.
     *
     * @param trace receives the trace, a line at a time
     * @param stop whether a wait under way is to end
     */
    static Guest of(
            Hardware hardware,
            Setup setup,
            Symbols symbols,
            AddressSpace addressSpace,
            Descriptors descriptors,
            ProcessState state,
            Consumer<String> trace,
            BooleanSupplier stop) {
        UserFaults faults = addressSpace == null ? UserFaults.NONE : addressSpace::resolve;
        ProcessEnvironment environment = new ProcessEnvironment(
                hardware.vcpu,
                new UserMemory(hardware.mmu, faults),
                hardware.host,
                hardware.console,
                hardware.clock,
                hardware.random,
                hardware.outputLimit,
                trace,
                stop);
        LinuxProcess process = new LinuxProcess(
                environment, descriptors, state, setup.saveCall(), memoryCalls(addressSpace, descriptors));
        return new Guest(setup, symbols, addressSpace, process);
    }

    private static SystemCallFamily[] memoryCalls(AddressSpace space, Descriptors descriptors) {
        return space == null ? NO_MEMORY_CALLS : new SystemCallFamily[] {new MemoryCalls(space, descriptors)};
    }

    /** Whether the VMM, not the guest's own IDT, is offered the faults of ring 3. */
    boolean hasItsFaultsHandled() {
        return setup.start() == StartForm.PROGRAM;
    }

    /** Whether a ring-0 HLT reached from SYSCALL is a system call. */
    boolean makesSystemCalls() {
        return setup.start() != StartForm.FLAT;
    }
}
