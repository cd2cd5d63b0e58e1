package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.host.HostFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** SHA-256 of a file's first bytes. */
public final class FileDigest {
    private static final int CHUNK = 1 << 16;

    private FileDigest() {}

    public static byte[] of(byte[] bytes) {
        return sha256().digest(bytes);
    }

    /** The digest of the first {@code size} bytes, or of fewer where the file ends before. */
    public static byte[] of(HostFile file, long size) throws IOException {
        return of(file, size, () -> false);
    }

    /**
     * As {@link #of(HostFile, long)}; a guest can make files larger than anybody waits for.
     *
     * @throws InterruptedIOException once {@code stop} says so
     */
    static byte[] of(HostFile file, long size, BooleanSupplier stop) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[(int) Math.min(CHUNK, size)];
        long position = 0;
        while (position < size) {
            if (stop.getAsBoolean()) {
                throw new InterruptedIOException();
            }
            int n = file.read(position, buffer, 0, (int) Math.min(buffer.length, size - position));
            if (n == 0) {
                break;
            }
            digest.update(buffer, 0, n);
            position += n;
        }
        return digest.digest();
    }

    /** The first {@code size} bytes, or fewer where the file ends before. */
    public static byte[] bytes(HostFile file, int size) throws IOException {
        byte[] bytes = new byte[size];
        int done = 0;
        while (done < size) {
            int n = file.read(done, bytes, done, size - done);
            if (n == 0) {
                return Arrays.copyOf(bytes, done);
            }
            done += n;
        }
        return bytes;
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
