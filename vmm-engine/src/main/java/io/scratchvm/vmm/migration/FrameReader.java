package io.scratchvm.vmm.migration;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Reads frames into one buffer, which grows as bytes arrive, not as a length claims. */
final class FrameReader {
    private static final int BUFFER = 1 << 16;
    /** Of the header, what the checksum covers. */
    private static final int CHECKED_HEADER = 5;

    private final InputStream in;
    private final FrameCodec codec;
    private final CRC32C checksum = new CRC32C();
    private final byte[] header = new byte[FrameWriter.HEADER];
    private byte[] buffer = new byte[BUFFER];
    private long bytes;

    FrameReader(InputStream in, FrameCodec codec) {
        this.in = new BufferedInputStream(in, BUFFER);
        this.codec = codec;
    }

    /** Bytes so far, headers included. */
    long bytes() {
        return bytes;
    }

    /** The next message. The bytes of a {@link Data} stay where they are until the next call. */
    Message read() throws IOException {
        for (int filled = 0; filled < header.length; ) {
            filled += some(header, filled, header.length);
        }
        ByteBuffer fields = ByteBuffer.wrap(header);
        FrameType type = FrameType.of(fields.get() & 0xff);
        int length = length(type, fields.getInt());
        fill(length);
        checksum.reset();
        checksum.update(header, 0, CHECKED_HEADER);
        checksum.update(buffer, 0, length);
        if ((int) checksum.getValue() != fields.getInt()) {
            throw new ProtocolException(type + " came damaged: its checksum is wrong");
        }
        return codec.decode(type, buffer, length);
    }

    private static int length(FrameType type, int length) throws ProtocolException {
        if (length < 0 || length > type.maxLength()) {
            throw new ProtocolException(type + " came with a length of " + Integer.toUnsignedString(length)
                    + " bytes, more than the " + type.maxLength() + " that it may have");
        }
        return length;
    }

    private void fill(int length) throws IOException {
        for (int filled = 0; filled < length; ) {
            if (filled == buffer.length) {
                buffer = Arrays.copyOf(buffer, 2 * filled);
            }
            filled += some(buffer, filled, Math.min(buffer.length, length));
        }
    }

    private int some(byte[] target, int from, int to) throws IOException {
        int count = in.read(target, from, to - from);
        if (count < 0) {
            throw new EOFException();
        }
        bytes += count;
        return count;
    }

    /** The next byte, outside any frame. */
    int readBare() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException();
        }
        bytes++;
        return next;
    }

    /** Throws away what comes until the peer has ended. */
    void drain() throws IOException {
        while (in.read(buffer) >= 0) {
            // Until there is no more.
        }
    }
}
