package io.scratchvm.vmm.linux.signal;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import java.util.ArrayList;
import java.util.List;

/** What a process's threads share for signals: the actions, and the signals sent to the process (signal(7)). */
public final class Signals {
    /** The highest signal; the lowest is 1. */
    public static final int MAX = 64;

    public static final int SIGILL = 4,
            SIGTRAP = 5,
            SIGBUS = 7,
            SIGFPE = 8,
            SIGKILL = 9,
            SIGSEGV = 11,
            SIGPIPE = 13,
            SIGALRM = 14,
            SIGCHLD = 17,
            SIGCONT = 18,
            SIGSTOP = 19,
            SIGVTALRM = 26,
            SIGPROF = 27;

    /** SIGKILL and SIGSTOP, as bits. */
    public static final long UNBLOCKABLE = bit(SIGKILL) | bit(SIGSTOP);

    /** SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU. */
    private static final long STOPS = bit(SIGSTOP) | bit(20) | bit(21) | bit(22);

    /** What the default action ignores: SIGCHLD, SIGCONT, SIGURG, SIGWINCH; and no one could continue a stopped guest. */
    private static final long IGNORED_BY_DEFAULT = bit(SIGCHLD) | bit(SIGCONT) | bit(23) | bit(28) | STOPS;

    private final SignalAction[] actions = new SignalAction[MAX + 1];
    private final PendingSignals pending;

    /**
     * @param actions those that are not the default
     * @param pending sent to the process and not taken
     */
    public Signals(List<SignalAction> actions, List<SignalInfo> pending) {
        for (SignalAction action : actions) {
            this.actions[action.signal()] = action;
        }
        this.pending = new PendingSignals(pending);
    }

    /** The set of signals with {@code signal} alone in it: bit n - 1 for signal n. */
    public static long bit(int signal) {
        return 1L << signal - 1;
    }

    /** @throws SystemCallError EINVAL if {@code signal} is none */
    public static void check(int signal) {
        if (signal < 1 || signal > MAX) {
            throw new SystemCallError(Errno.EINVAL);
        }
    }

    // -- actions ----------------------------------------------------------------------------------------------------

    /** The actions that are not the default, in the order of their signals. */
    public List<SignalAction> actions() {
        List<SignalAction> set = new ArrayList<>();
        for (SignalAction action : actions) {
            if (action != null && !action.isDefault()) {
                set.add(action);
            }
        }
        return set;
    }

    /** What signal 1 to {@link #MAX} does. */
    public SignalAction action(int signal) {
        return actions[signal] == null ? SignalAction.byDefault(signal) : actions[signal];
    }

    public void setAction(SignalAction action) {
        actions[action.signal()] = action;
    }

    /** What execve(2) does: handlers, which are gone, become the default; what is ignored stays so. */
    public void resetHandlers() {
        for (int signal = 1; signal <= MAX; signal++) {
            if (actions[signal] != null) {
                boolean ignored = actions[signal].handler() == SignalAction.SIG_IGN;
                actions[signal] = ignored ? new SignalAction(signal, SignalAction.SIG_IGN, 0, 0, 0) : null;
            }
        }
    }

    /** Whether nothing comes of {@code signal}. */
    public boolean isIgnored(int signal) {
        long handler = action(signal).handler();
        return handler == SignalAction.SIG_IGN
                || handler == SignalAction.SIG_DFL && (IGNORED_BY_DEFAULT & bit(signal)) != 0;
    }

    // -- sending ----------------------------------------------------------------------------------------------------

    /** Signals sent to the process, for whichever thread takes them first. */
    public PendingSignals pending() {
        return pending;
    }

    /**
     * Sends a signal to the process.
     *
     * @param thread whose mask says whether it is blocked
     * @throws SystemCallError EAGAIN if it is to be queued and there is no room
     */
    public void send(SignalInfo info, ThreadSignals thread) {
        send(info, thread, pending);
    }

    /** Sends a signal to one thread, as {@link #send(SignalInfo, ThreadSignals)}. */
    public void sendTo(ThreadSignals thread, SignalInfo info) {
        send(info, thread, thread.pending());
    }

    private void send(SignalInfo info, ThreadSignals thread, PendingSignals to) {
        int signal = info.signal();
        if (signal == SIGCONT) {
            discard(STOPS, thread);
        } else if ((STOPS & bit(signal)) != 0) {
            discard(bit(SIGCONT), thread);
        }
        boolean blocked = ((thread.blocked() | thread.maskAfterwards()) & bit(signal)) != 0;
        if ((blocked || !isIgnored(signal)) && !to.add(info)) {
            throw new SystemCallError(Errno.EAGAIN);
        }
    }

    /** Forgets pending signals. */
    public void discard(long mask, ThreadSignals thread) {
        pending.discard(mask);
        thread.pending().discard(mask);
    }

    /** Sends a thread the signal of its own fault: where it is blocked or ignored, it ends the process all the same. */
    void force(ThreadSignals thread, SignalInfo info) {
        long bit = Signals.bit(info.signal());
        boolean blocked = (thread.blocked() & bit) != 0;
        if (blocked || action(info.signal()).handler() == SignalAction.SIG_IGN) {
            setAction(action(info.signal()).reset());
            thread.block(thread.blocked() & ~bit);
        }
        thread.pending().add(info);
    }

    // -- taking -----------------------------------------------------------------------------------------------------

    /** The pending signals that {@code thread} can take, blocked ones included. */
    public long pendingFor(ThreadSignals thread) {
        return thread.pending().set() | pending.set();
    }

    /** Whether a pending signal is not blocked. */
    public boolean interrupts(ThreadSignals thread) {
        return (pendingFor(thread) & ~thread.blocked()) != 0;
    }

    /** Takes the next pending signal in {@code mask}: the thread's own first; null if there is none. */
    public SignalInfo take(ThreadSignals thread, long mask) {
        SignalInfo own = thread.pending().take(mask);
        return own != null ? own : pending.take(mask);
    }
}
