package io.scratchvm.vmm.migration;

import java.time.Duration;

/** The time that a side may spend waiting for the other, all its waits together. */
final class Patience {
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private long left;
    private long pause = FIRST_PAUSE_MILLIS;
    private boolean given;

    Patience(Duration whole) {
        left = whole.toNanos();
    }

    /** Waits a little, longer each time. Returns false, at once, if there is no patience left. */
    synchronized boolean pause() {
        long start = System.nanoTime();
        long end = start + Math.min(left, pause * 1_000_000);
        try {
            for (long now = start; !given && now < end; now = System.nanoTime()) {
                wait((end - now) / 1_000_000 + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            given = true;
        }
        left -= System.nanoTime() - start;
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        return !given && left > 0;
    }

    /** The other side was there: the next pause is short again. */
    synchronized void met() {
        pause = FIRST_PAUSE_MILLIS;
    }

    /** Ends a pause under way, and all later ones. From any thread. */
    synchronized void giveUp() {
        given = true;
        notifyAll();
    }
}
