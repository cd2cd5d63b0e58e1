package io.scratchvm.vmm.migration;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/**
 * How long a peer may keep us waiting in one step of the conversation. A blocking write has no time limit in Java, and
 * one for each read is none against a peer that sends a byte now and then. So a thread counts all the time that is spent
 * in reads and writes, and closes the socket when the step's is used up. Our own work between them is not the peer's.
 */
final class StepLimit implements Closeable {
    /** Bytes a second: a slower link is as good as none. */
    private static final long SLOWEST = 1 << 16;

    private static final Duration FOREVER = Duration.ofDays(365);
    /** While nobody waits there is no hurry to look again. */
    private static final long IDLE = 50;

    private final Socket socket;
    private final Duration limit;
    /** Nanoseconds of this step, without those of the present wait. */
    private long left;

    private boolean waiting;
    private long waitingSince;
    private boolean exceeded;
    private boolean closed;

    /** Begins a step for which no data is expected. */
    StepLimit(Socket socket, Duration limit) {
        this.socket = socket;
        this.limit = limit.compareTo(FOREVER) < 0 ? limit : FOREVER;
        begin(0);
        Thread watchdog = new Thread(this::watch, "vmm-peer-timeout");
        watchdog.setDaemon(true);
        watchdog.start();
    }

    /** Begins the next step, in which about {@code expectedBytes} are to go over the link. */
    synchronized void begin(long expectedBytes) {
        Duration transfer = Duration.ofSeconds(Math.min(expectedBytes / SLOWEST, FOREVER.toSeconds()));
        left = limit.plus(transfer).toNanos();
        notifyAll();
    }

    /** From now on we wait for the peer. */
    synchronized void startWaiting() throws PeerTimeoutException {
        if (exceeded || left <= 0) {
            throw exception();
        }
        waiting = true;
        waitingSince = System.nanoTime();
    }

    synchronized void stopWaiting() {
        left = remaining();
        waiting = false;
    }

    synchronized boolean isExceeded() {
        return exceeded;
    }

    PeerTimeoutException exception() {
        return new PeerTimeoutException("the peer took longer than the " + text(limit)
                + " that a step may take beside its data; --peer-timeout gives it more");
    }

    private static String text(Duration limit) {
        long milliseconds = limit.toMillis();
        return milliseconds % 1000 == 0 ? milliseconds / 1000 + " s" : milliseconds + " ms";
    }

    private long remaining() {
        return waiting ? left - (System.nanoTime() - waitingSince) : left;
    }

    private synchronized void watch() {
        try {
            while (!closed && !exceeded) {
                long remaining = remaining();
                if (remaining <= 0 && waiting) {
                    exceed();
                } else {
                    long milliseconds = Math.max(remaining, 0) / 1_000_000 + 1;
                    wait(waiting ? milliseconds : Math.max(milliseconds, IDLE));
                }
            }
        } catch (InterruptedException e) {
            exceed();
        }
    }

    private void exceed() {
        exceeded = true;
        try {
            socket.close();
        } catch (IOException e) {
            // Closed is what it was to be.
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
