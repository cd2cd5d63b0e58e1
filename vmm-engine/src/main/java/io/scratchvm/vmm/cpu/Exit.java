package io.scratchvm.vmm.cpu;

/** Why an engine's run request came to its end (KVM's exit reasons, where KVM has one). */
public enum Exit {
    /** The instruction count that the request named is reached. */
    INSTRUCTIONS,
    /** A ring-0 HLT reached from SYSCALL; RIP is past the HLT, which is counted. */
    SYSTEM_CALL,
    /** VMCALL; RIP is past it. */
    HYPERCALL,
    /** HLT; RIP is past it. */
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
