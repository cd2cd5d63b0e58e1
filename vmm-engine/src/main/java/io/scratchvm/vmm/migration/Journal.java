package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.image.CborException;
import io.scratchvm.vmm.image.Publication;
import io.scratchvm.vmm.image.RecordCodec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * What one side of a migration must not forget: a record on disk, replaced as a whole, so that a kill or a power failure
 * leaves the old one or the new one. Locked as long as it is open: one process works on a side of a migration.
 */
final class Journal<T extends Record> implements Closeable {
    private static final byte[] MAGIC = "VMM journal 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = MAGIC.length + Integer.BYTES;

    private final Path file;
    private final FileChannel lock;
    private final RecordCodec codec = new RecordCodec();
    private T state;

    private Journal(Path file, FileChannel lock) {
        this.file = file;
        this.lock = lock;
    }

    /** Begins the journal {@code name} in {@code directory}, which is made if there is none. */
    static <T extends Record> Journal<T> create(Path directory, String name, T state) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(name);
        Journal<T> journal = new Journal<>(file, lock(file));
        try {
            journal.write(state);
            return journal;
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    /**
     * Opens a journal that an earlier process left.
     *
     * @throws VmmException if there is none, another process has it open, or it is damaged
     */
    static <T extends Record> Journal<T> open(Path directory, String name, Class<T> type) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new VmmException("there is no migration " + name + " in " + directory.toAbsolutePath()
                    + "; name the directory of its journal with --journal");
        }
        Journal<T> journal = new Journal<>(file, lock(file));
        try {
            journal.state = journal.read(type);
            return journal;
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    static boolean exists(Path directory, String name) {
        return Files.isRegularFile(directory.resolve(name));
    }

    private static FileChannel lock(Path file) throws IOException {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Somebody in this process has it: the same answer.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new VmmException(
                file.getFileName() + " is being worked on by another process; wait for it, or end it first");
    }

    private T read(Class<T> type) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        if (bytes.remaining() < HEADER || !bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
            throw damaged("it does not begin as a journal does");
        }
        byte[] payload = new byte[bytes.remaining() - HEADER];
        bytes.position(HEADER).get(payload);
        if (bytes.getInt(MAGIC.length) != checksum(payload)) {
            throw damaged("its checksum does not match");
        }
        try {
            return codec.decode(type, payload);
        } catch (CborException e) {
            throw damaged(e.getMessage());
        }
    }

    private VmmException damaged(String what) {
        return new VmmException(file + " is damaged: " + what + "; what was decided is not known here");
    }

    private static int checksum(byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }

    synchronized T state() {
        return state;
    }

    Path file() {
        return file;
    }

    /** Replaces the record; it is on disk when this returns. */
    synchronized void write(T next) throws IOException {
        byte[] payload = codec.encode(next);
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + payload.length);
        bytes.put(MAGIC).putInt(checksum(payload)).put(payload);
        Publication.replace(file, bytes.array());
        state = next;
    }

    /** Lets go of the journal; it stays on disk. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
