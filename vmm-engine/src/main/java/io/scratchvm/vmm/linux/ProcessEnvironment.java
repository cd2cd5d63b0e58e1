package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.device.Console;
import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.device.Random;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.linux.abi.UserMemory;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What a process of the guest has around it.
 *
 * @param limit what may still be written; the same that the console has
 * @param trace receives the trace, a line at a time
 * @param stop whether a wait under way is to end; asked from the VM's thread, every 10 ms
 * @param scheduler who runs, and who waits
 */
public record ProcessEnvironment(
        Vcpu vcpu,
        UserMemory memory,
        Host host,
        Console console,
        Clock clock,
        Random random,
        OutputLimit limit,
        Consumer<String> trace,
        BooleanSupplier stop,
        Scheduler scheduler) {}
