package io.scratchvm.vmm.migration;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** Two ends of one TCP connection on this machine. */
record TcpPair(Socket near, Socket far) implements Closeable {
    static TcpPair connected() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket near = new Socket(server.getInetAddress(), server.getLocalPort());
            return new TcpPair(near, server.accept());
        }
    }

    Link nearLink(Duration stepLimit) throws IOException {
        return new Link(near, near, stepLimit);
    }

    Link farLink(Duration stepLimit) throws IOException {
        return new Link(far, far, stepLimit);
    }

    /** Sends bytes to the near side that no link has made. */
    void say(byte[]... parts) throws IOException {
        far.getOutputStream().write(RawFrames.join(parts));
    }

    @Override
    public void close() throws IOException {
        near.close();
        far.close();
    }
}
