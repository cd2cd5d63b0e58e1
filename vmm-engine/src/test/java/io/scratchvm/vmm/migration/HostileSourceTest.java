package io.scratchvm.vmm.migration;

import static io.scratchvm.vmm.migration.RawPeer.DATA;
import static io.scratchvm.vmm.migration.RawPeer.frame;
import static io.scratchvm.vmm.migration.RawPeer.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.Session;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.migration.CuttingProxy.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A real receiver, and a source that breaks the rules: it is refused with a reason, within the time limit, nothing of it
 * is left under the root, and an honest source is served afterwards, by the same receiver or the next.
 */
@Timeout(120)
class HostileSourceTest {
    private static final Duration STEP = Duration.ofMillis(300);
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final byte[] MEGABYTE = new byte[1 << 20];

    @TempDir
    static Path shared;

    private static List<byte[]> honest;

    @TempDir
    Path directory;

    /**
     * @param reason in what the source is told, or in what the receiver's user is; empty where the source has no time to hear
     * @param bytes after the preface
     */
    private record Attack(String name, String reason, byte[] preface, byte[] bytes) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void listenToOneConversation() throws Exception {
        honest = Transcript.of(shared).frames(Direction.TO_DESTINATION);
    }

    private static Attack attack(String name, String reason, byte[]... frames) {
        return new Attack(name, reason, RawPeer.PREFACE, join(frames));
    }

    static Stream<Attack> attacks() throws Exception {
        List<Attack> attacks = new ArrayList<>();
        attacks.addAll(strangers());
        attacks.addAll(badFrames());
        attacks.addAll(badOffers());
        attacks.addAll(outOfTurn());
        attacks.addAll(badImages());
        return attacks.stream();
    }

    private static List<Attack> strangers() {
        return List.of(
                new Attack("wrong magic", "", "GET / HT".getBytes(), "TP/1.1\r\n\r\n".getBytes()),
                new Attack("half a preface", "", "VMM/".getBytes(), new byte[0]),
                new Attack("nothing at all", "", new byte[0], new byte[0]),
                attack("version of the future", "version", frame(RawPeer.HELLO, new Message.Hello(7, 9, "newer"))),
                attack("versions in the wrong order", "version", frame(RawPeer.HELLO, new Message.Hello(9, 1, "odd"))),
                attack("no HELLO", "HELLO", honest(RawPeer.OFFER)));
    }

    private static List<Attack> badFrames() {
        byte[] damaged = RawPeer.hello();
        damaged[damaged.length - 1] ^= 1;
        return List.of(
                attack("a length of 4 GiB", "length", frame(RawPeer.HELLO, -1, new byte[0])),
                attack("a length of 2 GiB", "length", frame(RawPeer.HELLO, Integer.MAX_VALUE, new byte[0])),
                attack("a megabyte of HELLO", "length", frame(RawPeer.HELLO, MEGABYTE)),
                attack("a checksum that is wrong", "checksum", damaged),
                attack("type 0", "type 0", frame(0, new byte[0])),
                attack("type 99", "type 99", RawPeer.hello(), frame(99, new byte[0])),
                attack("type 255", "type 255", RawPeer.hello(), frame(255, new byte[0])),
                attack("half a frame", "", Arrays.copyOf(RawPeer.hello(), 12)),
                attack("a payload that is no CBOR", "", frame(RawPeer.HELLO, new byte[] {(byte) 0xff, 0x00})),
                attack("CBOR nested deep", "", RawPeer.hello(), frame(RawPeer.OFFER, filled(60_000, 0x81))),
                attack("CBOR that promises much", "", RawPeer.hello(), frame(RawPeer.OFFER, new byte[] {
                    (byte) 0xbb, 0, 0, 0, 1, 0, 0, 0, 0
                })),
                attack("an empty payload", "", RawPeer.hello(), frame(RawPeer.OFFER, new byte[0])));
    }

    private static List<Attack> badOffers() {
        return List.of(
                attack("memory of 2^63", "memory", RawPeer.hello(), offer(TOKEN, Long.MIN_VALUE, List.of())),
                attack("memory of 1 TiB", "memory", RawPeer.hello(), offer(TOKEN, 1L << 40, List.of())),
                attack("memory of 0", "memory", RawPeer.hello(), offer(TOKEN, 0, List.of())),
                attack("memory of half a page", "memory", RawPeer.hello(), offer(TOKEN, 2048, List.of())),
                attack("a CPU that there is not", "CPU", RawPeer.hello(), offer(TOKEN, 0xf000, List.of("avx512"))),
                attack(
                        "a token that leads out",
                        "token",
                        RawPeer.hello(),
                        offer("../../../../etc/passwd", 0xf000, List.of())),
                attack("no token", "token", RawPeer.hello(), offer("", 0xf000, List.of())),
                attack(
                        "a token in capitals",
                        "token",
                        RawPeer.hello(),
                        offer(TOKEN.toUpperCase(java.util.Locale.ROOT), 0xf000, List.of())));
    }

