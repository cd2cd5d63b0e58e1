package io.scratchvm.vmm.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Guest physical memory from address 0, in chunks of 1 MiB that exist from their first write on; an absent chunk reads
 * as zero, or is fetched from a {@link ChunkSource} at its first touch. Addresses outside read as all ones and ignore writes, as an unpopulated bus does.
 *
 * <p>Each page carries the epoch of its last write, so that whoever remembers an epoch can ask what was written since,
 * and two marks, for pages that hold decoded code or page tables, whose writes are reported before they can be missed.
 */
public final class PhysicalMemory {
    public static final int PAGE_SHIFT = 12;
    public static final int PAGE_SIZE = 1 << PAGE_SHIFT;

    static final int CHUNK_SHIFT = 20;
    static final int CHUNK_SIZE = 1 << CHUNK_SHIFT;
    private static final int PAGES_PER_CHUNK = CHUNK_SIZE / PAGE_SIZE;

    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    /** Told of writes to marked memory, after the bytes have changed. */
    public interface WriteObserver {
        /** Bytes of a page that holds decoded code were written, none of them outside one page. */
        void codeWritten(long physicalAddress, int length);

        /** A page in use as a page table was written. */
        void tableWritten();

        /** Pages that could be written unseen no longer may be: derived write permissions are to be dropped. */
        void writesToBeSeen();

        /** A chunk has come into being or was replaced: derived references to its bytes are to be dropped. */
        void chunkReplaced();
    }

    /** Where the bytes of megabytes that were not touched yet come from. */
    public interface ChunkSource {
        /** Whether any byte of the megabyte at {@code address} is not zero. */
        boolean holds(long address);

        /**
         * Fills {@code to}, which is zero, with the megabyte at {@code address}, or what of it is memory. Asked once for
         * each, before the first access to it; what this throws ends the access, and with it the run.
         */
        void fetch(long address, byte[] to);
    }

    /** A megabyte that exists. */
    static final class Chunk {
        final byte[] bytes;
        final long[] lastWrite;
        /** For each page, the 64-byte lines that hold decoded code; null while there are none. */
        long[] codeLines;
        /** The pages in use as page tables. */
        final boolean[] tables;

        Chunk(int size) {
            int pages = (size + PAGE_SIZE - 1) / PAGE_SIZE;
            bytes = new byte[size];
            lastWrite = new long[pages];
            tables = new boolean[pages];
        }
    }

    /** What megabytes show that are absent. Never written, so all VMs share it. */
    private static final byte[] ZEROS = new byte[CHUNK_SIZE];

    private final long size;
    private final Chunk[] chunks;
    private WriteObserver observer;
    private ChunkSource source;
    private long epoch = 1;

    /** An address in each page that is marked as a page table. */
    private long[] tableAddresses = new long[16];

    private int markedTables;

    /** @param size bytes, a positive multiple of 4096 */
    public PhysicalMemory(long size) {
        if (size <= 0 || (size & PAGE_SIZE - 1) != 0 || size >> CHUNK_SHIFT > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("memory size " + size + " is not a positive multiple of 4096");
        }
        this.size = size;
        this.chunks = new Chunk[(int) (size + CHUNK_SIZE - 1 >> CHUNK_SHIFT)];
    }

    public long size() {
        return size;
    }

    public void setObserver(WriteObserver observer) {
        this.observer = observer;
    }

    /** From now on megabytes that are absent are fetched from {@code source} at their first touch. */
    public void setSource(ChunkSource source) {
        this.source = source;
    }

    /** Whether {@code length} bytes from {@code address} are all memory. */
    public boolean contains(long address, long length) {
        return address >= 0 && length >= 0 && address <= size - length;
    }

    // -- epochs ---------------------------------------------------------------------------------------------------

    /** The current epoch. Writes from now on carry it, or a later one. */
    public long epoch() {
        return epoch;
    }

