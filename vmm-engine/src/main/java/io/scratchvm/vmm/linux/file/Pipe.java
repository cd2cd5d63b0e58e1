package io.scratchvm.vmm.linux.file;

/**
 * A pipe (pipe(7)): bytes on their way from its write end to its read end. Each end is an open file description; the last
 * descriptor of it that is closed closes the end. A {@link Socket} has the ends of two, one each way.
 */
public final class Pipe {
    /** How many bytes a pipe holds. */
    public static final int CAPACITY = 1 << 16;

    /** Writes of up to so many bytes are not mixed with others. */
    public static final int ATOMIC = 4096;

    private final byte[] bytes = new byte[CAPACITY];
    private int head;
    private int count;
    private boolean read = true;
    private boolean written = true;
    private boolean reset;
    private long arrivals;
    private long departures;

    /** A pipe with both ends open and nothing in it. */
    public Pipe() {}

    /** The pipe that {@code state} is of. */
    public Pipe(PipeState state) {
        put(state.content(), state.content().length);
        read = state.readEnd() >= 0;
        written = state.writeEnd() >= 0;
        arrivals = 0;
    }

    /** What was written and not read. */
    public byte[] content() {
        byte[] content = new byte[count];
        peek(content, count);
        return content;
    }

    /** How often its reader has found something new, since it was made or restored. */
    long arrivals() {
        return arrivals;
    }

    /** How often its writer has found new room, or no reader. */
    long departures() {
        return departures;
    }

    public int buffered() {
        return count;
    }

    public int room() {
        return CAPACITY - count;
    }

    /** Whether the read end is open. */
    public boolean hasReader() {
        return read;
    }

    /** Whether the write end is open. */
    public boolean hasWriter() {
        return written;
    }

    /** Whether nothing more comes through. */
    public boolean hasEnded() {
        return !read || !written;
    }

    /** Whether a read would not wait. */
    public boolean isReadable() {
        return count > 0 || hasEnded();
    }

    /** Whether a write of one byte or an atomic one of {@code atLeast} bytes would not wait. */
    public boolean isWritable(int atLeast) {
        return room() >= atLeast || hasEnded();
    }

    void closeReadEnd() {
        endReading();
        count = 0;
    }

    /** Takes no more bytes; those that are there may be read still. */
    void endReading() {
        read = false;
        arrivals++;
        departures++;
    }

    /** Says that its writer has gone without having read what was written to it. */
    void reset() {
        reset = true;
    }

    boolean isReset() {
        return reset;
    }

    void forgetReset() {
        reset = false;
    }

    void closeWriteEnd() {
        written = false;
        arrivals++;
    }

    /** Copies what comes first, which stays in the pipe, and says how many bytes. */
    public int peek(byte[] to, int length) {
        int n = Math.min(length, count);
        int first = Math.min(n, CAPACITY - head);
        System.arraycopy(bytes, head, to, 0, first);
        System.arraycopy(bytes, 0, to, first, n - first);
        return n;
    }

    /** Drops bytes that {@link #peek} gave. */
    public void drop(int length) {
        boolean wasFull = room() < ATOMIC;
        head = head + length & CAPACITY - 1;
        count -= length;
        departures += wasFull && room() >= ATOMIC ? 1 : 0;
    }

    /** Adds bytes, for which there is room. */
    public void put(byte[] from, int length) {
        int at = head + count & CAPACITY - 1;
        int first = Math.min(length, CAPACITY - at);
        System.arraycopy(from, 0, bytes, at, first);
        System.arraycopy(from, first, bytes, 0, length - first);
        count += length;
        arrivals++;
    }
}
