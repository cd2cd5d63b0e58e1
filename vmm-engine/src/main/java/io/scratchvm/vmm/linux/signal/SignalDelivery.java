package io.scratchvm.vmm.linux.signal;

import static io.scratchvm.vmm.cpu.state.Vcpu.*;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.loader.SystemCallStub;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState.Trap;
import io.scratchvm.vmm.memory.Mmu;

/**
 * Has a thread, whose registers are the vCPU's, take its signals on its way into the program: the process ends, or a
 * handler runs first, or nothing happens. What Linux's arch/x86/kernel/signal.c does.
 */
public final class SignalDelivery {
    /** No call is under way that a signal could interrupt. */
    private static final int NO_CALL = -1;

    /** What a function may use below its stack pointer (System V ABI, section 3.2.2). */
    private static final int RED_ZONE = 128;

    private static final int SYSCALL_LENGTH = 2;
    private static final int GENERAL_PROTECTION = 13;

    private final Vcpu vcpu;
    private final Mmu mmu;
    private final UserMemory memory;
    private final Signals signals;
    private final FloatingPointFrame floatingPoint;

    public SignalDelivery(Vcpu vcpu, UserMemory memory, Signals signals) {
        this.vcpu = vcpu;
        this.memory = memory;
        this.mmu = memory.mmu();
        this.signals = signals;
        this.floatingPoint = new FloatingPointFrame(vcpu, memory);
    }

    /** After call {@code number} was carried out, with its result, or why it was interrupted, in RAX. */
    public Outcome afterCall(ThreadSignals thread, int number) {
        boolean interrupted = vcpu.cpl != 3 && isInterruption(vcpu.gpr[RAX]);
        if (!interrupted && !signals.interrupts(thread)) {
            thread.resume();
            return Outcome.CONTINUE;
        }
        leaveCall();
        return deliver(thread, interrupted ? number : NO_CALL);
    }

    /** Between two instructions of the guest. What the stub's code interrupts is put off. */
    public Outcome betweenInstructions(ThreadSignals thread) {
        if (!signals.interrupts(thread)) {
            return Outcome.CONTINUE;
        }
        if (SystemCallStub.isReturning(vcpu)) {
            leaveCall();
        }
        return vcpu.cpl == 3 ? deliver(thread, NO_CALL) : Outcome.CONTINUE;
    }

    /** At an instruction whose fault nobody resolved. */
    public Outcome fault(ThreadSignals thread, Fault fault, AddressSpace space) {
        FaultSignal signal = FaultSignal.of(fault, vcpu, memory, space, thread.trap());
        thread.trapped(signal.trap());
        signals.force(thread, signal.info());
        return deliver(thread, NO_CALL);
    }

    private static boolean isInterruption(long result) {
        return result == -Errno.ERESTARTSYS || result == -Errno.ERESTARTNOHAND;
    }

    /** Does what the SYSRET at the end of a call would do. */
    private void leaveCall() {
        if (vcpu.cpl != 3) {
            vcpu.rip = vcpu.gpr[RCX];
            vcpu.setRflags(vcpu.gpr[R11] & ~(Flags.RF | Flags.VM));
            enterProgram();
        }
    }

    private void enterProgram() {
        SystemCallStub.enterProgram(vcpu);
        mmu.synchronize();
    }

    // -- taking -----------------------------------------------------------------------------------------------------

    private Outcome deliver(ThreadSignals thread, int interruptedCall) {
        int call = interruptedCall;
        SignalInfo info = signals.take(thread, ~thread.blocked());
        while (info != null) {
            SignalAction action = signals.action(info.signal());
            if (action.isHandled()) {
                finishCall(call, action);
                call = NO_CALL;
                if (!handle(thread, info, action)) {
                    return Outcome.killed(Signals.SIGSEGV);
                }
            } else if (!signals.isIgnored(info.signal())) {
                return Outcome.killed(info.signal());
            }
            info = signals.take(thread, ~thread.blocked());
        }
        if (call != NO_CALL) {
            callAgain(call);
        }
        thread.resume();
        return Outcome.CONTINUE;
    }

    private void finishCall(int call, SignalAction action) {
        if (call == NO_CALL) {
            return;
        }
        if (vcpu.gpr[RAX] == -Errno.ERESTARTSYS && action.has(SignalAction.SA_RESTART)) {
            callAgain(call);
        } else {
            vcpu.gpr[RAX] = -Errno.EINTR;
        }
    }

