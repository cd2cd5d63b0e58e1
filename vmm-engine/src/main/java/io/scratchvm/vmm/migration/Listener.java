package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.VmmException;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Where a destination waits for its source. Whoever fails to become a {@link Link} is turned away, and the next one may
 * come. {@link #close} ends {@link #accept} from any thread.
 */
final class Listener implements Closeable {
    /** Connections that wait their turn. */
    private static final int BACKLOG = 16;

    private final ServerSocket server;
    private final PeerAddress address;
    private final Duration limit;
    /** Null for links in the clear. */
    private final Tls tls;
    /** Whoever is about to become a link; null while nobody is. */
    private volatile Socket arriving;

    private Listener(ServerSocket server, PeerAddress address, Duration limit, Tls tls) {
        this.server = server;
        this.address = address;
        this.limit = limit;
        this.tls = tls;
    }

    /** @throws VmmException if the address is taken or not ours, needs TLS and has none, or the key store is not one */
    static Listener bind(MigrationConfiguration configuration) throws IOException {
        PeerAddress wanted = configuration.peer();
        String option = "--listen " + wanted;
        try {
            InetAddress host = InetAddress.getByName(wanted.host());
            Tls tls = Connector.tls(configuration.tls(), option, host);
            // Java lets a port be bound again at once where that is harmless: all but Windows.
            ServerSocket server = new ServerSocket(wanted.port(), BACKLOG, host);
            PeerAddress bound = new PeerAddress(wanted.host(), server.getLocalPort());
            return new Listener(server, bound, configuration.stepLimit(), tls);
        } catch (UnknownHostException e) {
            throw new VmmException(option + ": this host is not known", e);
        } catch (BindException e) {
            throw new VmmException(option + ": cannot listen there (" + e.getMessage() + ")", e);
        }
    }

    /** Where it listens, with the port that the host chose if it was to. */
    PeerAddress address() {
        return address;
    }

    /**
     * The next link, open for the first message.
     *
     * @throws SocketTimeoutException if nobody connects within {@code patience}
     * @throws ProtocolException if the one who connects is no VMM, or TLS does not let us talk
     * @throws IOException if the link breaks or is slow, or this is closed
     */
    Link accept(Duration patience) throws IOException {
        server.setSoTimeout(milliseconds(patience));
        Socket tcp = server.accept();
        arriving = tcp;
        try {
            if (server.isClosed()) {
                throw new SocketException("the listener was closed");
            }
            Socket socket = tls == null ? tcp : tls.destination(tcp, address);
            return new Link(tcp, socket, limit).greet();
        } catch (IOException | RuntimeException e) {
            tcp.close();
            throw e;
        } finally {
            arriving = null;
        }
    }

    /** A time limit as sockets have it: 0 would be none. */
    static int milliseconds(Duration limit) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, limit.toSeconds() * 1000 + limit.toMillisPart()));
    }

    @Override
    public void close() {
        close(server);
        Socket tcp = arriving;
        if (tcp != null) {
            close(tcp);
        }
    }

    /** What cannot be closed is closed already. */
    static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing that anybody could do.
        }
    }
}
