package io.scratchvm.vmm.migration;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * One connection to the other VMM, over which {@link Message}s go as frames. Trouble of the connection is a {@link
 * LinkException}, which another connection may not have; a {@link ProtocolException} will come again over any other. One
 * thread talks; any thread may close.
 */
final class Link implements Closeable {
    private static final byte[] PREFACE = "VMM/mig\n".getBytes(StandardCharsets.US_ASCII);
    /** With what TLS's records of alerts and handshakes begin (RFC 8446, section 5.1). */
    private static final int TLS_ALERT = 0x15;

    private static final int TLS_HANDSHAKE = 0x16;

    private final Socket tcp;
    private final Socket socket;
    private final StepLimit step;
    private final FrameWriter writer;
    private final FrameReader reader;
    /** Whether the peer has been heard to speak the same. */
    private boolean greeted;

    private volatile boolean closed;

    /**
     * A link that is to be opened with a greeting, and closes itself if that fails.
     *
     * @param socket what is spoken over: {@code tcp} itself or a TLS socket upon it
     */
    Link(Socket tcp, Socket socket, Duration stepLimit) throws IOException {
        this.tcp = tcp;
        this.socket = socket;
        // A frame that asks is worth a packet of its own.
        tcp.setTcpNoDelay(true);
        FrameCodec codec = new FrameCodec();
        writer = new FrameWriter(socket.getOutputStream(), codec);
        reader = new FrameReader(socket.getInputStream(), codec);
        step = new StepLimit(tcp, stepLimit);
    }

    /** Says what protocol this is and hears whether the peer means the same. */
    Link greet() throws IOException {
        return opened(() -> {
            writer.writeBare(PREFACE);
            receivePreface();
            return this;
        });
    }

    /**
     * As {@link #greet}, but hears the peer first. A TLS client has to: its handshake is over before the server has
     * looked at its certificate, and by writing to a server that then hangs up it may lose the reason.
     */
    Link answerGreeting() throws IOException {
        return opened(() -> {
            receivePreface();
            writer.writeBare(PREFACE);
            return this;
        });
    }

    /**
     * Begins a step of the conversation: all that is sent and received from here to the next one has to be over within
     * the step limit and the time that {@code expectedBytes} take over a slow link.
     */
    void beginStep(long expectedBytes) {
        step.begin(expectedBytes);
    }

    /** Sends {@code message}; a {@link Data} may wait for what follows it. */
    void send(Message message) throws IOException {
        exchange(() -> {
            writer.write(message);
            return message;
        });
    }

    /** The next message, whatever it is, after all that was sent. A {@link Data}'s bytes are valid until the next call. */
    Message receive() throws IOException {
        return exchange(() -> {
            writer.flush();
            return reader.read();
        });
    }

    /**
     * The next message, which has to be a {@code type}.
     *
     * @throws RejectedException if the peer refuses or gives up instead
     * @throws ProtocolException if it says anything else
     */
    <T extends Message> T receive(Class<T> type) throws IOException {
        Message message = receive();
        if (type.isInstance(message)) {
            return type.cast(message);
        }
        throw unexpected(message, FrameType.of(type).name());
    }

    /** What is to be thrown where the peer's {@code message} is out of place. */
    static IOException unexpected(Message message, String due) {
        if (message instanceof Message.Reject reject) {
            throw new RejectedException(reject.reason());
        }
        if (message instanceof Message.Abort abort) {
            throw new RejectedException(abort.reason());
        }
        return new ProtocolException("the peer sent " + FrameType.of(message.getClass()) + " where " + due + " is due");
    }

    /**
     * Refuses, as the last word. What the peer still sends is thrown away until it has read this: a connection that is
     * closed with bytes unread takes the last word back.
     */
    void reject(String reason) throws IOException {
        step.begin(0);
        send(new Message.Reject(reason));
        exchange(() -> {
            socket.shutdownOutput();
            reader.drain();
            return null;
        });
    }

    /** Bytes that went over the link, both directions, TLS's own not counted. */
    long bytes() {
        return writer.bytes() + reader.bytes();
    }

    /** Ends the connection, and with an exception whatever another thread is doing with it. */
    @Override
    public void close() {
        closed = true;
        step.close();
        // Not the TLS socket: its close waits for a writer that is blocked.
        Listener.close(tcp);
    }

    private Link opened(Exchange<Link> greeting) throws IOException {
        try {
            return exchange(greeting);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void receivePreface() throws IOException {
        for (byte expected : PREFACE) {
            requirePreface(expected, reader.readBare());
        }
        if (socket instanceof SSLSocket secured) {
            Tls.requireMigration(secured);
        }
        greeted = true;
    }

    private static void requirePreface(byte expected, int found) throws ProtocolException {
        if (found == TLS_ALERT || found == TLS_HANDSHAKE) {
            throw new ProtocolException(
                    "the peer speaks TLS, and this side does not: give both sides --tls, or neither");
        }
        if (found != expected) {
            throw new ProtocolException("the peer does not speak the migration protocol (docs/migration.md)");
        }
    }

    /** Something that waits for the peer. */
    private interface Exchange<T> {
        T run() throws IOException;
    }

    private <T> T exchange(Exchange<T> work) throws IOException {
        step.startWaiting();
        try {
            return work.run();
        } catch (IOException e) {
            throw explained(e);
        } finally {
            step.stopWaiting();
        }
    }

    private IOException explained(IOException e) {
        if (step.isExceeded()) {
            return step.exception();
        }
        if (closed) {
            return new LinkException("the link was closed", e);
        }
        if (e instanceof ProtocolException) {
            return e;
        }
        if (e instanceof SSLException refusal && !greeted) {
            return Tls.explained(refusal);
        }
        String what =
                e instanceof EOFException ? "the link was closed by the peer" : "the link broke: " + e.getMessage();
        return new LinkException(what, e);
    }
}
