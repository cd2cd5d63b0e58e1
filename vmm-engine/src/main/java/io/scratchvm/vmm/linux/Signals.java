package io.scratchvm.vmm.linux;

import java.util.ArrayList;
import java.util.List;

/** The process's signal dispositions and mask (signal(7)). Handlers are recorded; what sends a signal decides. */
public final class Signals {
    /** The highest signal; the lowest is 1. */
    public static final int MAX = 64;

    private static final int SIGKILL = 9, SIGSTOP = 19;
    private static final long UNBLOCKABLE = bit(SIGKILL) | bit(SIGSTOP);
    private static final long SIG_DFL = 0, SIG_IGN = 1;
    /** What the default action ignores: SIGCHLD, SIGCONT, SIGURG, SIGWINCH; and no one could continue a stopped guest. */
    private static final long IGNORED_BY_DEFAULT =
            bit(17) | bit(18) | bit(23) | bit(28) | bit(SIGSTOP) | bit(20) | bit(21) | bit(22);

    private static final int SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2;

    private final SignalAction[] actions = new SignalAction[MAX + 1];
    private long blocked;

    /** @param actions those that are not the default */
    Signals(List<SignalAction> actions, long blocked) {
        for (SignalAction action : actions) {
            this.actions[action.signal()] = action;
        }
        this.blocked = blocked;
    }

    /** The actions that are not the default, in the order of their signals. */
    List<SignalAction> actions() {
        List<SignalAction> set = new ArrayList<>();
        for (SignalAction action : actions) {
            if (action != null && !action.isDefault()) {
                set.add(action);
            }
        }
        return set;
    }

    /** The blocked signals, bit n - 1 for signal n. */
    public long blocked() {
        return blocked;
    }

    /** What signal 1 to {@link #MAX} does. */
    public SignalAction action(int signal) {
        return actions[signal] == null ? SignalAction.byDefault(signal) : actions[signal];
    }

    /** @throws SystemCallError EINVAL for no signal, or one whose action is fixed */
    void setAction(SignalAction action) {
        if (action.signal() == SIGKILL || action.signal() == SIGSTOP) {
            throw new SystemCallError(Errno.EINVAL);
        }
        actions[action.signal()] = action;
    }

    /** @throws SystemCallError EINVAL if {@code signal} is none */
    static void check(int signal) {
        if (signal < 1 || signal > MAX) {
            throw new SystemCallError(Errno.EINVAL);
        }
    }

    /** sigprocmask(2). */
    void changeMask(int how, long set) {
        blocked = switch (how) {
            case SIG_BLOCK -> blocked | set;
            case SIG_UNBLOCK -> blocked & ~set;
            case SIG_SETMASK -> set;
            default -> throw new SystemCallError(Errno.EINVAL);
        };
        blocked &= ~UNBLOCKABLE;
    }

    /**
     * Sends the process a signal from within one of its calls. Returns if nothing comes of it.
     *
     * @throws NoReturn if it ends the process
     */
    void raise(int signal) {
        long handler = action(signal).handler();
        boolean ignored = handler == SIG_IGN || handler == SIG_DFL && (IGNORED_BY_DEFAULT & bit(signal)) != 0;
        if (handler == SIG_DFL && !ignored && (blocked & bit(signal)) == 0) {
            throw new NoReturn(Outcome.killed(signal));
        }
    }

    /** Whether the program has a handler of its own for {@code signal}. */
    boolean isHandled(int signal) {
        long handler = action(signal).handler();
        return handler != SIG_DFL && handler != SIG_IGN;
    }

    private static long bit(int signal) {
        return 1L << signal - 1;
    }
}
