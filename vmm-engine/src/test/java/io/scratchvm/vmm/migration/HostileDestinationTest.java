package io.scratchvm.vmm.migration;

import static io.scratchvm.vmm.migration.RawPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real sender, and a destination that breaks the rules: the VM is not lost, and the sender says why in one line. */
@Timeout(120)
class HostileDestinationTest {
    private static final Duration STEP = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofMillis(700);
    private static final String OTHER_TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path directory;

    /** What a destination says and hears on a connection; it may end anywhere. */
    private interface Script {
        void play(RawPeer source) throws IOException;
    }

    private record Destination(String name, Script script) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Destination> destinations() {
        return Stream.of(
                new Destination("wrong magic", source -> source.say("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes())),
                new Destination("silence", source -> source.hearPreface()),
                new Destination("silence after HELLO", source -> greet(source)),
                new Destination(
                        "version of the future",
                        source -> source.say(RawPeer.PREFACE, frame(RawPeer.HELLO, new Message.Hello(7, 9, "newer")))),
                new Destination("REJECT", source -> offered(source, reject("no room"))),
                new Destination(
                        "REJECT with a terminal's commands",
                        source -> offered(source, reject("\u001b[2J\r\nall is well\u0000"))),
                new Destination("REJECT without end", source -> offered(source, reject("x".repeat(60_000)))),
                new Destination(
                        "REJECT of a megabyte", source -> offered(source, frame(RawPeer.REJECT, new byte[1 << 20]))),
                new Destination("ACCEPT of another", source -> offered(source, accept(OTHER_TOKEN))),
                new Destination("PREPARED of another", source -> offered(source, prepared(OTHER_TOKEN, OTHER_TOKEN))),
                new Destination("PREPARED by nobody", source -> prepared(source, "")),
                new Destination("RUNNING before it was told to", HostileDestinationTest::runAtOnce),
                new Destination("RUNNING in place of PREPARED", source -> {
                    String token = wanted(source, allRuns(64), List.of());
                    source.hear(RawPeer.SEALED);
                    source.say(frame(RawPeer.RUNNING, new Message.Running(token)));
                    source.hearAll();
                }),
                new Destination("COMMIT from a destination", source -> offered(source, commit())),
                new Destination("runs that there are not", source -> wanted(source, allRuns(1 << 20), List.of())),
                new Destination("a file that there is not", source -> wanted(source, new byte[0], file(99, 0))),
                new Destination("a file of a negative number", source -> wanted(source, new byte[0], file(-1, 0))),
                new Destination("a file from beyond its end", source -> wanted(source, new byte[0], file(1, 1L << 40))),
                new Destination("a file from before its start", source -> wanted(source, new byte[0], file(1, -1))),
                new Destination("a frame of 4 GiB", source -> offered(source, frame(RawPeer.ACCEPT, -1, new byte[0]))));
    }

    // -- what an honest destination says, as far as each goes ---------------------------------------------------------

    private static void greet(RawPeer source) throws IOException {
        source.say(RawPeer.PREFACE);
        source.hearPreface();
        source.say(RawPeer.hello());
        source.hear(RawPeer.HELLO);
    }

    private static String offered(RawPeer source) throws IOException {
        greet(source);
        return source.hear(RawPeer.OFFER).as(Message.Offer.class).token();
    }

    private static void offered(RawPeer source, byte[] answer) throws IOException {
        offered(source);
        source.say(answer);
        source.hearAll();
    }

    private static String wanted(RawPeer source, byte[] runs, List<Message.WantedFile> files) throws IOException {
        String token = offered(source);
        source.say(accept(token));
        source.hear(RawPeer.IMAGE);
        source.say(frame(RawPeer.WANT, new Message.Want(runs, files)));
        return token;
    }

    private static void prepared(RawPeer source, String destination) throws IOException {
        String token = offered(source);
        source.say(prepared(token, destination));
        source.hearAll();
    }

    private static void runAtOnce(RawPeer source) throws IOException {
        source.say(frame(RawPeer.RUNNING, new Message.Running(offered(source))));
        source.hearAll();
    }

    private static byte[] reject(String reason) {
        return frame(RawPeer.REJECT, new Message.Reject(reason));
    }

    private static byte[] accept(String token) {
        return frame(RawPeer.ACCEPT, new Message.Accept(token));
    }

    private static byte[] prepared(String token, String destination) {
        return frame(RawPeer.PREPARED, new Message.Prepared(token, destination));
    }

    private static byte[] commit() {
        return frame(RawPeer.COMMIT, new Message.Commit(OTHER_TOKEN, OTHER_TOKEN));
    }

    private static List<Message.WantedFile> file(int index, long from) {
        return List.of(new Message.WantedFile(index, from));
    }

    private static byte[] allRuns(int bytes) {
        byte[] runs = new byte[Math.min(bytes, (1 << 20) - 100)];
        Arrays.fill(runs, (byte) 0xff);
        return runs;
    }

    // -- the sender ---------------------------------------------------------------------------------------------------

    /** Plays the script to whoever connects, again and again, until it is closed. */
    private static ServerSocket listen(Script script) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            while (!listener.isClosed()) {
                try (RawPeer source = new RawPeer(listener.accept())) {
                    script.play(source);
                    source.hearAll();
                } catch (IOException e) {
                    // The source has had enough, or the test.
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return listener;
    }

    @ParameterizedTest
    @MethodSource("destinations")
    void doesNotGetTheVmOutOfTheSourcesHands(Destination destination) throws Exception {
        Side source = Side.source(directory).patient(PATIENCE, STEP);
        long start = System.nanoTime();
        Outcome sent;
        try (ServerSocket listener = listen(destination.script)) {
            sent = source.send(listener.getLocalPort());
        }
        assertThat(sent.status()).as(sent.message()).isEqualTo(125);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(PATIENCE.plus(STEP).plusSeconds(8));
        assertOneLine(sent.message());

        assertThat(source.abortSend(1).status()).isZero();
        assertThat(source.ends()).isZero();
        assertThat(source.session(1).restore(source.image).status()).isEqualTo(MovingGuest.STATUS);
        assertThat(MovingGuest.file(source.root)).isEqualTo(MovingGuest.WHOLE);
    }

    @Test
    void thatHearsTheDecisionAndAnswersForAnotherLeavesTheSourceInDoubt() throws Exception {
        Side source = Side.source(directory).patient(PATIENCE, STEP);
        Script script = peer -> {
            greet(peer);
            RawPeer.Frame first = peer.hear();
            if (first != null && first.type() == RawPeer.OFFER) {
                String token = first.as(Message.Offer.class).token();
                peer.say(prepared(token, OTHER_TOKEN));
                peer.hear(RawPeer.COMMIT);
            }
            peer.say(frame(RawPeer.RUNNING, new Message.Running(OTHER_TOKEN)));
            peer.hearAll();
        };
        try (ServerSocket listener = listen(script)) {
            Outcome sent = source.send(listener.getLocalPort());
            assertThat(sent.status()).as(sent.message()).isEqualTo(124);
            assertOneLine(sent.message());
        }
        assertThatThrownBy(() -> source.abortSend(1)).isInstanceOf(VmmException.class);
        assertThatThrownBy(() -> source.session(1).restore(source.image)).isInstanceOf(VmmException.class);
        assertThat(source.ends()).isZero();
    }

    private static void assertOneLine(String message) {
        assertThat(message.chars().filter(Character::isISOControl)).as(message).isEmpty();
        assertThat(message.length()).isBetween(10, 2500);
    }
}