    /** Begins a new epoch and returns it: a page {@linkplain #writtenSince written since} it was written after now. */
    public long advanceEpoch() {
        epoch++;
        if (observer != null) {
            observer.writesToBeSeen();
        }
        return epoch;
    }

    /** Whether the page at {@code address} was written in {@code since} or a later epoch. */
    public boolean writtenSince(long address, long since) {
        Chunk chunk = chunk(address);
        return chunk != null && chunk.lastWrite[pageInChunk(address)] >= since;
    }

    /**
     * The first page from the one at {@code address} on that was written in {@code since} or a later epoch, of those that
     * exist: with 0, all of them; {@link #size} if there is none.
     */
    public long nextWritten(long address, long since) {
        for (long page = address & -PAGE_SIZE; page < size; page += PAGE_SIZE) {
            Chunk chunk = chunk(page);
            if (chunk == null) {
                // The last page of the megabyte.
                page |= CHUNK_SIZE - PAGE_SIZE;
            } else if (chunk.lastWrite[pageInChunk(page)] >= since) {
                return page;
            }
        }
        return size;
    }

    // -- single values, anywhere ----------------------------------------------------------------------------------

    public int read8(long address) {
        return (int) read(address, 1);
    }

    public int read32(long address) {
        return (int) read(address, 4);
    }

    public long read64(long address) {
        return read(address, 8);
    }

    public void write32(long address, int value) {
        write(address, value, 4);
    }

    public void write64(long address, long value) {
        write(address, value, 8);
    }

    /** Reads {@code size} bytes (1 to 8), little-endian, zero-extended. */
    public long read(long address, int size) {
        if (size == 8 && contains(address, 8) && offset(address) <= CHUNK_SIZE - 8) {
            Chunk chunk = chunk(address);
            return chunk == null ? 0 : (long) LONG.get(chunk.bytes, offset(address));
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (long) byteAt(address + i) << 8 * i;
        }
        return value;
    }

    /** Writes the low {@code size} bytes (1 to 8) of {@code value}, little-endian. */
    public void write(long address, long value, int size) {
        if (contains(address, size) && offset(address) <= CHUNK_SIZE - size) {
            store(chunkForWrite(address).bytes, offset(address), value, size);
        } else {
            for (int i = 0; i < size; i++) {
                if (contains(address + i, 1)) {
                    chunkForWrite(address + i).bytes[offset(address + i)] = (byte) (value >>> 8 * i);
                }
            }
        }
        wrote(address, size);
    }

    private static void store(byte[] bytes, int offset, long value, int size) {
        switch (size) {
            case 8 -> LONG.set(bytes, offset, value);
            case 4 -> INT.set(bytes, offset, (int) value);
            case 2 -> SHORT.set(bytes, offset, (short) value);
            default -> {
                for (int i = 0; i < size; i++) {
                    bytes[offset + i] = (byte) (value >>> 8 * i);
                }
            }
        }
    }

    private int byteAt(long address) {
        if (!contains(address, 1)) {
            return 0xff;
        }
        Chunk chunk = chunk(address);
        return chunk == null ? 0 : chunk.bytes[offset(address)] & 0xff;
    }

    // -- blocks ---------------------------------------------------------------------------------------------------

    /** Copies guest memory out; what lies outside memory is all ones. */
    public void read(long address, byte[] to, int offset, int length) {
        while (length > 0) {
            int n = (int) Math.min(length, CHUNK_SIZE - offset(address));
            if (contains(address, n)) {
                Chunk chunk = chunk(address);
                if (chunk == null) {
                    Arrays.fill(to, offset, offset + n, (byte) 0);
                } else {
                    System.arraycopy(chunk.bytes, offset(address), to, offset, n);
                }
            } else {
                for (int i = 0; i < n; i++) {
                    to[offset + i] = (byte) byteAt(address + i);
                }
            }
            address += n;
            offset += n;
            length -= n;
        }
    }

