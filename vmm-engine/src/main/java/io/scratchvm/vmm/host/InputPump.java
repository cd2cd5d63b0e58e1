package io.scratchvm.vmm.host;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a stream whose reads may block for ever, with a limit to the wait. A read that has to wait is done by a daemon
 * thread of its own; what it brings after its asker has gone is kept for the next one. Nothing is read that nobody
 * asked for.
 */
final class InputPump {
    private static final byte[] NOTHING = {};

    private final InputStream in;
    private boolean reading;
    private byte[] arrived = NOTHING;
    /** Bytes of {@link #arrived} that were given away. */
    private int given;
    /** The reader found the end. Told once: a terminal's end is not its last. */
    private boolean ended;

    private IOException failure;

    InputPump(InputStream in) {
        this.in = in;
    }

    /** As {@link Host#readInput}. */
    synchronized int read(byte[] to, int offset, int length, int waitMillis) throws IOException {
        if (!reading && !hasAnswer()) {
            int ready = Math.min(length, in.available());
            if (ready > 0) {
                return in.read(to, offset, ready);
            }
            if (waitMillis > 0) {
                startReader(length);
            }
        }
        if (waitMillis > 0) {
            await(waitMillis);
        }
        return give(to, offset, length);
    }

    private boolean hasAnswer() {
        return given < arrived.length || ended || failure != null;
    }

    private void startReader(int length) {
        reading = true;
        Thread reader = new Thread(() -> readOnce(length), "vmm standard input");
        reader.setDaemon(true);
        reader.start();
    }

    private void readOnce(int length) {
        try {
            byte[] bytes = new byte[length];
            int n = in.read(bytes);
            answer(n < 0 ? NOTHING : java.util.Arrays.copyOf(bytes, n), n < 0, null);
        } catch (IOException e) {
            answer(NOTHING, false, e);
        }
    }

    private synchronized void answer(byte[] bytes, boolean end, IOException trouble) {
        arrived = bytes;
        given = 0;
        ended = end;
        failure = trouble;
        reading = false;
        notifyAll();
    }

    private void await(int waitMillis) {
        long deadline = System.nanoTime() + waitMillis * 1_000_000L;
        try {
            while (!hasAnswer()) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return;
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int give(byte[] to, int offset, int length) throws IOException {
        int n = Math.min(length, arrived.length - given);
        if (n > 0) {
            System.arraycopy(arrived, given, to, offset, n);
            given += n;
            return n;
        }
        if (failure != null) {
            IOException trouble = failure;
            failure = null;
            throw trouble;
        }
        boolean end = ended;
        ended = false;
        return end ? -1 : 0;
    }
}
