package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.image.FileBytes;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Guest memory in a sparse file, each byte at its physical address, as it arrives or is gathered. What was never written
 * is zero. Not thread-safe.
 */
final class StagedMemory implements Closeable {
    /** What is read at a time, and known to be zero or not. */
    private static final int PIECE = 1 << 20;

    private static final byte[] ZEROS = new byte[PIECE];

    private final Path file;
    private final long size;
    private final FileChannel channel;
    /** The pieces that may hold something; a file cannot be asked where its holes are. */
    private final BitSet used = new BitSet();

    private final byte[] buffer = new byte[PIECE];

    private StagedMemory(Path file, long size, FileChannel channel) throws IOException {
        this.file = file;
        this.size = size;
        this.channel = channel;
        used.set(0, piece(Math.min(channel.size(), size) + PIECE - 1));
    }

    /**
     * Opens {@code file}, with what is in it; makes it if it is not there. Its name is on disk once the directory is
     * synced, which is left to the journal.
     *
     * @param size of the memory, in bytes
     */
    static StagedMemory open(Path file, long size) throws IOException {
        return new StagedMemory(
                file,
                size,
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.SPARSE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
    }

    long size() {
        return size;
    }

    /** @throws ProtocolException if not all of it is memory */
    void write(long address, byte[] from, int start, int length) throws IOException {
        requireMemory(address, length);
        FileBytes.write(channel, address, from, start, length);
        if (length > 0) {
            used.set(piece(address), piece(address + length - 1) + 1);
        }
    }

    /**
     * Makes {@code length} bytes zero.
     *
     * @throws ProtocolException if not all of it is memory
     */
    void clear(long address, long length) throws IOException {
        requireMemory(address, length);
        long end = address + length;
        for (long at = nextUsed(address); at < end; at = nextUsed(at)) {
            int n = (int) Math.min(end - at, PIECE - at % PIECE);
            clearInPiece(at, n);
            at += n;
        }
    }

    private void clearInPiece(long address, int length) throws IOException {
        read(address, buffer, 0, length);
        if (!Arrays.equals(buffer, 0, length, ZEROS, 0, length)) {
            write(address, ZEROS, 0, length);
        }
        if (length == PIECE) {
            used.clear(piece(address));
        }
    }

    /** Reads bytes that are all memory. */
    void read(long address, byte[] to, int start, int length) throws IOException {
        int n = FileBytes.read(channel, address, to, start, length);
        Arrays.fill(to, start + n, start + length, (byte) 0);
    }

    /** Fills blank memory of the same size; pages of zeros are not written. */
    void load(PhysicalMemory memory) throws IOException {
        for (long at = nextUsed(0); at < size; at = nextUsed(at + PIECE)) {
            int length = (int) Math.min(PIECE, size - at);
            read(at, buffer, 0, length);
            if (!Arrays.equals(buffer, 0, length, ZEROS, 0, length)) {
                loadPiece(memory, at, length);
            }
        }
    }

    private void loadPiece(PhysicalMemory memory, long address, int length) {
        for (int page = 0; page < length; page += PhysicalMemory.PAGE_SIZE) {
            int next = page + PhysicalMemory.PAGE_SIZE;
            if (!Arrays.equals(buffer, page, next, ZEROS, 0, PhysicalMemory.PAGE_SIZE)) {
                memory.write(address + page, buffer, page, PhysicalMemory.PAGE_SIZE);
            }
        }
    }

    /** Everything written so far is on disk when this returns. */
    void force() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Closes the file and deletes it. */
    void delete() throws IOException {
        close();
        Files.deleteIfExists(file);
    }

    private void requireMemory(long address, long length) throws ProtocolException {
        if (address < 0 || length < 0 || length > size || address > size - length) {
            throw new ProtocolException("0x" + Long.toHexString(length) + " bytes at 0x" + Long.toHexString(address)
                    + " are not inside the memory of " + size + " bytes");
        }
    }

    /** The first address from {@code address} on that lies in a piece that may hold something; {@link #size} for none. */
    private long nextUsed(long address) {
        int piece = used.nextSetBit(piece(address));
        return piece < 0 ? size : Math.max(address, (long) piece * PIECE);
    }

    private static int piece(long address) {
        return (int) (address / PIECE);
    }
}
