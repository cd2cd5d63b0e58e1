package io.scratchvm.vmm.linux.signal;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState.Trap;

/**
 * The signal that an exception is to its program (Linux's arch/x86/kernel/traps.c and arch/x86/mm/fault.c; sigaction(2)
 * for the codes).
 *
 * @param info what a handler is told
 * @param trap what its frame says of the exception
 */
record FaultSignal(SignalInfo info, Trap trap) {
    private static final int ILL_ILLOPN = 2;
    private static final int TRAP_BRKPT = 1, TRAP_TRACE = 2;
    private static final int BUS_ADRALN = 1, BUS_ADRERR = 2;
    private static final int SEGV_MAPERR = 1, SEGV_ACCERR = 2;
    private static final int FPE_INTDIV = 1;

    /** FPE_FLTINV and so on, by the exceptions' bits in the x87 status word and MXCSR: IE, DE, ZE, OE, UE, PE. */
    private static final int[] FPE_CODES = {7, 5, 3, 4, 5, 6};

    /** In which order they are looked at: a denormal operand counts as underflow does. */
    private static final int[] FPE_ORDER = {0, 2, 3, 1, 4, 5};

    /** The #GP of INT 3, for which Linux has a gate and the VMM none. */
    private static final int INT3_WITHOUT_GATE = 3 << 3 | 2;

    private static final byte INT3 = (byte) 0xcc, INT1 = (byte) 0xf1;
    private static final int MOST_BYTES = 15;

    private static final int PROTECTION_VIOLATION = 1;
    private static final int DR6 = 6;
    private static final long SINGLE_STEP = 1 << 14;

    /**
     * Of a fault that nobody resolved. The vCPU is made what Linux saves in the frame: past an instruction that traps, with
     * RF set before one that faults.
     *
     * @param before the thread's last exception: CR2 stays as it was
     */
    static FaultSignal of(Fault fault, Vcpu vcpu, UserMemory memory, AddressSpace space, Trap before) {
        return switch (fault.vector()) {
            case Fault.PF -> atInstruction(vcpu, ofPage(fault, space));
            case Fault.DB -> ofDebugger(vcpu, memory, before);
            case Fault.BP -> breakpoint(vcpu, lengthTo(INT3, vcpu.rip, memory), before);
            case Fault.OF -> new FaultSignal(info(fault, vcpu), new Trap(Fault.OF, 0, before.address()));
            default ->
                isInt3(fault)
                        ? breakpoint(vcpu, 2, before)
                        : atInstruction(
                                vcpu,
                                new FaultSignal(
                                        info(fault, vcpu),
                                        new Trap(fault.vector(), fault.errorCode(), before.address())));
        };
    }

    private static FaultSignal atInstruction(Vcpu vcpu, FaultSignal signal) {
        vcpu.systemFlags |= Flags.RF;
        return signal;
    }

    private static FaultSignal ofPage(Fault fault, AddressSpace space) {
        long address = fault.address();
        boolean ofKernel = address < 0 || address >= space.limit();
        boolean mapped = !ofKernel && space.regionAt(address) != null;
        int error = ofKernel ? fault.errorCode() | PROTECTION_VIOLATION : fault.errorCode();
        if (!ofKernel && space.isPastEndOfFile(fault)) {
            return new FaultSignal(
                    SignalInfo.byFault(FatalSignal.SIGBUS, BUS_ADRERR, address), new Trap(Fault.PF, error, address));
        }
        return new FaultSignal(
                SignalInfo.byFault(Signals.SIGSEGV, mapped ? SEGV_ACCERR : SEGV_MAPERR, address),
                new Trap(Fault.PF, error, address));
    }

    // -- traps ------------------------------------------------------------------------------------------------------

    /** A single step, after which RIP is right already, or INT1. */
    private static FaultSignal ofDebugger(Vcpu vcpu, UserMemory memory, Trap before) {
        boolean stepped = (vcpu.dr[DR6] & SINGLE_STEP) != 0;
        vcpu.dr[DR6] &= ~SINGLE_STEP;
        vcpu.rip += stepped ? 0 : lengthTo(INT1, vcpu.rip, memory);
        return new FaultSignal(
                SignalInfo.byFault(Signals.SIGTRAP, stepped ? TRAP_TRACE : TRAP_BRKPT, vcpu.rip),
                new Trap(Fault.DB, 0, before.address()));
    }

    private static FaultSignal breakpoint(Vcpu vcpu, int length, Trap before) {
        vcpu.rip += length;
        return new FaultSignal(SignalInfo.byKernel(Signals.SIGTRAP), new Trap(Fault.BP, 0, before.address()));
    }

    private static boolean isInt3(Fault fault) {
        return fault.vector() == Fault.GP && fault.errorCode() == INT3_WITHOUT_GATE;
    }

    /** The length of the instruction at {@code rip} that ends in {@code opcode}. */
    private static int lengthTo(byte opcode, long rip, UserMemory memory) {
        byte[] bytes = new byte[MOST_BYTES];
        int there = memory.readSome(rip, bytes, 0, MOST_BYTES);
        int prefixes = 0;
        while (prefixes < there && bytes[prefixes] != opcode) {
            prefixes++;
        }
        return prefixes + 1;
    }

    // -- codes ------------------------------------------------------------------------------------------------------

    private static SignalInfo info(Fault fault, Vcpu vcpu) {
        int signal = FatalSignal.number(fault.vector());
        return switch (fault.vector()) {
            case Fault.DE -> SignalInfo.byFault(signal, FPE_INTDIV, vcpu.rip);
            case Fault.UD -> SignalInfo.byFault(signal, ILL_ILLOPN, vcpu.rip);
            case Fault.MF -> SignalInfo.byFault(signal, code(vcpu.x87.statusWord, vcpu.x87.controlWord), vcpu.rip);
            case Fault.XM -> SignalInfo.byFault(signal, code(vcpu.mxcsr, vcpu.mxcsr >> 7), vcpu.rip);
            case Fault.AC -> SignalInfo.byFault(signal, BUS_ADRALN, 0);
            default -> SignalInfo.byKernel(signal);
        };
    }

    /** The code for the first of the floating-point exceptions that are flagged and not masked. */
    private static int code(int flags, int masks) {
        int raised = flags & ~masks;
        for (int exception : FPE_ORDER) {
            if ((raised >> exception & 1) != 0) {
                return FPE_CODES[exception];
            }
        }
        return FPE_CODES[0];
    }
}
