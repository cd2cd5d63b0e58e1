package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;

/** A connected stream socket of the UNIX domain (unix(7)), one of the two that socketpair(2) makes: a pipe each way. */
public final class Socket implements AnonymousFile {
    private Pipe incoming;
    private Pipe outgoing;

    public Socket(Pipe incoming, Pipe outgoing) {
        this.incoming = incoming;
        this.outgoing = outgoing;
    }

    /** One that is given its pipes later. */
    Socket() {}

    SocketState state(int file) {
        return new SocketState(file, incoming.hasReader(), outgoing.hasWriter(), incoming.isReset());
    }

    /** Makes this, which has its pipes, what {@code state} says of it. */
    void resume(SocketState state) {
        if (!state.receives()) {
            endReceiving();
        }
        if (!state.sends()) {
            endSending();
        }
        if (state.reset()) {
            incoming.reset();
        }
    }

    Pipe incoming() {
        return incoming;
    }

    Pipe outgoing() {
        return outgoing;
    }

    void readFrom(Pipe pipe) {
        incoming = pipe;
    }

    void writeTo(Pipe pipe) {
        outgoing = pipe;
    }

    /** SHUT_RD: the peer cannot write any more. */
    public void endReceiving() {
        incoming.endReading();
    }

    /** SHUT_WR: the peer reads to the end. */
    public void endSending() {
        outgoing.closeWriteEnd();
    }

    /** The error that is pending (SO_ERROR), which it then is no more; 0 for none. */
    public int takeError() {
        boolean reset = incoming.isReset();
        incoming.forgetReset();
        return reset ? Errno.ECONNRESET : 0;
    }

    /** @throws SystemCallError with the error that is pending, which it then is no more */
    public void throwError() {
        int error = takeError();
        if (error != 0) {
            throw new SystemCallError(error);
        }
    }

    @Override
    public int readiness(Readiness around) {
        boolean ends = incoming.hasEnded();
        return (incoming.isReadable() ? Readiness.POLLIN : 0)
                | (outgoing.isWritable(Pipe.ATOMIC) ? Readiness.POLLOUT : 0)
                | (ends ? Readiness.POLLRDHUP : 0)
                | (ends && outgoing.hasEnded() ? Readiness.POLLHUP : 0)
                | (incoming.isReset() ? Readiness.POLLERR : 0);
    }

    @Override
    public long arrivals(Readiness around) {
        return incoming.arrivals();
    }

    @Override
    public long departures() {
        return outgoing.departures();
    }

    /** Who has not read all that its peer wrote resets the connection. */
    @Override
    public void close() {
        if (incoming.buffered() > 0) {
            outgoing.reset();
        }
        incoming.closeReadEnd();
        outgoing.closeWriteEnd();
    }
}
