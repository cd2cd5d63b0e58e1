package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A destination's listener and a source's connector, in the clear. */
@Timeout(60)
class ListenerTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    private static MigrationConfiguration at(String host, int port, Duration stepLimit) {
        VmConfiguration.Builder configuration = VmConfiguration.builder();
        configuration.migration().peer(new PeerAddress(host, port)).stepLimit(stepLimit);
        return configuration.build().migration();
    }

    private static Listener listener() throws IOException {
        return Listener.bind(at("localhost", 0, SHORT));
    }

    private static Link accept(Listener listener) {
        try {
            return listener.accept(LIMIT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Socket visitor(Listener listener) throws IOException {
        return new Socket("localhost", listener.address().port());
    }

    private static void assertTalk(Listener listener) throws Exception {
        CompletableFuture<Link> accepted = CompletableFuture.supplyAsync(() -> accept(listener));
        MigrationConfiguration peer =
                at(listener.address().host(), listener.address().port(), LIMIT);
        try (Link source = new Connector(peer).connect();
                Link destination = accepted.get()) {
            source.send(new Message.Hello(1, 1, "vmm"));
            assertThat(destination.receive(Message.Hello.class)).isEqualTo(new Message.Hello(1, 1, "vmm"));
        }
    }

    @Test
    void loopbackNeedsNothingElse() throws Exception {
        for (String host : List.of("localhost", "127.0.0.1", "127.1.2.3")) {
            try (Listener listener = Listener.bind(at(host, 0, LIMIT))) {
                assertThat(listener.address().host()).isEqualTo(host);
                assertThat(listener.address().port()).isPositive();
                assertTalk(listener);
            }
        }
    }

    @Test
    void aListenerThatNobodyVisitsSaysSo() throws IOException {
        try (Listener listener = listener()) {
            assertThatThrownBy(() -> listener.accept(Duration.ofMillis(50))).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(() -> listener.accept(Duration.ZERO)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void badVisitorsAreTurnedAwayOneAfterTheOther() throws Exception {
        try (Listener listener = listener()) {
            try (Socket talker = visitor(listener)) {
                talker.getOutputStream().write("SSH-2.0-OpenSSH_9.2\r\n".getBytes());
                assertThatThrownBy(() -> listener.accept(LIMIT)).isInstanceOf(ProtocolException.class);
            }
            try (Socket leaver = visitor(listener)) {
                leaver.shutdownOutput();
                assertThatThrownBy(() -> listener.accept(LIMIT)).isInstanceOf(LinkException.class);
            }
            try (Socket silent = visitor(listener)) {
                assertThatThrownBy(() -> listener.accept(LIMIT)).isInstanceOf(PeerTimeoutException.class);
                assertThat(silent.getInputStream().readAllBytes()).isEqualTo(RawFrames.PREFACE);
            }
            assertTalk(listener);
        }
    }

    @Test
    void aPortIsFreeAgainAtOnce() throws Exception {
        Listener first = listener();
        int port = first.address().port();
        CompletableFuture<Link> accepted = CompletableFuture.supplyAsync(() -> accept(first));
        try (Link source = new Connector(at("localhost", port, LIMIT)).connect();
                Link destination = accepted.get()) {
            first.close();
            // The side that closes first is the one whose port the kernel keeps.
            destination.close();
            assertThatThrownBy(source::receive).isInstanceOf(IOException.class);
            try (Listener second = Listener.bind(at("localhost", port, LIMIT))) {
                assertTalk(second);
            }
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (Listener first = listener()) {
            int port = first.address().port();
            assertThatThrownBy(() -> Listener.bind(at("localhost", port, LIMIT)))
                    .isInstanceOf(VmmException.class)
                    .hasMessageStartingWith("--listen localhost:" + port + ": cannot listen there")
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void closingEndsAWait() throws Exception {
        Listener listener = listener();
        CompletableFuture<Link> accepted = CompletableFuture.supplyAsync(() -> accept(listener));
        Thread.sleep(100);
        listener.close();
        assertThatThrownBy(accepted::get).hasRootCauseInstanceOf(SocketException.class);
    }

    @Test
    void closingEndsTheWaitForAVisitorsGreeting() throws Exception {
        Listener listener = Listener.bind(at("localhost", 0, Duration.ofMinutes(5)));
        CompletableFuture<Link> accepted = CompletableFuture.supplyAsync(() -> accept(listener));
        try (Socket silent = visitor(listener)) {
            assertThat(silent.getInputStream().readNBytes(8)).isEqualTo(RawFrames.PREFACE);
            listener.close();
            assertThatThrownBy(accepted::get).hasRootCauseInstanceOf(SocketException.class);
        }
    }

    @Test
    void whoeverIsNotOnThisMachineNeedsTls() throws Exception {
        assertNeedsTls("0.0.0.0");
        assertNeedsTls("192.0.2.1");
        assertNeedsTls("2001:db8::1");
        for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
            for (InetAddress address : network.inetAddresses().toList()) {
                if (!address.isLoopbackAddress()) {
                    assertNeedsTls(address.getHostAddress());
                }
            }
        }
    }

    private static void assertNeedsTls(String host) {
        PeerAddress peer = new PeerAddress(host, 9);
        assertThatThrownBy(() -> new Connector(at(host, 9, LIMIT)))
                .isInstanceOf(VmmException.class)
                .hasMessageStartingWith("--to " + peer)
                .hasMessageContaining("give --tls (docs/migration.md");
        assertThatThrownBy(() -> Listener.bind(at(host, 9, LIMIT)))
                .isInstanceOf(VmmException.class)
                .hasMessageStartingWith("--listen " + peer)
                .hasMessageContaining("give --tls (docs/migration.md");
    }

    @Test
    void anUnknownHostIsTheUsersError() {
        assertThatThrownBy(() -> new Connector(at("no-such-host.invalid", 9, LIMIT)))
                .isInstanceOf(VmmException.class)
                .hasMessage("--to no-such-host.invalid:9: this host is not known");
        assertThatThrownBy(() -> Listener.bind(at("no-such-host.invalid", 9, LIMIT)))
                .isInstanceOf(VmmException.class)
                .hasMessage("--listen no-such-host.invalid:9: this host is not known");
    }

    /** The destination may come later. */
    @Test
    void nobodyThereIsNoReasonToGiveUp() throws Exception {
        int port;
        try (Listener gone = listener()) {
            port = gone.address().port();
        }
        Connector connector = new Connector(at("localhost", port, LIMIT));
        assertThatThrownBy(connector::connect)
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("nobody answers at localhost:" + port);
        try (Listener late = Listener.bind(at("localhost", port, LIMIT))) {
            CompletableFuture<Link> accepted = CompletableFuture.supplyAsync(() -> accept(late));
            connector.connect().close();
            accepted.get().close();
        }
    }
}