    private static List<Attack> outOfTurn() {
        byte[] image = honest(RawPeer.IMAGE);
        byte[] start = join(RawPeer.hello(), honest(RawPeer.OFFER));
        return List.of(
                attack(
                        "COMMIT for a token that nobody knows",
                        "",
                        RawPeer.hello(),
                        frame(RawPeer.COMMIT, new Message.Commit(TOKEN, TOKEN))),
                attack(
                        "ABORT for a token that nobody knows",
                        "",
                        RawPeer.hello(),
                        frame(RawPeer.ABORT, new Message.Abort(TOKEN, "because"))),
                attack("DONE at once", "DONE", RawPeer.hello(), frame(RawPeer.DONE, new Message.Done(TOKEN))),
                attack(
                        "RUNNING from a source",
                        "RUNNING",
                        RawPeer.hello(),
                        frame(RawPeer.RUNNING, new Message.Running(TOKEN))),
                attack("two HELLOs", "HELLO", RawPeer.hello(), RawPeer.hello()),
                attack("two OFFERs", "OFFER", start, honest(RawPeer.OFFER)),
                attack("COMMIT before the VM is here", "COMMIT", start, honest(RawPeer.COMMIT)),
                attack("SEALED before the image", "SEALED", start, honest(RawPeer.SEALED)),
                attack("DATA before the image", "DATA", start, RawPeer.data(1, 0, 0x8000, new byte[4096])),
                attack("memory in place of the head", "head", start, image, RawPeer.data(1, 0, 0, new byte[4096])),
                attack("a head in the wrong place", "head", start, image, RawPeer.data(0, 0, 4096, new byte[4096])),
                attack("a head of nothing", "head", start, image, RawPeer.data(0, 0, 0, new byte[0])),
                attack("DATA too short to be any", "DATA", start, image, frame(DATA, new byte[5])),
                attack("DATA of kind 9", "kind 9", start, image, RawPeer.data(9, 0, 0, new byte[8])),
                attack("a huge head", "head", start, announced(Long.MAX_VALUE)),
                attack("a head of less than nothing", "head", start, announced(-1)),
                attack("a head of nothing announced", "head", start, announced(0)),
                attack("ROUND in a cold migration", "ROUND", start, frame(RawPeer.ROUND, new Message.Round(1))));
    }

    private static List<Attack> badImages() {
        byte[] start = join(untilWanted());
        byte[] page = new byte[4096];
        return List.of(
                attack("a head that is damaged", "", damagedHead()),
                attack("memory outside of memory", "memory", start, RawPeer.data(1, 0, 0xf000, page)),
                attack("memory at 2^62", "memory", start, RawPeer.data(1, 0, 1L << 62, page)),
                attack("memory at a negative address", "", start, RawPeer.data(1, 0, -4096, page)),
                attack("memory off its page", "memory", start, RawPeer.data(1, 0, 0x8001, page)),
                attack("memory of nothing", "DATA", start, RawPeer.data(1, 0, 0x8000, new byte[0])),
                attack("memory that is another", "SHA-256", changedMemory()),
                attack("the same memory twice", "", start, honest(1, 1), honest(1, 1)),
                attack("zeros without end", "", start, zeros(0, Long.MAX_VALUE)),
                attack("zeros of less than nothing", "", start, zeros(0, -4096)),
                attack("a file that there is not", "", start, RawPeer.data(3, 999, 0, page)),
                attack("a file beyond its end", "", start, RawPeer.data(3, 1, 1 << 20, page)),
                attack("a file of a negative number", "", start, RawPeer.data(3, -1, 0, page)),
                attack("SEALED too early", "SEALED", start, honest(RawPeer.SEALED)),
                attack(
                        "another image sealed",
                        "sealed",
                        join(untilSealed()),
                        frame(RawPeer.SEALED, new Message.Sealed(new byte[16]))),
                attack("more DATA than wanted", "", join(untilSealed()), RawPeer.data(1, 0, 0x8000, page)));
    }

    // -- what the honest source said ----------------------------------------------------------------------------------

    private static byte[] honest(int type) {
        return honest.stream().filter(frame -> frame[0] == type).findFirst().orElseThrow();
    }

