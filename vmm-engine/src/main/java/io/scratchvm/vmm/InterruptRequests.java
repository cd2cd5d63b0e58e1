package io.scratchvm.vmm;

import io.scratchvm.vmm.cpu.Engine;
import java.util.function.BooleanSupplier;

/** Interrupts on their way from the devices to the vCPU. */
final class InterruptRequests {
    private final Hardware hardware;

    InterruptRequests(Hardware hardware) {
        this.hardware = hardware;
    }

    /** How a halted vCPU's wait ended. */
    enum Wait {
        /** A device asks for an interrupt. */
        INTERRUPT,
        /** Nothing but input can end the wait: {@link #awaitInput}. */
        INPUT,
        /** Somebody wants the VM to be left. */
        STOPPED,
        /** No device will ever ask. */
        NOTHING_TO_COME
    }

    /** Gives the vCPU, before it is entered, the interrupt that a device asks for; or comes back when it takes it. */
    void offer() {
        Engine engine = hardware.engine;
        if (hardware.ports.interrupts() && engine.takesInterrupts()) {
            engine.interrupt(hardware.ports.acknowledge());
        }
        engine.awaitInterruptWindow(hardware.ports.interrupts());
    }

    /** Waits, as a halted vCPU does, until a device asks for an interrupt; virtual time passes at once. */
    Wait await(BooleanSupplier stop) {
        long instructions = hardware.vcpu.instructions;
        while (!hardware.ports.interrupts()) {
            if (stop.getAsBoolean()) {
                return Wait.STOPPED;
            }
            if (!hardware.ports.willInterrupt()) {
                return hardware.ports.waitsForInput() ? Wait.INPUT : Wait.NOTHING_TO_COME;
            }
            if (!hardware.timeline.sleep(instructions, stop)) {
                return Wait.STOPPED;
            }
            hardware.timeline.advance(instructions);
        }
        return Wait.INTERRUPT;
    }

    /** Waits for input, or its end. */
    Wait awaitInput(BooleanSupplier stop) {
        if (!hardware.ports.awaitInput(stop)) {
            return Wait.STOPPED;
        }
        return hardware.ports.interrupts() ? Wait.INTERRUPT : Wait.NOTHING_TO_COME;
    }
}
