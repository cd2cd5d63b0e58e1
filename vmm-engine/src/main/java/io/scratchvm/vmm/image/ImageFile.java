package io.scratchvm.vmm.image;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** An image in a file: the file's own bytes, or those that a gzip file (RFC 1952) wraps. */
abstract class ImageFile implements ImageSource {
    /** Opens {@code file}; what it is shows in its first bytes. */
    static ImageFile open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory");
        }
        Plain plain = new Plain(FileChannel.open(file, StandardOpenOption.READ));
        byte[] magic = new byte[2];
        if (plain.read(0, magic, 2) == 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
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
    abstract int read(long position, byte[] to, int length) throws IOException;

    @Override
    public int readHead(byte[] to, int length) throws IOException {
        return read(0, to, length);
    }

    @Override
    public int readRun(MemoryMap.Run run, long position, byte[] to) throws IOException {
        return read(position, to, (int) run.length());
    }

    @Override
    public int readTail(long end, byte[] to) throws IOException {
        byte[] lastAndTail = new byte[1 + to.length];
        int n = read(end - 1, lastAndTail, lastAndTail.length) - 1;
        System.arraycopy(lastAndTail, 1, to, 0, Math.max(n, 0));
        return n;
    }

    /** A file as it is. */
    private static final class Plain extends ImageFile {
        private final FileChannel channel;

        Plain(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        int read(long position, byte[] to, int length) throws IOException {
            return FileBytes.read(channel, position, to, 0, length);
        }

        @Override
        public boolean isRandomAccess() {
            return true;
        }

        @Override
        public long plausibleHead() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Inflated as it is read; going back begins again. */
    private static final class Gzip extends ImageFile {
        /** The descriptions of runs hold digests, which do not compress; a file that claims more is a bomb. */
        private static final int HEAD_RATIO = 16;

        private final Path file;
        private InputStream stream;
        private long at;

        Gzip(Path file) {
            this.file = file;
        }

        @Override
        int read(long position, byte[] to, int length) throws IOException {
            try {
                seek(position);
                int n = stream.readNBytes(to, 0, length);
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
        public boolean isRandomAccess() {
            return false;
        }

        @Override
        public long plausibleHead() throws IOException {
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
