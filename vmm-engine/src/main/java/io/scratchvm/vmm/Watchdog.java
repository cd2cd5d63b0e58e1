package io.scratchvm.vmm;

import java.time.Duration;

/** Calls somebody once when a time limit is over, unless it is closed before. */
final class Watchdog implements AutoCloseable {
    private final Thread thread;
    private boolean expired;
    private boolean closed;

    /** @param limit null for none */
    Watchdog(Duration limit, Runnable onExpiry) {
        if (limit == null) {
            thread = null;
            return;
        }
        thread = new Thread(() -> watch(limit, onExpiry), "vmm-watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(Duration limit, Runnable onExpiry) {
        try {
            Thread.sleep(milliseconds(limit));
        } catch (InterruptedException inTime) {
            return;
        }
        expire(onExpiry);
    }

    /** Once this is closed nobody is called, not even by a thread that is on its way here. */
    private synchronized void expire(Runnable onExpiry) {
        if (!closed) {
            expired = true;
            onExpiry.run();
        }
    }

    /** Rounded up; what is too long to be told in milliseconds never ends anyway. */
    private static long milliseconds(Duration limit) {
        try {
            return limit.plusNanos(999_999).toMillis();
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE;
        }
    }

    synchronized boolean hasExpired() {
        return expired;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
