package io.scratchvm.vmm.linux.signal;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Signals that were sent and have not been taken. A standard signal is pending once, however often it is sent; real-time
 * signals queue up (signal(7)).
 */
public final class PendingSignals {
    /** RLIMIT_SIGPENDING: how many may queue up. */
    public static final int MOST = 4096;

    private static final int REAL_TIME = 32;
    /** Those that instructions cause are taken first: SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS. */
    private static final long SYNCHRONOUS = 1L << 3 | 1L << 4 | 1L << 6 | 1L << 7 | 1L << 10 | 1L << 30;

    /** In the order in which they were sent. */
    private final List<SignalInfo> queue = new ArrayList<>();

    /** Bit n - 1 for signal n. */
    private long set;

    /** How many have come. */
    private long arrivals;

    PendingSignals(List<SignalInfo> state) {
        state.forEach(this::add);
        arrivals = 0;
    }

    /** How many have been sent since the VM was made or restored. */
    public long arrivals() {
        return arrivals;
    }

    public List<SignalInfo> state() {
        return List.copyOf(queue);
    }

    /** The pending signals, bit n - 1 for signal n. */
    long set() {
        return set;
    }

    /** @return false if there is no room for a queued signal */
    boolean add(SignalInfo info) {
        long bit = Signals.bit(info.signal());
        boolean queues = info.signal() >= REAL_TIME;
        if (queues && queue.size() >= MOST) {
            if (info.code() != SignalInfo.SI_USER) {
                return false;
            }
            queues = false;
        }
        if (queues || (set & bit) == 0) {
            queue.add(info);
            set |= bit;
            arrivals++;
        }
        return true;
    }

    /** Takes the next of the signals in {@code mask}, or gives null. */
    SignalInfo take(long mask) {
        long candidates = set & mask;
        if ((candidates & SYNCHRONOUS) != 0) {
            candidates &= SYNCHRONOUS;
        }
        return candidates == 0 ? null : takeFirst(Long.numberOfTrailingZeros(candidates) + 1);
    }

    private SignalInfo takeFirst(int signal) {
        SignalInfo first = null;
        boolean more = false;
        for (Iterator<SignalInfo> all = queue.iterator(); all.hasNext() && !more; ) {
            SignalInfo info = all.next();
            if (info.signal() == signal && first == null) {
                first = info;
                all.remove();
            } else {
                more = info.signal() == signal;
            }
        }
        set = more ? set : set & ~Signals.bit(signal);
        return first;
    }

    /** Drops the signals in {@code mask}. */
    void discard(long mask) {
        if ((set & mask) != 0) {
            queue.removeIf(info -> (Signals.bit(info.signal()) & mask) != 0);
            set &= ~mask;
        }
    }
}
