package io.scratchvm.vmm.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.AccessDeniedException;

/** A {@link HostFile} of the host's own file system. */
final class ChannelFile implements HostFile {
    private final FileChannel channel;
    private final Object key;

    ChannelFile(FileChannel channel, Object key) {
        this.channel = channel;
        this.key = key;
    }

    @Override
    public int read(long position, byte[] to, int offset, int length) throws IOException {
        try {
            return Math.max(0, channel.read(ByteBuffer.wrap(to, offset, length), position));
        } catch (NonReadableChannelException e) {
            throw new AccessDeniedException("a file that may only be written");
        }
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
        try {
            while (bytes.hasRemaining()) {
                position += channel.write(bytes, position);
            }
        } catch (NonWritableChannelException e) {
            throw new AccessDeniedException("a file that may only be read");
        }
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void setSize(long size) throws IOException {
        if (size < channel.size()) {
            channel.truncate(size);
        } else if (size > channel.size()) {
            write(size - 1, new byte[1], 0, 1);
        }
    }

    @Override
    public void force() throws IOException {
        channel.force(true);
    }

    @Override
    public Object key() {
        return key;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
