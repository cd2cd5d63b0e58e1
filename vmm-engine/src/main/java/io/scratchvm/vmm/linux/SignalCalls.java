package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.Timespec;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.signal.SignalAction;
import io.scratchvm.vmm.linux.signal.SignalDelivery;
import io.scratchvm.vmm.linux.signal.SignalInfo;
import io.scratchvm.vmm.linux.signal.Signals;
import io.scratchvm.vmm.linux.signal.ThreadSignals;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState.SignalStack;
import java.util.Arrays;

/** Calls about signals: what they do, which are blocked or pending, and waiting for them. */
final class SignalCalls implements SystemCallFamily {
    private static final int SIGSET_SIZE = 8, STACK_SIZE = 24;
    private static final int SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2;

    private final UserMemory memory;
    private final Vcpu vcpu;
    private final Signals signals;
    private final Scheduler scheduler;
    private final SignalDelivery delivery;

    SignalCalls(ProcessEnvironment environment, LinuxProcess process, SignalDelivery delivery) {
        this.memory = environment.memory();
        this.vcpu = environment.vcpu();
        this.signals = process.signals();
        this.scheduler = environment.scheduler();
        this.delivery = delivery;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 13 -> action((int) a0, a1, a2, a3);
            case 14 -> mask((int) a0, a1, a2, a3);
            case 15 -> delivery.returnFromHandler(thread());
            case 34 -> pause();
            case 127 -> pending(a0, a1);
            case 128 -> take(a0, a1, a2, a3);
            case 130 -> suspend(a0, a1);
            case 131 -> stack(a0, a1);
            default -> NOT_MINE;
        };
    }

    /** The thread that makes the call. */
    private ThreadSignals thread() {
        return scheduler.current().signals;
    }

    // -- actions, masks and stacks ----------------------------------------------------------------------------------

    private long action(int signal, long newAction, long oldAction, long setSize) {
        checkSetSize(setSize);
        byte[] in = newAction == 0 ? null : memory.read(newAction, SignalAction.SIZE);
        Signals.check(signal);
        SignalAction old = signals.action(signal);
        if (in != null) {
            if ((Signals.bit(signal) & Signals.UNBLOCKABLE) != 0) {
                throw new SystemCallError(Errno.EINVAL);
            }
            signals.setAction(SignalAction.of(signal, in));
            if (signals.isIgnored(signal)) {
                signals.discard(Signals.bit(signal), thread());
            }
        }
        if (oldAction != 0) {
            memory.write(oldAction, old.bytes());
        }
        return 0;
    }

    private static void checkSetSize(long setSize) {
        if (setSize != SIGSET_SIZE) {
            throw new SystemCallError(Errno.EINVAL);
        }
    }

    private long mask(int how, long set, long oldSet, long setSize) {
        checkSetSize(setSize);
        ThreadSignals thread = thread();
        long old = thread.blocked();
        if (set != 0) {
            thread.block(changed(old, how, memory.readLong(set)));
        }
        if (oldSet != 0) {
            memory.writeLong(oldSet, old);
        }
        return 0;
    }

    private static long changed(long mask, int how, long set) {
        return switch (how) {
            case SIG_BLOCK -> mask | set;
            case SIG_UNBLOCK -> mask & ~set;
            case SIG_SETMASK -> set;
            default -> throw new SystemCallError(Errno.EINVAL);
        };
    }

    private long pending(long out, long setSize) {
        if (Long.compareUnsigned(setSize, SIGSET_SIZE) > 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        ThreadSignals thread = thread();
        long set = signals.pendingFor(thread) & thread.blocked();
        byte[] bytes = new Structure(SIGSET_SIZE).putLong(0, set).bytes();
        memory.write(out, Arrays.copyOf(bytes, (int) setSize));
        return 0;
    }

    private long stack(long newStack, long oldStack) {
        ThreadSignals thread = thread();
        long sp = vcpu.gpr[Vcpu.RSP];
        SignalStack old = thread.stackSeenFrom(sp);
        if (newStack != 0) {
            Structure in = Structure.of(memory.read(newStack, STACK_SIZE));
            thread.setStack(new SignalStack(in.getLong(0), in.getInt(8), in.getLong(16)), sp);
        }
        if (oldStack != 0) {
            Structure out = new Structure(STACK_SIZE)
                    .putLong(0, old.pointer())
                    .putInt(8, old.flags())
                    .putLong(16, old.size());
            memory.write(oldStack, out.bytes());
        }
        return 0;
    }

    // -- waiting ----------------------------------------------------------------------------------------------------

    private long pause() {
        throw new Blocked(Wait.forSignal());
    }

    private long suspend(long mask, long setSize) {
        checkSetSize(setSize);
        thread().suspend(memory.readLong(mask));
        return pause();
    }

    /** rt_sigtimedwait(2): takes one of the signals in a set, once one is pending. */
    private long take(long set, long out, long timeout, long setSize) {
        checkSetSize(setSize);
        long wanted = memory.readLong(set) & ~Signals.UNBLOCKABLE;
        long deadline = deadline(timeout);
        ThreadSignals thread = thread();
        SignalInfo info = signals.take(thread, wanted);
        if (info != null) {
            if (out != 0) {
                memory.write(out, info.bytes());
            }
            return info.signal();
        }
        if (scheduler.now() >= deadline) {
            throw new SystemCallError(Errno.EAGAIN);
        }
        throw new Blocked(Wait.forCondition(() -> (signals.pendingFor(thread) & wanted) != 0)
                .orUntil(deadline)
                .with(Wait.Interruption.ENDS));
    }

    /** Of the timespec at {@code timeout}, from the first issue of the call on; {@link Wait#FOREVER} for none. */
    private long deadline(long timeout) {
        if (timeout == 0) {
            return Wait.FOREVER;
        }
        return scheduler.current().deadline(scheduler.after(Timespec.read(memory, timeout)));
    }
}
