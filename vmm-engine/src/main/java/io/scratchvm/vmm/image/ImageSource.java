package io.scratchvm.vmm.image;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The bytes of an image: a file's own, or those that a gzip file (RFC 1952) wraps. */
abstract class ImageSource implements Closeable {
    /** Opens {@code file}; what it is shows in its first bytes. */
    static ImageSource open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory");
        }
        Plain plain = new Plain(FileChannel.open(file, StandardOpenOption.READ));
        byte[] magic = new byte[2];
        if (plain.read(0, magic, 0, 2) == 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
            plain.close();
            return new Gzip(file);
        }
        return plain;
    }

    /**
     * Reads {@code length} bytes at {@code position}, fewer only at the end.
     *
     * @return how many
     */
    abstract int read(long position, byte[] to, int offset, int length) throws IOException;

    /** Whether runs can be fetched in any order at little cost. */
    abstract boolean isRandomAccess();

    /** The most bytes that it is sensible to allocate for an image's head on this source's word. */
    abstract long plausibleHead() throws IOException;

    /** A file as it is. */
    private static final class Plain extends ImageSource {
        private final FileChannel channel;

        Plain(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        int read(long position, byte[] to, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(to, offset, length);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, position + buffer.position() - offset) < 0) {
                    break;
                }
            }
            return buffer.position() - offset;
        }

        @Override
        boolean isRandomAccess() {
            return true;
        }

        @Override
        long plausibleHead() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Inflated as it is read; going back begins again. */
    private static final class Gzip extends ImageSource {
        /** The descriptions of runs hold digests, which do not compress; a file that claims more is a bomb. */
        private static final int HEAD_RATIO = 16;

        private final Path file;
        private InputStream stream;
        private long at;

        Gzip(Path file) {
            this.file = file;
        }

        @Override
        int read(long position, byte[] to, int offset, int length) throws IOException {
            try {
                seek(position);
                int n = stream.readNBytes(to, offset, length);
                at += n;
                return n;
            } catch (EOFException e) {
                throw new ZipException("the gzip wrapper is cut short");
            }
        }

        private void seek(long position) throws IOException {
            if (stream == null || position < at) {
                close();
                stream = new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16));
                at = 0;
            }
            while (at < position) {
                long skipped = stream.skip(position - at);
                if (skipped == 0 && stream.read() < 0) {
                    return;
                }
                at += Math.max(skipped, 1);
            }
        }

        @Override
        boolean isRandomAccess() {
            return false;
        }

        @Override
        long plausibleHead() throws IOException {
            return ImageReader.LARGEST_HEAD_WITHOUT_RUNS + HEAD_RATIO * Files.size(file);
        }

        @Override
        public void close() throws IOException {
            if (stream != null) {
                stream.close();
                stream = null;
            }
        }
    }
}
