package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.migration.CuttingProxy.Direction;
import io.scratchvm.vmm.migration.CuttingProxy.Ending;
import io.scratchvm.vmm.migration.CuttingProxy.Fate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The link that the migration's tests cut carries and cuts what they believe it does. */
class CuttingProxyTest {
    private static final byte[] TEN = "0123456789".getBytes();

    private ServerSocket listener;
    private CuttingProxy proxy;
    private Socket client;
    private Socket server;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        listener.close();
    }

    private void connect(Fate fate) throws IOException {
        proxy = new CuttingProxy(listener.getLocalPort(), number -> number == 0 ? fate : Fate.WHOLE);
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        server = listener.accept();
    }

    @Test
    void aWholeLinkCarriesBothWays() throws IOException {
        connect(Fate.WHOLE);
        client.getOutputStream().write(TEN);
        server.getOutputStream().write(TEN, 0, 3);
        client.shutdownOutput();
        server.shutdownOutput();
        assertThat(server.getInputStream().readAllBytes()).isEqualTo(TEN);
        assertThat(client.getInputStream().readAllBytes()).hasSize(3);
    }

    @Test
    void anEndComesAfterExactlyTheBytes() throws IOException {
        connect(Fate.cut(Direction.TO_DESTINATION, 4, Ending.END));
        server.getOutputStream().write(TEN, 0, 3);
        client.getInputStream().readNBytes(3);
        client.getOutputStream().write(TEN);
        assertThat(server.getInputStream().readAllBytes()).asString().isEqualTo("0123");
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aResetIsSeenByBoth() throws IOException {
        connect(Fate.cut(Direction.TO_SOURCE, 4, Ending.RESET));
        server.getOutputStream().write(TEN);
        assertThatThrownBy(() -> server.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.getInputStream().readAllBytes()).isInstanceOf(IOException.class);
    }

    @Test
    void silenceIsAllThatFollows() throws IOException {
        connect(Fate.cut(Direction.TO_DESTINATION, 4, Ending.SILENCE));
        client.getOutputStream().write(TEN);
        assertThat(server.getInputStream().readNBytes(4)).asString().isEqualTo("0123");
        server.setSoTimeout(50);
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void theLinkComesBack() throws IOException {
        connect(Fate.cut(Direction.TO_DESTINATION, 1, Ending.END));
        client.getOutputStream().write(TEN);
        assertThat(server.getInputStream().readAllBytes()).hasSize(1);
        try (Socket again = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
                Socket accepted = listener.accept()) {
            again.getOutputStream().write(TEN);
            assertThat(accepted.getInputStream().readNBytes(10)).isEqualTo(TEN);
        }
        assertThat(proxy.connections()).isEqualTo(2);
    }

    @Test
    void aDrippingLinkTakesItsTime() throws IOException {
        connect(Fate.dripping(1, Duration.ofMillis(5)));
        long start = System.nanoTime();
        client.getOutputStream().write(TEN);
        assertThat(server.getInputStream().readNBytes(10)).isEqualTo(TEN);
        assertThat(System.nanoTime() - start).isGreaterThan(9 * 5_000_000L);
    }
}