    /** Copies into guest memory; what lies outside memory is dropped. */
    public void write(long address, byte[] from, int offset, int length) {
        while (length > 0) {
            int n = Math.min(length, PAGE_SIZE - (int) (address & PAGE_SIZE - 1));
            if (contains(address, n)) {
                System.arraycopy(from, offset, chunkForWrite(address).bytes, offset(address), n);
                wrote(address, n);
            }
            address += n;
            offset += n;
            length -= n;
        }
    }

    /** Sets {@code length} bytes to zero without bringing absent chunks into being. */
    public void clear(long address, long length) {
        while (length > 0) {
            Chunk chunk = contains(address, 1) ? chunk(address) : null;
            int unit = chunk == null ? CHUNK_SIZE : PAGE_SIZE;
            int n = (int) Math.min(length, unit - (address & unit - 1));
            if (chunk != null) {
                Arrays.fill(chunk.bytes, offset(address), offset(address) + n, (byte) 0);
                wrote(address, n);
            }
            address += n;
            length -= n;
        }
    }

    /** Whether the page at {@code address} holds nothing but zeros. */
    public boolean isZeroPage(long address) {
        Chunk chunk = chunk(address);
        if (chunk == null) {
            return true;
        }
        int from = offset(address) & -PAGE_SIZE;
        return Arrays.equals(chunk.bytes, from, from + PAGE_SIZE, ZEROS, 0, PAGE_SIZE);
    }

    // -- marks ----------------------------------------------------------------------------------------------------

    /** From now on writes to these bytes, all in one page, are reported as code. */
    public void markCode(long address, int length) {
        if (!contains(address, length)) {
            return;
        }
        Chunk chunk = chunkForWrite(address);
        if (chunk.codeLines == null) {
            chunk.codeLines = new long[chunk.lastWrite.length];
        }
        int page = pageInChunk(address);
        boolean fresh = chunk.codeLines[page] == 0;
        chunk.codeLines[page] |= lines(address, length);
        if (fresh && observer != null) {
            observer.writesToBeSeen();
        }
    }

    /** Forgets the code marks of the page at {@code address}. */
    public void unmarkCode(long address) {
        Chunk chunk = contains(address, 1) ? chunk(address) : null;
        if (chunk != null && chunk.codeLines != null) {
            chunk.codeLines[pageInChunk(address)] = 0;
        }
    }

    /** From now on writes to the page at {@code address} are reported as writes to a page table. */
    void markTable(long address) {
        Chunk chunk = contains(address, 1) ? chunk(address) : null;
        if (chunk == null) {
            // A table that reads as zero maps nothing, and what was not found is never remembered.
            return;
        }
        int page = pageInChunk(address);
        if (!chunk.tables[page]) {
            chunk.tables[page] = true;
            remember(address);
            if (observer != null) {
                observer.writesToBeSeen();
            }
        }
    }

    private void remember(long table) {
        if (markedTables == tableAddresses.length) {
            tableAddresses = Arrays.copyOf(tableAddresses, 2 * markedTables);
        }
        tableAddresses[markedTables++] = table;
    }

    /** Sets accessed and dirty bits in a page-table entry's low byte, which changes no translation. */
    void setTableBits(long address, int bits) {
        if (contains(address, 1)) {
            Chunk chunk = chunkForWrite(address);
            chunk.bytes[offset(address)] |= (byte) bits;
            chunk.lastWrite[pageInChunk(address)] = epoch;
            reportCode(chunk, address, 1);
        }
    }

    /**
     * Writes a page-table entry on behalf of the VMM, unreported. Where the old entry was present, the caller must
     * {@linkplain Mmu#flush flush} before the guest's next access; one flush serves for many entries.
     */
    public void writeTableEntry(long address, long entry) {
        if (contains(address, 8)) {
            Chunk chunk = chunkForWrite(address);
            LONG.set(chunk.bytes, offset(address), entry);
            chunk.lastWrite[pageInChunk(address)] = epoch;
        }
    }

