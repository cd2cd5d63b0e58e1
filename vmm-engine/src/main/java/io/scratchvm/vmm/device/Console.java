package io.scratchvm.vmm.device;

import io.scratchvm.vmm.host.Host;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * The VMM's standard streams as the guest's devices and descriptors share them. Input passes through a buffer, so that
 * bytes taken from the host and not yet given to the guest are part of the saved state and come first after a restore.
 */
public final class Console {
    /** The most bytes that are taken from the host at once. */
    public static final int INPUT_CHUNK = 1 << 16;

    private static final int READ_AHEAD = 4096;
    private static final int WAIT_MILLIS = 10;

    private final Host host;
    private final OutputLimit limit;
    private byte[] input;
    /** The part of {@link #input} that holds bytes: from here … */
    private int head;
    /** … to here. */
    private int tail;

    /** Whether standard input was found at its end. */
    private boolean ended;

    /** How often there was something new. */
    private long arrivals;

    private boolean limitReached;
    private IOException outputTrouble;

    /** A console whose buffer holds what {@code state} says. */
    public Console(Host host, OutputLimit limit, ConsoleState state) {
        this.host = host;
        this.limit = limit;
        this.input = state.readAhead().clone();
        this.tail = input.length;
    }

    public Console(Host host, OutputLimit limit) {
        this(host, limit, ConsoleState.INITIAL);
    }

    public ConsoleState state() {
        return new ConsoleState(Arrays.copyOfRange(input, head, tail));
    }

    // -- input -------------------------------------------------------------------------------------------------------

    /** Bytes that the guest can have without the host being asked. */
    public int buffered() {
        return tail - head;
    }

    /** How often the host has given something, since the VM was made or restored. */
    public long arrivals() {
        return arrivals;
    }

    /** Whether standard input was found at its end; more may follow there all the same, if it is a terminal. */
    boolean hasEnded() {
        return ended;
    }

    /** Takes what the host has ready, if nothing is buffered; never waits. */
    public boolean poll() {
        if (buffered() == 0) {
            try {
                fill(READ_AHEAD, 0);
            } catch (IOException e) {
                return false;
            }
        }
        return buffered() > 0;
    }

    /**
     * Waits until something is buffered, the stream has ended, or {@code stop} says so. An interrupt of the thread is
     * taken for a stop.
     *
     * @param most bytes to ask the host for, 1 to {@link #INPUT_CHUNK}
     * @return whether it ended other than by a stop; with nothing buffered, the stream has ended
     */
    public boolean await(int most, BooleanSupplier stop) throws IOException {
        while (buffered() == 0) {
            if (stop.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                return false;
            }
            if (fill(most, WAIT_MILLIS) < 0) {
                return true;
            }
        }
        return true;
    }

    /** Waits as {@link #await} does, for a device, to whom trouble is no input. */
    boolean awaitInput(BooleanSupplier stop) {
        try {
            return await(READ_AHEAD, stop);
        } catch (IOException e) {
            ended = true;
            return true;
        }
    }

    private int fill(int most, int waitMillis) throws IOException {
        if (input.length < most) {
            input = new byte[most];
        }
        head = 0;
        tail = 0;
        int n = host.readInput(input, 0, most, waitMillis);
        tail = Math.max(0, n);
        arrivals += tail > 0 ? 1 : 0;
        if (n != 0) {
            ended = n < 0;
        }
        return n;
    }

    /** Copies buffered bytes, which stay buffered, and says how many. */
    public int peek(byte[] to, int offset, int length) {
        int n = Math.min(length, buffered());
        System.arraycopy(input, head, to, offset, n);
        return n;
    }

    /** Drops buffered bytes: the guest has them. */
    public void consume(int count) {
        head += Math.min(count, buffered());
    }

    // -- output ------------------------------------------------------------------------------------------------------

    /**
     * Writes as far as the output limit allows.
     *
     * @return how many bytes were written; fewer than {@code length} if the limit is reached
     */
    public int write(Host.Output stream, byte[] from, int offset, int length) throws IOException {
        int allowed = (int) limit.take(length);
        if (allowed > 0) {
            host.write(stream, from, offset, allowed);
        }
        limitReached |= allowed < length;
        return allowed;
    }

    /** Writes a device's byte. A device has no one to tell of trouble: the VM asks {@link #hasTrouble}. */
    void put(int value) {
        try {
            write(Host.Output.STANDARD_OUTPUT, new byte[] {(byte) value}, 0, 1);
        } catch (IOException e) {
            outputTrouble = e;
        }
    }

    /** Whether a device's output met the limit or failed: the run is to end. */
    public boolean hasTrouble() {
        return limitReached || outputTrouble != null;
    }

    /** Whether the output limit was reached. */
    public boolean limitReached() {
        return limitReached;
    }

    /** Why a device's output failed, or null. */
    public IOException outputTrouble() {
        return outputTrouble;
    }
}
