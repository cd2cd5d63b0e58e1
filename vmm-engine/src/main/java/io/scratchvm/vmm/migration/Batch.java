package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;

/** Pages of memory on their way to the destination, copied while the guest stood between two slices. */
final class Batch {
    /** The most pages. */
    static final int PAGES = Data.MAX / PhysicalMemory.PAGE_SIZE;

    private static final int PAGE_SIZE = PhysicalMemory.PAGE_SIZE;

    private final byte[] bytes = new byte[Data.MAX];
    private final long[] addresses = new long[PAGES];
    private final boolean[] zero = new boolean[PAGES];
    private int count;
    private End end = End.NONE;

    /** Whether more follows. */
    enum End {
        NONE,
        ROUND,
        COPY
    }

    /** Takes the parts of a batch. */
    interface Taker {
        void take(Data part) throws IOException;
    }

    void clear() {
        count = 0;
        end = End.NONE;
    }

    boolean isFull() {
        return count == PAGES;
    }

    /** Copies the page at {@code address}. */
    void add(PhysicalMemory memory, long address) {
        memory.read(address, bytes, count * PAGE_SIZE, PAGE_SIZE);
        put(address, false);
    }

    /** Remembers that the page at {@code address} is zero. */
    void addZero(long address) {
        put(address, true);
    }

    private void put(long address, boolean isZero) {
        addresses[count] = address;
        zero[count] = isZero;
        count++;
    }

    /** These are the last pages of the round, or of all. */
    void end(End of) {
        end = of;
    }

    End end() {
        return end;
    }

    /** Hands out the pages, those that follow each other in one piece. */
    void forEach(Taker taker) throws IOException {
        for (int start = 0; start < count; ) {
            int end = start + 1;
            while (end < count && continues(end)) {
                end++;
            }
            taker.take(part(start, end));
            start = end;
        }
    }

    private boolean continues(int page) {
        return addresses[page] == addresses[page - 1] + PAGE_SIZE && zero[page] == zero[page - 1];
    }

    private Data part(int start, int end) {
        Data.Kind kind = zero[start] ? Data.Kind.ZEROS : Data.Kind.MEMORY;
        return new Data(kind, 0, addresses[start], bytes, start * PAGE_SIZE, (long) (end - start) * PAGE_SIZE);
    }
}