    /** The honest frames up to where the destination says what it wants. */
    private static byte[][] untilWanted() {
        return honest.stream()
                .filter(frame -> frame[0] < DATA || isData(frame, 0))
                .toArray(byte[][]::new);
    }

    private static byte[][] untilSealed() {
        return honest.stream().filter(frame -> frame[0] <= DATA).toArray(byte[][]::new);
    }

    private static boolean isData(byte[] frame, int kind) {
        return frame[0] == DATA && frame[9] == kind;
    }

    /** The first honest DATA of a kind, and how many of it to leave out before. */
    private static byte[] honest(int kind, int skipped) {
        return honest.stream()
                .filter(frame -> isData(frame, kind))
                .skip(skipped)
                .findFirst()
                .orElseThrow();
    }

    private static byte[] changed(byte[] frame, int at) {
        byte[] payload = Arrays.copyOfRange(frame, Transcript.HEADER, frame.length);
        payload[at] ^= 1;
        return frame(frame[0], payload);
    }

    private static byte[] damagedHead() {
        return changedData(0, 3000);
    }

    private static byte[] changedMemory() {
        return join(changedData(1, 100), honest(RawPeer.SEALED));
    }

    /** All honest frames until the seal, a byte of each piece of one kind changed. */
    private static byte[] changedData(int kind, int at) {
        return join(Arrays.stream(untilSealed())
                .map(frame -> isData(frame, kind) ? changed(frame, at) : frame)
                .toArray(byte[][]::new));
    }

    private static byte[] offer(String token, long memory, List<String> features) {
        return frame(RawPeer.OFFER, new Message.Offer(token, memory, 0, features, false, false, false));
    }

    private static byte[] announced(long length) {
        return frame(RawPeer.IMAGE, new Message.Image(length, new byte[16]));
    }

    private static byte[] zeros(long address, long length) {
        return RawPeer.data(
                2, 0, address, java.nio.ByteBuffer.allocate(8).putLong(length).array());
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    // -- the attack ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("attacks")
    void isRefusedAndLeavesNothing(Attack attack) throws Exception {
        Move move = new Move(directory);
        move.destination.patient(Duration.ofSeconds(20), STEP);
        Session receiver = move.destination.session(0);
        Move.Running receiving = Move.start("destination", receiver::receive);
        int port = move.destination.port(1);
        long start = System.nanoTime();
        List<RawPeer.Frame> answers;
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.sayIfHeard(attack.preface, attack.bytes);
            answers = peer.hearAll();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(STEP.multipliedBy(3).plusSeconds(1));
        assertThat(answers).noneMatch(frame -> frame.type() == RawPeer.PREPARED || frame.type() == RawPeer.RUNNING);
        assertThat(filesUnder(move.destination.root)).isEmpty();
        List<String> reasons = reasons(answers, move);
        if (move.destination.tokenIfAny().isEmpty() && !receiving.endsSoon()) {
            // It was only a stranger: the receiver is as it was.
            serveHonestSource(move, receiving, port);
        } else {
            reasons.add(end(receiver, receiving));
            assertThat(filesUnder(move.destination.root)).isEmpty();
            serveHonestSource(move, Move.start("destination", move.destination::receive), move.destination.port(2));
        }
        assertThat(reasons).anyMatch(reason -> reason.contains(attack.reason)).allMatch(HostileSourceTest::isOneLine);
    }

    private static boolean isOneLine(String text) {
        return text.chars().noneMatch(Character::isISOControl) && text.length() < 1000;
    }

    /** What a receiver that has accepted an offer ends with, by itself or when it is told to. */
    private static String end(Session receiver, Move.Running receiving) throws Exception {
        receiver.requestStop();
        try {
            Outcome outcome = receiving.outcome();
            assertThat(outcome.status()).as(outcome.message()).isEqualTo(125);
            return outcome.message();
        } catch (VmmException e) {
            return e.getMessage();
        }
    }

    private static void serveHonestSource(Move move, Move.Running receiving, int port) throws Exception {
        Outcome sent = move.source.send(port);
        assertThat(sent.status()).as(sent.message()).isZero();
        assertThat(receiving.outcome().status()).isEqualTo(MovingGuest.STATUS);
        move.assertMovedOnce();
    }

    private static List<String> reasons(List<RawPeer.Frame> answers, Move move) {
        List<String> reasons = new ArrayList<>(move.destination.notices);
        for (RawPeer.Frame frame : answers) {
            if (frame.type() == RawPeer.REJECT) {
                reasons.add(frame.as(Message.Reject.class).reason());
            }
        }
        return reasons;
    }

    private static List<Path> filesUnder(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> !file.equals(root)).toList();
        }
    }
}
