package io.scratchvm.vmm.migration;

import static io.scratchvm.vmm.migration.RawFrames.frame;
import static io.scratchvm.vmm.migration.RawFrames.join;
import static io.scratchvm.vmm.migration.RawFrames.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that is slow in any way is left within the limit. */
@Timeout(60)
class StepLimitTest {
    private static final Duration LIMIT = Duration.ofMillis(300);
    private static final long SECOND = 1_000_000_000;
    private static final byte[] ROUND = frame(8, join(new byte[] {(byte) 0xA1, 0x66}, text("number"), new byte[] {5}));

    private TcpPair tcp;
    private Link link;

    @BeforeEach
    void connect() throws IOException {
        tcp = TcpPair.connected();
        link = tcp.nearLink(LIMIT);
    }

    @AfterEach
    void disconnect() throws IOException {
        link.close();
        tcp.close();
    }

    @Test
    void aSilentPeer() {
        assertTimesOut(link::receive);
    }

    @Test
    void aPeerThatSaysNotEvenWhatItSpeaks() {
        assertTimesOut(link::greet);
        assertThat(tcp.near().isClosed()).isTrue();
    }

    @Test
    void aPeerThatSendsAByteNowAndThen() {
        CompletableFuture<Void> drip = CompletableFuture.runAsync(() -> drip(20));
        assertTimesOut(link::receive);
        drip.join();
    }

    @Test
    void aPeerThatSendsAFrameNowAndThenWhereMoreAreDue() {
        CompletableFuture<Void> drip = CompletableFuture.runAsync(() -> drip(2));
        assertTimesOut(() -> {
            while (true) {
                link.receive(Message.Round.class);
            }
        });
        drip.join();
    }

    /** Rounds, each byte of which comes {@code pause} milliseconds after the one before, until nobody listens. */
    private void drip(int pause) {
        try {
            for (int i = 0; ; i++) {
                tcp.far().getOutputStream().write(ROUND[i % ROUND.length]);
                Thread.sleep(pause);
            }
        } catch (IOException closed) {
            // As it should be.
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPeerThatDoesNotRead() {
        byte[] bytes = new byte[Data.MAX];
        assertTimesOut(() -> {
            while (true) {
                link.send(new Data(Data.Kind.MEMORY, 0, 0, bytes, 0, bytes.length));
            }
        });
    }

    @Test
    void aPeerThatIsRefusedAndKeepsTalking() {
        CompletableFuture<Void> drip = CompletableFuture.runAsync(() -> drip(1));
        assertTimesOut(() -> link.reject("go away"));
        drip.join();
    }

    @Test
    void aLinkStaysClosed() {
        assertTimesOut(link::receive);
        link.beginStep(0);
        assertThatThrownBy(link::receive).isInstanceOf(PeerTimeoutException.class);
    }

    @Test
    void everyStepHasItsOwnTime() throws IOException {
        CompletableFuture<Void> slow = CompletableFuture.runAsync(() -> sayLater(90, 4));
        for (int i = 0; i < 4; i++) {
            link.beginStep(0);
            link.receive(Message.Round.class);
        }
        slow.join();
    }

    /** 64 KiB a second: 100,000 bytes are worth a second and more. */
    @Test
    void dataHasTimeToCome() throws IOException {
        CompletableFuture<Void> slow = CompletableFuture.runAsync(() -> sayLater(900, 1));
        link.beginStep(100_000);
        link.receive(Message.Round.class);
        slow.join();
    }

    private void sayLater(int pause, int times) {
        try {
            for (int i = 0; i < times; i++) {
                Thread.sleep(pause);
                tcp.say(ROUND);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void ourOwnWorkIsNotThePeers() throws Exception {
        tcp.say(ROUND, ROUND);
        link.receive(Message.Round.class);
        Thread.sleep(3 * LIMIT.toMillis());
        link.receive(Message.Round.class);
        assertTimesOut(link::receive);
    }

    @Test
    void aHugeLimitIsOne() throws IOException {
        try (TcpPair other = TcpPair.connected();
                Link patient = other.nearLink(Duration.ofSeconds(Long.MAX_VALUE))) {
            patient.beginStep(Long.MAX_VALUE);
            other.say(ROUND);
            assertThat(patient.receive(Message.Round.class).number()).isEqualTo(5);
        }
    }

    @Test
    void noWatchdogOutlivesItsLink() throws Exception {
        Set<Thread> before = watchdogs();
        try (TcpPair silent = TcpPair.connected();
                Link open = silent.nearLink(LIMIT);
                Link failed = silent.farLink(LIMIT)) {
            assertThat(watchdogs()).hasSizeGreaterThanOrEqualTo(before.size() + 2);
            assertTimesOut(failed::greet);
            assertThat(open.greet()).isSameAs(open);
        }
        Set<Thread> after = watchdogs();
        after.removeAll(before);
        for (Thread watchdog : after) {
            watchdog.join(5000);
            assertThat(watchdog.isAlive()).isFalse();
        }
    }

    private static Set<Thread> watchdogs() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("vmm-peer-timeout"))
                .collect(Collectors.toSet());
    }

    private static void assertTimesOut(ThrowingCallable call) {
        long start = System.nanoTime();
        assertThatThrownBy(call)
                .isInstanceOf(PeerTimeoutException.class)
                .hasMessageContaining("longer than the 300 ms")
                .hasMessageContaining("--peer-timeout");
        assertThat(System.nanoTime() - start).isBetween(SECOND / 5, 3 * SECOND);
    }
}
