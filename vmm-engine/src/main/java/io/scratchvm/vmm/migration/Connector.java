package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.MigrationConfiguration.TlsStore;
import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/** The source's way to its destination. Made before the guest runs, so that a wrong option is told in time. */
final class Connector {
    private final PeerAddress peer;
    private final InetAddress[] addresses;
    private final Duration limit;
    /** Null for a link in the clear. */
    private final Tls tls;

    /** @throws VmmException if the host is not known, needs TLS and has none, or the key store is not one */
    Connector(MigrationConfiguration configuration) throws IOException {
        peer = configuration.peer();
        limit = configuration.stepLimit();
        addresses = addresses(peer);
        tls = tls(configuration.tls(), "--to " + peer, addresses);
    }

    private static InetAddress[] addresses(PeerAddress peer) {
        try {
            return InetAddress.getAllByName(peer.host());
        } catch (UnknownHostException e) {
            throw new VmmException("--to " + peer + ": this host is not known", e);
        }
    }

    /** @param option where the addresses are from */
    static Tls tls(Optional<TlsStore> store, String option, InetAddress... addresses) throws IOException {
        if (store.isPresent()) {
            return new Tls(store.get());
        }
        for (InetAddress address : addresses) {
            if (!address.isLoopbackAddress()) {
                throw new VmmException(option + ": an address outside this machine needs TLS, since a VM's memory holds"
                        + " secrets; give --tls (docs/migration.md shows how to make its key store)");
            }
        }
        return null;
    }

    /**
     * A new link, open for the first message.
     *
     * @throws ProtocolException if the one who listens is no VMM, or TLS does not let us talk
     * @throws LinkException if nobody listens, or the link breaks
     */
    Link connect() throws IOException {
        Socket tcp = tcp();
        try {
            if (tls == null) {
                return new Link(tcp, tcp, limit).greet();
            }
            return new Link(tcp, tls.source(tcp, peer), limit).answerGreeting();
        } catch (IOException | RuntimeException e) {
            tcp.close();
            throw e;
        }
    }

    /** To the first of the host's addresses that answers. */
    private Socket tcp() throws IOException {
        IOException trouble = null;
        for (InetAddress address : addresses) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, peer.port()), Listener.milliseconds(limit));
                return socket;
            } catch (IOException e) {
                socket.close();
                trouble = e;
            }
        }
        throw new LinkException("nobody answers at " + peer + ": " + trouble.getMessage(), trouble);
    }
}