    /** Forgets all page-table marks. */
    void unmarkTables() {
        for (int i = 0; i < markedTables; i++) {
            chunk(tableAddresses[i]).tables[pageInChunk(tableAddresses[i])] = false;
        }
        markedTables = 0;
    }

    /** Whether writes to the page at {@code address} must be reported. */
    boolean isMarked(long address) {
        Chunk chunk = chunk(address);
        if (chunk == null) {
            return false;
        }
        int page = pageInChunk(address);
        return chunk.tables[page] || chunk.codeLines != null && chunk.codeLines[page] != 0;
    }

    private static long lines(long address, int length) {
        int first = (int) (address & PAGE_SIZE - 1) >> 6;
        int last = (int) (address + length - 1 & PAGE_SIZE - 1) >> 6;
        return -1L << first & -1L >>> 63 - last;
    }

    // -- windows --------------------------------------------------------------------------------------------------

    /** The bytes that hold {@code address} for reading; {@link #offset} says where. Zeros where the chunk is absent. */
    byte[] readWindow(long address) {
        Chunk chunk = chunk(address);
        return chunk == null ? ZEROS : chunk.bytes;
    }

    /** The bytes that hold {@code address} for writing in this epoch; the page counts as written. */
    byte[] writeWindow(long address) {
        Chunk chunk = chunkForWrite(address);
        chunk.lastWrite[pageInChunk(address)] = epoch;
        return chunk.bytes;
    }

    /** The place of {@code address} in its window. */
    static int offset(long address) {
        return (int) address & CHUNK_SIZE - 1;
    }

    private static int pageInChunk(long address) {
        return (int) (address >> PAGE_SHIFT) & PAGES_PER_CHUNK - 1;
    }

    private Chunk chunk(long address) {
        Chunk chunk = chunks[(int) (address >> CHUNK_SHIFT)];
        return chunk == null && source != null ? fetch((int) (address >> CHUNK_SHIFT)) : chunk;
    }

    /** Null where there is nothing but zeros. */
    private Chunk fetch(int index) {
        long address = (long) index << CHUNK_SHIFT;
        if (!source.holds(address)) {
            return null;
        }
        Chunk chunk = new Chunk(chunkSize(index));
        source.fetch(address, chunk.bytes);
        return install(index, chunk);
    }

    private int chunkSize(int index) {
        return (int) Math.min(CHUNK_SIZE, size - ((long) index << CHUNK_SHIFT));
    }

    private Chunk chunkForWrite(long address) {
        int index = (int) (address >> CHUNK_SHIFT);
        Chunk chunk = chunk(address);
        return chunk != null ? chunk : install(index, new Chunk(chunkSize(index)));
    }

    private Chunk install(int index, Chunk chunk) {
        chunks[index] = chunk;
        if (observer != null) {
            observer.chunkReplaced();
        }
        return chunk;
    }

    /** Accounts for a write of bytes in one or two neighbouring pages. */
    private void wrote(long address, int length) {
        int inFirst = Math.min(length, PAGE_SIZE - (int) (address & PAGE_SIZE - 1));
        wroteInPage(address, inFirst);
        if (length > inFirst) {
            wroteInPage(address + inFirst, length - inFirst);
        }
    }

    private void wroteInPage(long address, int length) {
        Chunk chunk = contains(address, length) ? chunk(address) : null;
        if (chunk == null) {
            return;
        }
        int page = pageInChunk(address);
        chunk.lastWrite[page] = epoch;
        if (chunk.tables[page] && observer != null) {
            observer.tableWritten();
        }
        reportCode(chunk, address, length);
    }

    private void reportCode(Chunk chunk, long address, int length) {
        if (observer != null
                && chunk.codeLines != null
                && (chunk.codeLines[pageInChunk(address)] & lines(address, length)) != 0) {
            observer.codeWritten(address, length);
        }
    }
}
