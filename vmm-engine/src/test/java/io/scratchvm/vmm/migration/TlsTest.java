package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may talk to whom. Every pair that may not is told why, on both sides, and the destination goes on listening. */
@Timeout(60)
class TlsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private static Path directory;

    private static KeyStores stores;

    @BeforeAll
    static void makeKeyStores() throws Exception {
        stores = new KeyStores(directory);
        stores.make("source", "dns:source.example");
        stores.make("destination", "dns:localhost,ip:127.0.0.1");
        stores.make("elsewhere", "dns:elsewhere.example");
        stores.make("stranger", "dns:localhost");
        stores.trust("source", "destination", "elsewhere");
        stores.trust("destination", "source");
        stores.trust("elsewhere", "source");
        stores.trust("stranger", "source", "destination");
    }

    private static MigrationConfiguration configuration(int port, String store, Duration limit) {
        VmConfiguration.Builder configuration = VmConfiguration.builder();
        configuration.migration().peer(new PeerAddress("localhost", port)).stepLimit(limit);
        if (store != null) {
            configuration.migration().tls(directory.resolve(store + ".p12"));
            configuration.migration().tlsPassword(KeyStores.PASSWORD.toCharArray());
        }
        return configuration.build().migration();
    }

    private static Listener listener(String store) throws IOException {
        return Listener.bind(configuration(0, store, LIMIT));
    }

    private static Link connect(Listener listener, String store) throws IOException {
        return new Connector(configuration(listener.address().port(), store, LIMIT)).connect();
    }

    private static CompletableFuture<Link> accepting(Listener listener) {
        return later(() -> listener.accept(LIMIT));
    }

    private static <T> CompletableFuture<T> later(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        result.complete(work.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                })
                .start();
        return result;
    }

    private static void assertTalk(Listener listener, String store) throws Exception {
        CompletableFuture<Link> accepted = accepting(listener);
        try (Link source = connect(listener, store);
                Link destination = accepted.get()) {
            for (Message message : SampleMessages.all()) {
                CompletableFuture<Void> sender = later(() -> {
                    source.send(message);
                    source.send(new Message.Round(1));
                    return null;
                });
                assertThat(destination.receive()).isInstanceOf(message.getClass());
                destination.receive(Message.Round.class);
                sender.get();
            }
            destination.send(new Message.Running(SampleMessages.TOKEN));
            assertThat(source.receive(Message.Running.class).token()).isEqualTo(SampleMessages.TOKEN);
            assertThat(source.bytes()).isEqualTo(destination.bytes());
        }
    }

    private static void assertRefused(CompletableFuture<?> end, String reason) {
        assertThatThrownBy(end::get)
                .cause()
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(reason);
    }

    /**
     * Both sides are told, and the listener then takes {@code honest}.
     *
     * @param destinationHears null where a source that hangs up may cut the destination's own part of the handshake
     */
    private static void assertNoTalk(
            Listener listener, String store, String sourceHears, String destinationHears, String honest)
            throws Exception {
        CompletableFuture<Link> accepted = accepting(listener);
        assertThatThrownBy(() -> connect(listener, store))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(sourceHears);
        if (destinationHears == null) {
            assertThatThrownBy(accepted::get).hasCauseInstanceOf(IOException.class);
        } else {
            assertRefused(accepted, destinationHears);
        }
        if (honest != null) {
            assertTalk(listener, honest);
        }
    }

    @Test
    void twoWhoTrustEachOtherTalkAgainAndAgain() throws Exception {
        try (Listener listener = listener("destination")) {
            assertTalk(listener, "source");
            assertTalk(listener, "source");
        }
    }

    @Test
    void aSourceThatDestinationDoesNotTrust() throws Exception {
        try (Listener listener = listener("destination")) {
            assertNoTalk(listener, "stranger", "TLS cannot begin", "TLS cannot begin", "source");
        }
    }

    @Test
    void aDestinationThatTheSourceDoesNotTrust() throws Exception {
        try (Listener listener = listener("stranger")) {
            assertNoTalk(listener, "source", "unable to find valid certification path", null, null);
        }
    }

    @Test
    void aDestinationWhoseCertificateIsForAnotherHost() throws Exception {
        try (Listener listener = listener("elsewhere")) {
            assertNoTalk(listener, "source", "No subject alternative DNS name matching localhost found", null, null);
        }
    }

    @Test
    void aSourceWithoutTls() throws Exception {
        try (Listener listener = listener("destination")) {
            assertNoTalk(listener, null, "the peer speaks TLS, and this side does not", "TLS cannot begin", "source");
        }
    }

    @Test
    void aDestinationWithoutTls() throws Exception {
        try (Listener listener = listener(null)) {
            assertNoTalk(listener, "source", "TLS cannot begin", "the peer speaks TLS, and this side does not", null);
        }
    }

    @Test
    void aSourceWithoutACertificate() throws Exception {
        try (Listener listener = listener("destination")) {
            CompletableFuture<Link> accepted = accepting(listener);
            try (SSLSocket client = client(listener, context("source", false), "vmm/1")) {
                client.startHandshake();
                assertRefused(accepted, "TLS cannot begin");
            }
            assertTalk(listener, "source");
        }
    }

    @Test
    void aSourceThatWantsAnotherProtocol() throws Exception {
        for (String[] alpn : new String[][] {{"http/1.1"}, {}}) {
            try (Listener listener = listener("destination")) {
                CompletableFuture<Link> accepted = accepting(listener);
                try (SSLSocket client = client(listener, context("source", true), alpn)) {
                    later(() -> {
                        client.getOutputStream().write(RawFrames.PREFACE);
                        return null;
                    });
                    assertRefused(accepted, alpn.length == 0 ? "ALPN vmm/1" : "TLS cannot begin");
                }
                assertTalk(listener, "source");
            }
        }
    }

    @Test
    void aDestinationThatWantsAnotherProtocol() throws Exception {
        for (String[] alpn : new String[][] {{"http/1.1"}, {}}) {
            SSLContext context = context("destination", true);
            try (SSLServerSocket server = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getByName("localhost"))) {
                setAlpn(server, alpn);
                CompletableFuture<Link> connecting =
                        later(() -> new Connector(configuration(server.getLocalPort(), "source", LIMIT)).connect());
                try (Socket accepted = server.accept()) {
                    later(() -> {
                        accepted.getOutputStream().write(RawFrames.PREFACE);
                        return null;
                    });
                    assertRefused(connecting, alpn.length == 0 ? "ALPN vmm/1" : "TLS cannot begin");
                }
            }
        }
    }

    private static void setAlpn(SSLServerSocket server, String... alpn) {
        SSLParameters parameters = server.getSSLParameters();
        parameters.setApplicationProtocols(alpn);
        server.setSSLParameters(parameters);
    }

    private static SSLSocket client(Listener listener, SSLContext context, String... alpn) throws IOException {
        SSLSocket client = (SSLSocket) context.getSocketFactory()
                .createSocket("localhost", listener.address().port());
        SSLParameters parameters = client.getSSLParameters();
        parameters.setApplicationProtocols(alpn);
        client.setSSLParameters(parameters);
        return client;
    }

    private static SSLContext context(String store, boolean withKey) throws IOException, GeneralSecurityException {
        KeyStore entries = stores.load(store);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(entries, KeyStores.PASSWORD.toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(entries);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(withKey ? keys.getKeyManagers() : new KeyManager[0], trusted.getTrustManagers(), null);
        return context;
    }

    @Test
    void anOlderTlsIsRefused() throws Exception {
        try (Listener listener = listener("destination")) {
            CompletableFuture<Link> accepted = accepting(listener);
            try (SSLSocket client = client(listener, context("source", true), "vmm/1")) {
                client.setEnabledProtocols(new String[] {"TLSv1.2"});
                assertThatThrownBy(client::startHandshake).isInstanceOf(IOException.class);
                assertRefused(accepted, "TLS cannot begin");
            }
        }
    }

    @Test
    void silenceInTheHandshakeIsLeftWithinTheLimit() throws Exception {
        try (Listener listener = Listener.bind(configuration(0, "destination", SHORT));
                Socket silent = new Socket("localhost", listener.address().port())) {
            assertThatThrownBy(() -> listener.accept(LIMIT)).isInstanceOf(PeerTimeoutException.class);
            assertThat(silent.getInputStream().readAllBytes()).isEmpty();
        }
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            Connector connector = new Connector(configuration(server.getLocalPort(), "source", SHORT));
            assertThatThrownBy(connector::connect).isInstanceOf(PeerTimeoutException.class);
        }
    }

    /** A plain link failure, which another connection may mend. */
    @Test
    void aHandshakeThatIsCutIsABrokenLink() throws Exception {
        try (Listener listener = listener("destination");
                Socket cut = new Socket("localhost", listener.address().port())) {
            cut.getOutputStream().write(new byte[] {0x16, 3, 1, 1, 0, 1});
            cut.shutdownOutput();
            assertThatThrownBy(() -> listener.accept(LIMIT)).isInstanceOf(LinkException.class);
        }
    }

    /** Once greeted, whatever TLS dislikes is a link that another one may replace. */
    @Test
    void aConversationThatIsCutIsABrokenLink() throws Exception {
        for (byte[] ending : new byte[][] {
            {},
            {0x17, 3, 3, 0},
            {0x17, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20},
            "HTTP/1.1 400 Bad Request".getBytes()
        }) {
            try (Listener listener = listener("destination")) {
                CompletableFuture<Link> accepted = accepting(listener);
                Tls tls = new Tls(configuration(0, "source", LIMIT).tls().get());
                try (Socket tcp = new Socket("localhost", listener.address().port());
                        Link source = new Link(tcp, tls.source(tcp, listener.address()), LIMIT).answerGreeting();
                        Link destination = accepted.get()) {
                    source.send(new Message.Round(1));
                    destination.receive(Message.Round.class);
                    tcp.getOutputStream().write(ending);
                    tcp.shutdownOutput();
                    assertThatThrownBy(destination::receive).isInstanceOf(LinkException.class);
                }
            }
        }
    }

    @Test
    void aWriterWhosePeerDoesNotReadIsFreedWithinTheLimit() throws Exception {
        try (Listener listener = listener("destination")) {
            CompletableFuture<Link> accepted = accepting(listener);
            Connector connector = new Connector(configuration(listener.address().port(), "source", SHORT));
            try (Link source = connector.connect();
                    Link destination = accepted.get()) {
                byte[] bytes = new byte[Data.MAX];
                assertThatThrownBy(() -> {
                            while (true) {
                                source.send(new Data(Data.Kind.MEMORY, 0, 0, bytes, 0, bytes.length));
                            }
                        })
                        .isInstanceOf(PeerTimeoutException.class);
                assertThat(destination.receive()).isInstanceOf(Data.class);
            }
        }
    }

    @Test
    void aRefusalIsHeard() throws Exception {
        try (Listener listener = listener("destination")) {
            CompletableFuture<Link> accepted = accepting(listener);
            try (Link source = connect(listener, "source");
                    Link destination = accepted.get()) {
                CompletableFuture<Void> refused = later(() -> {
                    destination.reject("no");
                    return null;
                });
                assertThatThrownBy(() -> source.receive(Message.Accept.class)).isInstanceOf(RejectedException.class);
                source.close();
                refused.get();
            }
        }
    }

    @Test
    void aKeyStoreThatCannotBeUsedIsNamedWithTheReason() throws Exception {
        assertUnusable(directory.resolve("absent.p12"), KeyStores.PASSWORD, "there is no such file");
        assertUnusable(directory.resolve("source.p12"), "wrong", "the password of --tls-password does not open it");
        Path garbage = Files.writeString(directory.resolve("garbage.p12"), "-----BEGIN CERTIFICATE-----\n");
        assertUnusable(garbage, KeyStores.PASSWORD, "it is not a PKCS #12 key store");
        Path empty = Files.createFile(directory.resolve("empty.p12"));
        assertUnusable(empty, KeyStores.PASSWORD, "it is not a PKCS #12 key store");

        KeyStore onlyKey = stores.load("source");
        onlyKey.deleteEntry("trusted-destination");
        onlyKey.deleteEntry("trusted-elsewhere");
        assertUnusable(stores.save("only-key", onlyKey), KeyStores.PASSWORD, "it holds no trusted certificate");
        KeyStore onlyTrust = stores.load("source");
        onlyTrust.deleteEntry("source");
        assertUnusable(stores.save("only-trust", onlyTrust), KeyStores.PASSWORD, "it holds no private key");
    }

    private static void assertUnusable(Path file, String password, String reason) {
        VmConfiguration.Builder builder = VmConfiguration.builder();
        builder.migration().peer(new PeerAddress("localhost", 0)).tls(file).tlsPassword(password.toCharArray());
        MigrationConfiguration configuration = builder.build().migration();
        for (Callable<?> use :
                new Callable<?>[] {() -> new Connector(configuration), () -> Listener.bind(configuration)}) {
            assertThatThrownBy(use::call)
                    .isInstanceOf(VmmException.class)
                    .hasMessageStartingWith("--tls " + file + ": " + reason)
                    .hasMessageNotContaining("\n");
        }
    }
}
