package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.image.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** A peer that says whatever a test wants, by the words of docs/migration.md alone. */
final class RawPeer implements Closeable {
    static final byte[] PREFACE = "VMM/mig\n".getBytes(StandardCharsets.US_ASCII);
    static final int HELLO = 1, OFFER = 2, ACCEPT = 3, REJECT = 4, IMAGE = 5, WANT = 6, DATA = 7, ROUND = 8;
    static final int ROUND_DONE = 9, SEALED = 10, PREPARED = 11, COMMIT = 12, RUNNING = 13, DONE = 14, ABORT = 15;
    static final int STATUS = 16, DECISION = 17;

    private static final RecordCodec CODEC = new RecordCodec();
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** A frame that came. */
    record Frame(int type, byte[] payload) {
        <T extends Record> T as(Class<T> message) {
            return CODEC.decode(message, payload);
        }
    }

    RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    static RawPeer connect(int port) throws IOException {
        return new RawPeer(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    static byte[] frame(int type, byte[] payload) {
        return frame(type, payload.length, payload);
    }

    /** A frame whose length says something else than its payload has. */
    static byte[] frame(int type, int length, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) type).putInt(length);
        CRC32C checksum = new CRC32C();
        checksum.update(frame.array(), 0, 5);
        checksum.update(payload);
        return frame.putInt((int) checksum.getValue()).put(payload).array();
    }

    static byte[] frame(int type, Record message) {
        return frame(type, CODEC.encode(message));
    }

    static byte[] data(int kind, int index, long offset, byte[] bytes) {
        ByteBuffer payload = ByteBuffer.allocate(13 + bytes.length);
        payload.put((byte) kind).putInt(index).putLong(offset).put(bytes);
        return frame(DATA, payload.array());
    }

    static byte[] hello() {
        return frame(HELLO, new Message.Hello(1, 1, "a peer"));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    RawPeer say(byte[]... parts) throws IOException {
        out.write(join(parts));
        out.flush();
        return this;
    }

    /** As {@link #say}; a peer that has hung up meanwhile is no trouble. */
    RawPeer sayIfHeard(byte[]... parts) {
        try {
            say(parts);
        } catch (IOException e) {
            // That is what it does to such as we are.
        }
        return this;
    }

    void hearPreface() throws IOException {
        byte[] heard = in.readNBytes(PREFACE.length);
        if (!java.util.Arrays.equals(heard, PREFACE)) {
            throw new IOException("not a preface: " + new String(heard, StandardCharsets.ISO_8859_1));
        }
    }

    /** The next frame; null where the peer has ended. */
    Frame hear() throws IOException {
        byte[] header = in.readNBytes(9);
        if (header.length < 9) {
            return null;
        }
        ByteBuffer fields = ByteBuffer.wrap(header);
        int type = fields.get();
        byte[] payload = in.readNBytes(fields.getInt());
        if (!java.util.Arrays.equals(frame(type, payload), 0, 9, header, 0, 9)) {
            throw new IOException("a frame whose checksum is wrong, type " + type);
        }
        return new Frame(type, payload);
    }

    /** Hears until {@code type} comes. */
    Frame hear(int type) throws IOException {
        Frame frame = hear();
        while (frame != null && frame.type != type) {
            if (frame.type == REJECT) {
                throw new IOException(
                        "refused: " + frame.as(Message.Reject.class).reason());
            }
            frame = hear();
        }
        if (frame == null) {
            throw new IOException("the peer hung up before frame " + type);
        }
        return frame;
    }

    /** All that the peer says until it hangs up, the preface left out. */
    List<Frame> hearAll() throws IOException {
        try {
            hearPreface();
        } catch (SocketTimeoutException e) {
            throw new IOException("the peer does not hang up", e);
        } catch (IOException e) {
            return List.of();
        }
        return hearRest();
    }

    /** All that the peer says from here until it hangs up; a reset is as good as an end. */
    List<Frame> hearRest() {
        List<Frame> frames = new ArrayList<>();
        try {
            for (Frame frame = hear(); frame != null; frame = hear()) {
                frames.add(frame);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the peer does not hang up", e);
        } catch (IOException e) {
            // A reset.
        }
        return frames;
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
