package io.scratchvm.vmm;

import java.time.Duration;

/** Calls somebody once when a time limit is over, unless it is closed before. */
final class Watchdog implements AutoCloseable {
    private final Thread thread;
    private volatile boolean expired;

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
        } catch (InterruptedException closed) {
            return;
        }
        expired = true;
        onExpiry.run();
    }

    /** Rounded up; what is too long to be told in milliseconds never ends anyway. */
    private static long milliseconds(Duration limit) {
        try {
            return limit.plusNanos(999_999).toMillis();
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE;
        }
    }

    boolean hasExpired() {
        return expired;
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
