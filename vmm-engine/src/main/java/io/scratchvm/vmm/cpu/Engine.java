package io.scratchvm.vmm.cpu;

import io.scratchvm.vmm.cpu.state.Fault;
import java.util.OptionalLong;

/**
 * What executes a vCPU's instructions. The interpreter is one; every engine gives the same states at the same
 * instruction counts. Used by one thread, except for {@link #requestStop}.
 */
public interface Engine {
    /**
     * Runs until {@code vcpu.instructions} equals {@code untilInstruction} or something needs the VMM.
     *
     * @param untilInstruction an absolute count, {@link Long#MAX_VALUE} for none
     */
    Exit run(long untilInstruction);

    /**
     * The linear address at which {@link #run} stops before executing; the first instruction after this call, or after a
     * stop there, is exempt.
     */
    void setBreakpoint(OptionalLong linearAddress);

    /** Whether faults of ring 3 end the run as {@link Exit#FAULT} before the IDT is looked at. */
    void offerFaults(boolean offer);

    /** Delivers {@link #fault()} through the IDT after all: the VMM did not want it. */
    void deliverFault();

    /** Whether the vCPU takes an interrupt before its next instruction: RFLAGS.IF is set and nothing holds it off. */
    boolean takesInterrupts();

    /** Sends an external interrupt through the IDT, where {@link #takesInterrupts}; a halted vCPU goes on there. */
    void interrupt(int vector);

    /** Whether {@link #run} is to end with {@link Exit#INTERRUPT_WINDOW} as soon as {@link #takesInterrupts}. */
    void awaitInterruptWindow(boolean await);

    /** The fault of the last {@link Exit#FAULT}; of {@link Exit#SHUTDOWN}, the first of the three. */
    Fault fault();

    /** Undoes the HLT of the last {@link Exit#SYSTEM_CALL}: RIP is at it again and it does not count. */
    void retrySystemCall();

    /** Makes the current or next {@link #run} end soon with {@link Exit#STOP_REQUEST}. From any thread. */
    void requestStop();

    /** Takes back a stop that was requested and has not ended a run yet. */
    void cancelStop();

    /** Drops everything derived from the guest's state: to be called after that state was changed from outside. */
    void reset();

    /** The name that {@code --engine} and {@code --stats} use. */
    String name();
}
