package io.scratchvm.vmm.migration;

import static io.scratchvm.vmm.migration.RawFrames.PREFACE;
import static io.scratchvm.vmm.migration.RawFrames.frame;
import static io.scratchvm.vmm.migration.RawFrames.join;
import static io.scratchvm.vmm.migration.RawFrames.text;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** "Transport" of {@code docs/migration.md}, over real connections. */
@Timeout(60)
class LinkTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private TcpPair tcp;
    private Link near;

    @BeforeEach
    void connect() throws IOException {
        tcp = TcpPair.connected();
        near = tcp.nearLink(LIMIT);
    }

    @AfterEach
    void disconnect() throws IOException {
        near.close();
        tcp.close();
    }

    @Test
    void everyMessageArrivesAsItWasSent() throws Exception {
        try (Link far = tcp.farLink(LIMIT)) {
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> sendAll(far));
            Set<FrameType> seen = EnumSet.noneOf(FrameType.class);
            for (Message sent : SampleMessages.all()) {
                Message received = near.receive(sent.getClass());
                assertSame(received, sent);
                seen.add(FrameType.of(received.getClass()));
            }
            sender.get();
            assertThat(seen).containsExactly(FrameType.values());
            assertThat(near.bytes()).isEqualTo(far.bytes()).isGreaterThan(Data.MAX);
        }
    }

    private static void sendAll(Link link) {
        try {
            for (Message message : SampleMessages.all()) {
                link.send(message);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertSame(Message received, Message sent) {
        if (!(sent instanceof Data expected)) {
            assertThat(received).usingRecursiveComparison().isEqualTo(sent);
            return;
        }
        Data data = (Data) received;
        assertThat(data)
                .usingRecursiveComparison()
                .ignoringFields("buffer", "start")
                .isEqualTo(expected);
        if (data.kind() != Data.Kind.ZEROS) {
            assertThat(bytes(data)).isEqualTo(bytes(expected));
        }
    }

    private static byte[] bytes(Data data) {
        return Arrays.copyOfRange(data.buffer(), data.start(), data.start() + (int) data.length());
    }

    @Test
    void theNumbersOfTheTypesAreTheDocuments() {
        assertThat(Stream.of(FrameType.values()).map(type -> type.number() + " " + type))
                .containsExactly(
                        "1 HELLO",
                        "2 OFFER",
                        "3 ACCEPT",
                        "4 REJECT",
                        "5 IMAGE",
                        "6 WANT",
                        "7 DATA",
                        "8 ROUND",
                        "9 ROUND_DONE",
                        "10 SEALED",
                        "11 PREPARED",
                        "12 COMMIT",
                        "13 RUNNING",
                        "14 DONE",
                        "15 ABORT");
    }

    /** The vector of RFC 3720, section B.4, holds the tests' own checksum to the standard. */
    @Test
    void theTestsChecksumIsTheStandards() {
        assertThat(RawFrames.crc32c(new byte[32])).isEqualTo(0x8A9136AA);
    }

    @Test
    void theBytesAreTheDocuments() throws IOException {
        CompletableFuture<Link> greeted = CompletableFuture.supplyAsync(this::greet);
        byte[] round = frame(8, join(new byte[] {(byte) 0xA1, 0x66}, text("number"), new byte[] {5}));
        byte[] data = frame(7, new byte[] {3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 'h', 'i'});
        byte[] zeros = frame(7, new byte[] {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 1, 0, 0, 0, 0});
        tcp.say(PREFACE);
        greeted.join();

        near.send(new Data(Data.Kind.FILE, 2, 256, text("-hi-"), 1, 2));
        near.send(new Data(Data.Kind.ZEROS, 0, 4096, null, 0, 1L << 32));
        near.send(new Message.Round(5));
        byte[] expected = join(PREFACE, data, zeros, round);
        assertThat(tcp.far().getInputStream().readNBytes(expected.length)).isEqualTo(expected);
        assertThat(near.bytes()).isEqualTo(PREFACE.length + expected.length);
    }

    private Link greet() {
        try {
            return near.greet();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void dataWaitsForWhatFollowsIt() throws IOException {
        near.send(new Data(Data.Kind.FILE, 0, 0, new byte[10], 0, 10));
        assertThat(tcp.far().getInputStream().available()).isZero();
        near.send(new Message.Round(1));
        assertThat(tcp.far().getInputStream().readNBytes(32 + 18)).hasSize(32 + 18);
    }

    @Test
    void whoeverListensHasSentAll() throws IOException {
        near.send(new Data(Data.Kind.FILE, 0, 0, new byte[10], 0, 10));
        try (Link far = tcp.farLink(LIMIT)) {
            far.send(new Message.Round(1));
            near.receive(Message.Round.class);
            assertThat(far.receive(Data.class).length()).isEqualTo(10);
        }
    }

    @Test
    void aReasonIsShownAsOneShortCleanLine() throws IOException {
        String hostile = "no\u001b[2J\r\nvmm: moved\u202e\u2028" + "x".repeat(5000);
        tcp.say(frame(4, reason(hostile)));
        assertThatThrownBy(() -> near.receive(Message.Accept.class))
                .isInstanceOf(RejectedException.class)
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith("no [2J  vmm: moved  xxx")
                        .hasSizeLessThanOrEqualTo(Message.MAX_LINE));
    }

    private static byte[] reason(String text) {
        byte[] bytes = text(text);
        return join(
                new byte[] {(byte) 0xA1, 0x66},
                text("reason"),
                new byte[] {0x79, (byte) (bytes.length >> 8), (byte) bytes.length},
                bytes);
    }

    @Test
    void anAnswerThatIsNotDueIsNamed() throws IOException {
        try (Link far = tcp.farLink(LIMIT)) {
            far.send(new Message.Commit(SampleMessages.TOKEN, SampleMessages.TOKEN));
        }
        assertThatThrownBy(() -> near.receive(Message.RoundDone.class))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("the peer sent COMMIT where ROUND_DONE is due");
    }

    /** So that two versions can at least tell each other that they have none in common. */
    @Test
    void aNewerVersionsHelloMayHoldMore() throws IOException {
        byte[] hello = join(
                new byte[] {(byte) 0xA4, 0x65},
                text("later"),
                new byte[] {(byte) 0x82, 1, 0x41, 0, 0x66},
                text("lowest"),
                new byte[] {2, 0x66},
                text("writer"),
                new byte[] {0x61, 'x', 0x67},
                text("highest"),
                new byte[] {3});
        tcp.say(frame(1, hello));
        assertThat(near.receive(Message.Hello.class)).isEqualTo(new Message.Hello(2, 3, "x"));
    }

    static Stream<Arguments> malformed() {
        byte[] good = frame(3, join(new byte[] {(byte) 0xA1, 0x65}, text("token"), new byte[] {0x61, 'x'}));
        byte[] damaged = good.clone();
        damaged[damaged.length - 1] ^= 1;
        byte[] retyped = good.clone();
        retyped[0] = 11;
        byte[] hugeList =
                join(new byte[] {(byte) 0xA2, 0x64}, text("runs"), new byte[] {0x40, 0x65}, text("files"), new byte[] {
                    (byte) 0x9A, 0x7F, -1, -1, -1
                });
        byte[] longList = join(
                new byte[] {(byte) 0xA2, 0x64},
                text("runs"),
                new byte[] {0x40, 0x65},
                text("files"),
                new byte[] {(byte) 0x9A, 0, 2, 0, 0},
                new byte[1 << 17]);
        return Stream.of(
                Arguments.of("type 0", frame(0), "a frame of type 0 came"),
                Arguments.of("unknown type", frame(16), "a frame of type 16 came"),
                Arguments.of("negative type", frame(255), "a frame of type 255 came"),
                Arguments.of("too long", frame(7, (1 << 20) + 1), "DATA came with a length of 1048577 bytes"),
                Arguments.of("negative length", frame(7, -1), "DATA came with a length of 4294967295 bytes"),
                Arguments.of("too long for its type", frame(12, (1 << 16) + 1), "COMMIT came with a length of 65537"),
                Arguments.of("damaged", damaged, "ACCEPT came damaged: its checksum is wrong"),
                Arguments.of("another type", retyped, "PREPARED came damaged: its checksum is wrong"),
                Arguments.of("empty", frame(3), "ACCEPT came with a payload that is none: the value is cut short"),
                Arguments.of("no map", frame(3, (byte) 0x80), "an array where a map is due"),
                Arguments.of("no token", frame(3, (byte) 0xA0), "token: missing"),
                Arguments.of("indefinite length", frame(3, (byte) 0xBF, (byte) 0xFF), "an indefinite length"),
                Arguments.of("bytes behind", frame(8, number(5, 0)), "1 bytes after the value"),
                Arguments.of("not the shortest", frame(8, number(0x18, 5)), "not in its shortest form"),
                Arguments.of("huge list", frame(6, hugeList), "files: an array of 2147483647 where 0 bytes are left"),
                Arguments.of("long list", frame(6, longList), "a list of 131072 entries"),
                Arguments.of("DATA too short", frame(7, new byte[12]), "DATA of 12 bytes came"),
                Arguments.of("DATA of no kind", frame(7, data(4, 0, 0)), "DATA of kind 4 came"),
                Arguments.of("negative kind", frame(7, data(255, 0, 0)), "DATA of kind 255 came"),
                Arguments.of("negative index", frame(7, data(3, 0x80, 0)), "a place that does not exist"),
                Arguments.of("negative offset", frame(7, data(1, 0, 0x80)), "a place that does not exist"),
                Arguments.of("zeros, no length", frame(7, data(2, 0, 0)), "DATA of zeros came with 0 bytes"),
                Arguments.of(
                        "zeros beyond the end",
                        frame(7, join(data(2, 0, 0x7F), new byte[] {0x7F, -1, -1, -1, -1, -1, -1, -1})),
                        "a place that does not exist"));
    }

    private static byte[] number(int... value) {
        byte[] bytes = new byte[value.length];
        for (int i = 0; i < value.length; i++) {
            bytes[i] = (byte) value[i];
        }
        return join(new byte[] {(byte) 0xA1, 0x66}, text("number"), bytes);
    }

    private static byte[] data(int kind, int index, int offset) {
        return new byte[] {(byte) kind, (byte) index, 0, 0, 0, (byte) offset, 0, 0, 0, 0, 0, 0, 1};
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void aMalformedFrameIsRefused(String what, byte[] bytes, String reason) throws IOException {
        tcp.say(bytes);
        assertThatThrownBy(() -> near.receive())
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aFrameCutAtAnyByteIsALinkThatWasClosed() throws IOException {
        byte[] whole = join(PREFACE, frame(8, number(5)), frame(7, new byte[40]));
        for (int length = 0; length < whole.length; length++) {
            try (TcpPair cut = TcpPair.connected();
                    Link link = cut.nearLink(LIMIT)) {
                cut.say(Arrays.copyOf(whole, length));
                cut.far().shutdownOutput();
                assertThatThrownBy(() -> {
                            link.greet();
                            link.receive(Message.Round.class);
                            link.receive(Data.class);
                        })
                        .as("%d bytes", length)
                        .isInstanceOf(LinkException.class)
                        .hasMessage("the link was closed by the peer");
            }
        }
    }

    @Test
    void anotherProtocolIsRefused() throws IOException {
        for (String preface : new String[] {"GET / HTTP/1.1\r\n", "VMM/mig ", "\0"}) {
            try (TcpPair other = TcpPair.connected();
                    Link link = other.nearLink(LIMIT)) {
                other.say(preface.getBytes(US_ASCII));
                assertThatThrownBy(link::greet)
                        .isInstanceOf(ProtocolException.class)
                        .hasMessageContaining("does not speak the migration protocol");
                assertThat(other.near().isClosed()).isTrue();
            }
        }
    }

    /** More is on the way to the one who refuses than TCP's own buffers hold. */
    @Test
    void aRefusalIsHeardByAPeerThatIsStillSending() throws Exception {
        Link far = tcp.farLink(LIMIT);
        // Two threads at once, which the common pool need not have.
        CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> sendMuch(far), LinkTest::inAThreadOfItsOwn);
        near.receive(Data.class);
        CompletableFuture<Void> refused =
                CompletableFuture.runAsync(() -> reject("enough"), LinkTest::inAThreadOfItsOwn);
        sender.get();
        assertThatThrownBy(() -> far.receive(Message.Prepared.class))
                .isInstanceOf(RejectedException.class)
                .hasMessage("enough");
        far.close();
        refused.get();
    }

    private static void inAThreadOfItsOwn(Runnable task) {
        new Thread(task).start();
    }

    private static void sendMuch(Link link) {
        try {
            byte[] bytes = new byte[Data.MAX];
            for (int i = 0; i < 64; i++) {
                link.send(new Data(Data.Kind.MEMORY, 0, 0, bytes, 0, bytes.length));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void reject(String reason) {
        try {
            near.reject(reason);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closingEndsAReceiveInAnotherThread() throws Exception {
        CompletableFuture<Message> receiver = CompletableFuture.supplyAsync(this::receive);
        Thread.sleep(100);
        near.close();
        assertThatThrownBy(receiver::get).hasStackTraceContaining("LinkException: the link was closed");
    }

    private Message receive() {
        try {
            return near.receive();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsTooLongForAFrameIsNotSent() {
        assertThatThrownBy(() -> near.send(new Data(Data.Kind.FILE, 0, 0, new byte[1 << 20], 0, 1 << 20)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("DATA would have 1048589 bytes");
    }
}
