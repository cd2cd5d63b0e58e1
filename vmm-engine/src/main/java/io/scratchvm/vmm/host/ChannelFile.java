package io.scratchvm.vmm.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

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
        return Math.max(0, channel.read(ByteBuffer.wrap(to, offset, length), position));
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
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
