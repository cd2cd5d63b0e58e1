package io.scratchvm.vmm.cpu;

/** Why an engine's run request came to its end (KVM's exit reasons, where KVM has one). */
public enum Exit {
    /** The instruction count that the request named is reached. */
    INSTRUCTIONS,
    /** A ring-0 HLT reached from SYSCALL; RIP is past the HLT, which is counted. */
    SYSTEM_CALL,
    /** VMCALL; RIP is past it. */
    HYPERCALL,
    /**
     * IN, OUT, INS or OUTS, after which the VMM is to look at the devices ({@link
     * io.scratchvm.vmm.memory.IoSpace#needsAttention}); RIP is past it, or at it where its repetition goes on.
     */
    DEVICE,
    /** The window that {@link Engine#awaitInterruptWindow} asked for is open. */
    INTERRUPT_WINDOW,
    /** HLT; RIP is past it, and {@code vcpu.halted} set. */
    HALT,
    /** A fault in ring 3 that the VMM asked to be offered first; nothing of the instruction has happened. */
    FAULT,
    /** RIP is at a breakpoint; the instruction there has not run. */
    BREAKPOINT,
    /** {@link Engine#requestStop} was called. */
    STOP_REQUEST,
    /** Triple fault. */
    SHUTDOWN
}
