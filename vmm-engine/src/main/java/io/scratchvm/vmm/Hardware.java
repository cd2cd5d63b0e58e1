package io.scratchvm.vmm;

import io.scratchvm.vmm.api.RandomSource;
import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.cpu.Engine;
import io.scratchvm.vmm.cpu.interpreter.Interpreter;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.device.ClockState;
import io.scratchvm.vmm.device.Console;
import io.scratchvm.vmm.device.ConsoleState;
import io.scratchvm.vmm.device.InterruptsState;
import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.device.Ports;
import io.scratchvm.vmm.device.Random;
import io.scratchvm.vmm.device.RandomState;
import io.scratchvm.vmm.device.Timeline;
import io.scratchvm.vmm.device.UartState;
import io.scratchvm.vmm.host.DirectoryHost;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.memory.IoSpace;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;

/** A VM's parts that a real machine would have too, and the host behind them. The guest's own is in {@link Guest}. */
final class Hardware {
    final PhysicalMemory memory;
    final Vcpu vcpu = new Vcpu();
    final Mmu mmu;
    final Host host;
    final OutputLimit outputLimit;
    final Console console;
    final Ports ports;
    final Clock clock;
    final Timeline timeline;
    final Random random;
    final Engine engine;

    /** What the devices of a VM that has done nothing yet hold. */
    static final Devices RESET = new Devices(
            ConsoleState.INITIAL,
            UartState.RESET,
            InterruptsState.RESET,
            TimeSource.VIRTUAL,
            ClockState.INITIAL,
            RandomSource.SEEDED,
            RandomState.INITIAL);

    /** The state of the devices, and what two of them follow. */
    record Devices(
            ConsoleState console,
            UartState uart,
            InterruptsState interrupts,
            TimeSource timeSource,
            ClockState clock,
            RandomSource randomSource,
            RandomState random) {
        /** These, following what the user chose. */
        Devices with(VmConfiguration configuration) {
            return new Devices(
                    console,
                    uart,
                    interrupts,
                    configuration.clock().orElse(timeSource),
                    clock,
                    configuration.random().orElse(randomSource),
                    random);
        }
    }

    /**
     * A blank vCPU with this memory, and devices in the given state.
     *
     * @throws io.scratchvm.vmm.api.VmmException if the root directory is none
     */
    Hardware(VmConfiguration configuration, PhysicalMemory memory, Devices state) throws IOException {
        this.memory = memory;
        mmu = new Mmu(vcpu, memory);
        host = host(configuration);
        outputLimit = new OutputLimit(configuration.limits().output());
        console = new Console(host, outputLimit, state.console());
        clock = new Clock(state.timeSource(), host, state.clock());
        ports = new Ports(console, () -> clock.monotonic(vcpu.instructions), state.uart(), state.interrupts());
        timeline = new Timeline(clock);
        random = new Random(state.randomSource(), host, state.random());
        engine = new Interpreter(vcpu, mmu, new WatchedPorts(), random);
    }

    /** The directory and the streams that {@code configuration} names. */
    static Host host(VmConfiguration configuration) throws IOException {
        return new DirectoryHost(
                configuration.root(),
                configuration.standardInput(),
                configuration.standardOutput(),
                configuration.standardError());
    }

    /** The ports; where a device's output fails or meets its limit, the engine is asked to stop. */
    private final class WatchedPorts implements IoSpace {
        @Override
        public int read(int port, int size) {
            return ports.read(port, size);
        }

        @Override
        public void write(int port, int size, int value) {
            ports.write(port, size, value);
            if (console.hasTrouble()) {
                engine.requestStop();
            }
        }

        @Override
        public boolean needsAttention() {
            return ports.needsAttention();
        }
    }
}
