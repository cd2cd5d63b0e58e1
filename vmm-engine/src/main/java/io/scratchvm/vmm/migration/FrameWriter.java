package io.scratchvm.vmm.migration;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes frames. {@link Data} waits in a buffer for more of it; any other message is sent with all before it. */
final class FrameWriter {
    /** Bytes of type, length and checksum. */
    static final int HEADER = 9;

    private static final int BUFFER = 1 << 16;
    private static final byte[] NOTHING = {};

    private final OutputStream out;
    private final FrameCodec codec;
    private final CRC32C checksum = new CRC32C();
    private long bytes;

    FrameWriter(OutputStream out, FrameCodec codec) {
        this.out = new BufferedOutputStream(out, BUFFER);
        this.codec = codec;
    }

    /** Bytes so far, headers included. */
    long bytes() {
        return bytes;
    }

    void write(Message message) throws IOException {
        if (message instanceof Data data) {
            boolean zeros = data.kind() == Data.Kind.ZEROS;
            byte[] body = zeros ? NOTHING : data.buffer();
            int length = zeros ? 0 : Math.toIntExact(data.length());
            frame(FrameType.DATA, FrameCodec.dataHeader(data), body, zeros ? 0 : data.start(), length);
        } else {
            frame(FrameType.of(message.getClass()), codec.encode(message), NOTHING, 0, 0);
            out.flush();
        }
    }

    void flush() throws IOException {
        out.flush();
    }

    /** Bytes outside any frame. */
    void writeBare(byte[] content) throws IOException {
        out.write(content);
        out.flush();
        bytes += content.length;
    }

    /** A frame whose payload is {@code head} and then a part of {@code body}, which is large and not copied. */
    private void frame(FrameType type, byte[] head, byte[] body, int start, int count) throws IOException {
        int length = head.length + count;
        if (length > type.maxLength()) {
            throw new ProtocolException(type + " would have " + length + " bytes, more than its " + type.maxLength());
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.put((byte) type.number()).putInt(length);
        checksum.reset();
        checksum.update(header.array(), 0, header.position());
        checksum.update(head);
        checksum.update(body, start, count);
        header.putInt((int) checksum.getValue());
        out.write(header.array());
        out.write(head);
        out.write(body, start, count);
        bytes += HEADER + length;
    }
}
