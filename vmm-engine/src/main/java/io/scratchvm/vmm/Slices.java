package io.scratchvm.vmm;

/**
 * Cuts a run into slices that end soon after a fixed time, wherever the guest spends it. The engine looks for a stop only
 * between blocks and whole repeated instructions, so a slice is bounded in instructions too.
 */
final class Slices implements AutoCloseable {
    /** The most instructions in a slice. */
    static final long INSTRUCTIONS = 1 << 21;

    private static final long NANOSECONDS = 5_000_000;

    private final Runnable onEnd;
    private final Thread timer = new Thread(this::time, "vmm-slices");
    private long end;
    private boolean announced;
    private boolean closed;

    /** @param onEnd called by another thread once a slice's time is over; it may come late, when the next one has begun */
    Slices(Runnable onEnd) {
        this.onEnd = onEnd;
        timer.setDaemon(true);
    }

    /** Begins a slice; the first call starts the clock. */
    synchronized void begin() {
        end = System.nanoTime() + NANOSECONDS;
        announced = false;
        notifyAll();
        if (timer.getState() == Thread.State.NEW) {
            timer.start();
        }
    }

    /** Whether the slice's time is over. */
    synchronized boolean isOver() {
        return end - System.nanoTime() <= 0;
    }

    /** Announces under the lock: once this is closed nobody is called. */
    private synchronized void time() {
        try {
            while (!closed) {
                long left = end - System.nanoTime();
                if (announced) {
                    wait();
                } else if (left > 0) {
                    // Rounded up, so as not to wake just before the end.
                    wait(left / 1_000_000 + 1);
                } else {
                    announced = true;
                    onEnd.run();
                }
            }
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