    private void callAgain(int call) {
        vcpu.gpr[RAX] = call;
        vcpu.rip -= SYSCALL_LENGTH;
    }

    // -- handlers ---------------------------------------------------------------------------------------------------

    /** Begins a handler; where its frame cannot be written, SIGSEGV follows. False if that was SIGSEGV's own. */
    private boolean handle(ThreadSignals thread, SignalInfo info, SignalAction action) {
        if (action.has(SignalAction.SA_RESETHAND)) {
            signals.setAction(action.reset());
        }
        if (begin(thread, info, action)) {
            return true;
        }
        signals.force(thread, SignalInfo.byKernel(Signals.SIGSEGV));
        return info.signal() != Signals.SIGSEGV;
    }

    private boolean begin(ThreadSignals thread, SignalInfo info, SignalAction action) {
        boolean nested = thread.isOnStack(vcpu.gpr[RSP]);
        long sp = vcpu.gpr[RSP] - RED_ZONE;
        boolean switches =
                action.has(SignalAction.SA_ONSTACK) && thread.stackSeenFrom(sp).isFree();
        if (switches) {
            sp = thread.stack().pointer() + thread.stack().size();
        }
        long state = sp - floatingPoint.size() & -FloatingPointFrame.ALIGNMENT;
        long at = (state - SignalFrame.SIZE & -16) - 8;
        boolean overflows = (nested || switches) && !thread.isWithinStack(at);
        if (overflows || !action.has(SignalAction.SA_RESTORER)) {
            return false;
        }
        SignalFrame frame = SignalFrame.of(vcpu, thread, info, action, state, floatingPoint.isExtended());
        if (!floatingPoint.save(state) || !write(at, frame.bytes())) {
            return false;
        }
        enter(at, action);
        thread.handlerEntered(action);
        return true;
    }

    private boolean write(long at, byte[] bytes) {
        return memory.writeSome(at, bytes, 0, bytes.length) == bytes.length;
    }

    private void enter(long frame, SignalAction action) {
        floatingPoint.reset();
        vcpu.gpr[RAX] = 0;
        vcpu.gpr[RDI] = action.signal();
        vcpu.gpr[RSI] = frame + SignalFrame.INFO;
        vcpu.gpr[RDX] = frame + SignalFrame.CONTEXT;
        vcpu.gpr[RSP] = frame;
        vcpu.rip = action.handler();
        vcpu.setRflags(vcpu.rflags() & ~(Flags.DF | Flags.RF | Flags.TF));
        enterProgram();
    }

    // -- and back ---------------------------------------------------------------------------------------------------

    /** rt_sigreturn(2): makes the registers those of the frame under the stack pointer; gives what RAX is then. */
    public long returnFromHandler(ThreadSignals thread) {
        leaveCall();
        byte[] bytes = new byte[SignalFrame.SIZE];
        long at = vcpu.gpr[RSP] - 8;
        if (memory.readSome(at, bytes, 0, bytes.length) < bytes.length) {
            signals.force(thread, SignalInfo.byKernel(Signals.SIGSEGV));
            return 0;
        }
        return restore(thread, SignalFrame.of(bytes));
    }

    private long restore(ThreadSignals thread, SignalFrame frame) {
        thread.block(frame.mask());
        frame.restoreRegisters(vcpu);
        mmu.synchronize();
        if (!floatingPoint.restore(frame.floatingPoint())) {
            signals.force(thread, SignalInfo.byKernel(Signals.SIGSEGV));
            return 0;
        }
        try {
            thread.setStack(frame.stack(), vcpu.gpr[RSP]);
        } catch (SystemCallError ignored) {
            // As Linux: a stack that cannot be had is not worth a signal.
        }
        checkSelectors(thread, frame);
        return vcpu.gpr[RAX];
    }

    /** IRET would fault on other segments than a program's. Whether RIP can be is found when it is executed. */
    private void checkSelectors(ThreadSignals thread, SignalFrame frame) {
        int stack = frame.isStrictOnStackSegment() ? frame.stackSelector() : SystemCallStub.USER_DATA;
        if (frame.codeSelector() != SystemCallStub.USER_CODE) {
            refuseSelector(thread, frame.codeSelector());
        } else if (stack != SystemCallStub.USER_DATA) {
            refuseSelector(thread, stack);
        }
    }

    private void refuseSelector(ThreadSignals thread, int selector) {
        thread.trapped(new Trap(GENERAL_PROTECTION, selector & ~3, thread.trap().address()));
        signals.force(thread, SignalInfo.byKernel(Signals.SIGSEGV));
    }
}
