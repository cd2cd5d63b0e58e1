package io.scratchvm.vmm.linux.signal;

import static io.scratchvm.vmm.cpu.state.Vcpu.*;

import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState.SignalStack;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState.Trap;

/**
 * What a handler finds on its stack: struct rt_sigframe of Linux on x86-64. The return address, a ucontext_t, a
 * siginfo_t; offsets are those of asm/ucontext.h and asm/sigcontext.h. The floating-point state lies above it.
 */
final class SignalFrame {
    /** ucontext_t and siginfo_t within the frame. */
    static final int CONTEXT = 8, INFO = 312;

    /** Bytes of the frame. */
    static final int SIZE = INFO + SignalInfo.SIZE;

    /** Of ucontext_t: uc_flags, uc_stack, uc_mcontext, uc_sigmask; uc_link stays zero. */
    private static final int FLAGS = CONTEXT, STACK = CONTEXT + 16, REGISTERS = CONTEXT + 40, MASK = CONTEXT + 296;

    /** Of uc_mcontext, behind the general registers. */
    private static final int RIP = REGISTERS + 128,
            RFLAGS = REGISTERS + 136,
            CS = REGISTERS + 144,
            SS = REGISTERS + 150,
            ERROR_CODE = REGISTERS + 152,
            TRAP = REGISTERS + 160,
            OLD_MASK = REGISTERS + 168,
            CR2 = REGISTERS + 176,
            FLOATING_POINT = REGISTERS + 184;

    /** uc_flags: xsave's extension is there; the stack segment is saved, and is to be restored as it is. */
    private static final long UC_FP_XSTATE = 1, UC_SIGCONTEXT_SS = 2, UC_STRICT_RESTORE_SS = 4;

    /** The general registers in uc_mcontext's order. */
    private static final int[] ORDER = {R8, R9, R10, R11, R12, R13, R14, R15, RDI, RSI, RBP, RBX, RDX, RAX, RCX, RSP};

    /** What a program may change of RFLAGS there. */
    private static final long SETTABLE = Flags.STATUS | Flags.TF | Flags.DF | Flags.RF | Flags.AC;

    private final Structure frame;

    private SignalFrame(Structure frame) {
        this.frame = frame;
    }

    /** A frame that was read from the guest. */
    static SignalFrame of(byte[] bytes) {
        return new SignalFrame(Structure.of(bytes));
    }

    /**
     * The frame of a handler that is to run now, in place of the program whose registers {@code vcpu} holds.
     *
     * @param floatingPoint where the floating-point state is
     * @param extended whether that is XSAVE's
     */
    static SignalFrame of(
            Vcpu vcpu,
            ThreadSignals thread,
            SignalInfo info,
            SignalAction action,
            long floatingPoint,
            boolean extended) {
        SignalFrame made = new SignalFrame(new Structure(SIZE));
        made.frame.putLong(0, action.restorer());
        made.frame.putLong(FLAGS, UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS | (extended ? UC_FP_XSTATE : 0));
        made.putStack(thread.stack());
        made.putRegisters(vcpu);
        made.putTrap(thread.trap());
        made.frame.putLong(OLD_MASK, thread.maskAfterwards());
        made.frame.putLong(FLOATING_POINT, floatingPoint);
        made.frame.putLong(MASK, thread.maskAfterwards());
        if (action.has(SignalAction.SA_SIGINFO)) {
            made.frame.putBytes(INFO, info.bytes());
        }
        return made;
    }

    private void putStack(SignalStack stack) {
        frame.putLong(STACK, stack.pointer()).putInt(STACK + 8, stack.flags()).putLong(STACK + 16, stack.size());
    }

    private void putRegisters(Vcpu vcpu) {
        for (int i = 0; i < ORDER.length; i++) {
            frame.putLong(REGISTERS + 8 * i, vcpu.gpr[ORDER[i]]);
        }
        frame.putLong(RIP, vcpu.rip)
                .putLong(RFLAGS, vcpu.rflags())
                .putShort(CS, vcpu.segments[Segment.CS].selector())
                .putShort(SS, vcpu.segments[Segment.SS].selector());
    }

    private void putTrap(Trap trap) {
        frame.putLong(ERROR_CODE, trap.errorCode() & 0xffff_ffffL)
                .putLong(TRAP, trap.number())
                .putLong(CR2, trap.address());
    }

    byte[] bytes() {
        return frame.bytes();
    }

    // -- the way back -----------------------------------------------------------------------------------------------

    /** What is to be blocked again. */
    long mask() {
        return frame.getLong(MASK);
    }

    SignalStack stack() {
        return new SignalStack(frame.getLong(STACK), frame.getInt(STACK + 8), frame.getLong(STACK + 16));
    }

    /** Where the floating-point state is; 0 where the program wants a fresh one. */
    long floatingPoint() {
        return frame.getLong(FLOATING_POINT);
    }

    /** The selectors of CS and SS, for ring 3. */
    int codeSelector() {
        return frame.getInt(CS) & 0xffff | 3;
    }

    int stackSelector() {
        return frame.getInt(SS) & 0xffff | 3;
    }

    /** Whether SS is to be as the frame has it, even if that cannot be. */
    boolean isStrictOnStackSegment() {
        return (frame.getLong(FLAGS) & UC_STRICT_RESTORE_SS) != 0;
    }

    /** Sets the general registers, RIP, and what a program may change of RFLAGS. */
    void restoreRegisters(Vcpu vcpu) {
        for (int i = 0; i < ORDER.length; i++) {
            vcpu.gpr[ORDER[i]] = frame.getLong(REGISTERS + 8 * i);
        }
        vcpu.rip = frame.getLong(RIP);
        vcpu.setRflags(vcpu.rflags() & ~SETTABLE | frame.getLong(RFLAGS) & SETTABLE);
    }
}
