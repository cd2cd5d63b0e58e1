package io.scratchvm.vmm.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Moves as many bytes as were asked for between an array and a place in a file. In pieces, because the JDK copies each
 * one through a buffer of its own: a megabyte at once would leave the CPU's caches in between, and take three times as
 * long.
 */
public final class FileBytes {
    private static final int PIECE = 1 << 16;

    private FileBytes() {}

    /**
     * Reads {@code length} bytes at {@code position}, fewer only at the file's end.
     *
     * @return how many
     */
    public static int read(FileChannel file, long position, byte[] to, int start, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(to, start, length);
        for (int done = 0, n = 0; done < length; done += n) {
            bytes.limit(start + Math.min(done + PIECE, length));
            n = file.read(bytes, position + done);
            if (n < 0) {
                return done;
            }
        }
        return length;
    }

    /** Writes {@code length} bytes at {@code position}. */
    public static void write(FileChannel file, long position, byte[] from, int start, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(from, start, length);
        for (int done = 0; done < length; ) {
            bytes.limit(start + Math.min(done + PIECE, length));
            done += file.write(bytes, position + done);
        }
    }

    /** Writes all of {@code from} at {@code position}. */
    public static void write(FileChannel file, long position, byte[] from) throws IOException {
        write(file, position, from, 0, from.length);
    }
}
