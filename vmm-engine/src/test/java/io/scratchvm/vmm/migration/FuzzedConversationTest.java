package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.ErrorMessage;
import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.Session;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.migration.CuttingProxy.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an honest source says, with a few frames changed, left out, doubled, moved or cut, said to a real receiver: it ends
 * with an outcome or the user's error, soon, and touches nothing but the guest's file and its journal. Seeded; {@code
 * -Dvmm.fuzz.conversations=N} makes it longer, {@code -Dvmm.fuzz.seed=N} another one.
 */
@Timeout(value = 60, unit = java.util.concurrent.TimeUnit.MINUTES)
class FuzzedConversationTest {
    private static final int CONVERSATIONS = Integer.getInteger("vmm.fuzz.conversations", 150);
    private static final long SEED = Long.getLong("vmm.fuzz.seed", 1);
    private static final Duration STEP = Duration.ofMillis(250);
    private static final Duration MOST = Duration.ofSeconds(10);
    private static final long[] NUMBERS = {
        0, 1, -1, 4095, 4096, 0xf000, 1 << 20, Integer.MAX_VALUE, 1L << 62, Long.MIN_VALUE
    };

    @TempDir
    Path directory;

    private final Map<String, Integer> endings = new TreeMap<>();

    @Test
    void endsAsItMust(TestReporter report) throws Exception {
        List<byte[]> honest = Transcript.of(directory.resolve("honest")).frames(Direction.TO_DESTINATION);
        for (int i = 0; i < CONVERSATIONS; i++) {
            long seed = SEED * 1_000_003 + i;
            try {
                converse(seed, honest);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("conversation " + seed, e);
            }
        }
        assertThat(endings).as("what conversations come to").containsKeys("refused", "moved");
        report.publishEntry("conversations", CONVERSATIONS + ": " + endings);
    }

    private void converse(long seed, List<byte[]> honest) throws Exception {
        List<byte[]> frames = mutated(new Random(seed), honest);
        Path place = directory.resolve("c" + seed);
        Side side = Side.destination(place).patient(Duration.ofSeconds(5), STEP);
        Session session = side.session(0);
        Move.Running receiving = Move.start("destination", session::receive);
        long start = System.nanoTime();
        List<RawPeer.Frame> answers;
        try (RawPeer peer = RawPeer.connect(side.port(1))) {
            answers = say(frames, peer);
        }
        if (answers.stream().noneMatch(frame -> frame.type() == RawPeer.RUNNING)) {
            session.requestStop();
        }
        String ending = ending(receiving);
        side.notices.forEach(FuzzedConversationTest::assertOneLine);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(MOST);
        boolean prepared = answers.stream().anyMatch(frame -> frame.type() == RawPeer.PREPARED);
        List<String> allowed = prepared ? List.of(MovingGuest.FILE) : List.of();
        assertThat(names(side.root)).as(ending).isSubsetOf(allowed);
        assertThat(names(place)).containsExactly("destination");
        assertThat(names(side.directory)).isSubsetOf("journal", "root");
        assertThat(side.ends()).isEqualTo(ending.equals("moved") ? 1 : 0);
        // Whatever is taken for the VM is the VM.
        assertThat(side.output()).isEqualTo(ending.equals("moved") ? MovingGuest.DESTINATION_OUTPUT : "");
        endings.merge(ending, 1, Integer::sum);
    }

    /** A COMMIT names the destination as that calls itself in PREPARED: what was recorded is another's. */
    private static List<RawPeer.Frame> say(List<byte[]> frames, RawPeer peer) {
        List<RawPeer.Frame> answers = new ArrayList<>();
        try {
            peer.say(RawPeer.PREFACE);
            peer.hearPreface();
            for (byte[] frame : frames) {
                boolean commit = frame.length > 0 && frame[0] == RawPeer.COMMIT;
                if (commit && answers.isEmpty()) {
                    answers.add(peer.hear(RawPeer.PREPARED));
                    frame = commit(frame, answers.get(0).as(Message.Prepared.class));
                }
                peer.say(frame);
            }
            peer.endOutput();
        } catch (IOException e) {
            // It has heard enough; what it says is still to be read.
        }
        answers.addAll(peer.hearRest());
        return answers;
    }

    /** The frame as it was mutated, or else the answer that is due. */
    private static byte[] commit(byte[] frame, Message.Prepared prepared) {
        try {
            Message.Commit recorded = new RawPeer.Frame(
                            RawPeer.COMMIT, Arrays.copyOfRange(frame, Transcript.HEADER, frame.length))
                    .as(Message.Commit.class);
            return RawPeer.frame(RawPeer.COMMIT, new Message.Commit(recorded.token(), prepared.destination()));
        } catch (RuntimeException e) {
            return frame;
        }
    }

    /** Anything but an outcome and the user's error is a failure of the test. */
    private static String ending(Move.Running receiving) throws Exception {
        try {
            Outcome outcome = receiving.outcome();
            assertOneLine(outcome.message());
            return switch (outcome.status()) {
                case MovingGuest.STATUS -> "moved";
                case 124 -> "in doubt";
                default -> "interrupted";
            };
        } catch (VmmException e) {
            assertOneLine(ErrorMessage.of(e));
            return "refused";
        }
    }

    private static void assertOneLine(String message) {
        assertThat(message.chars().filter(Character::isISOControl)).as(message).isEmpty();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    // -- mutations ----------------------------------------------------------------------------------------------------

    private static List<byte[]> mutated(Random random, List<byte[]> honest) {
        List<byte[]> frames = new ArrayList<>(honest);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(frames.size());
            switch (random.nextInt(10)) {
                case 0 -> frames.remove(at);
                case 1 -> frames.add(random.nextInt(frames.size()), frames.get(at));
                case 2 -> java.util.Collections.swap(frames, at, random.nextInt(frames.size()));
                case 3 -> frames.set(at, Arrays.copyOf(frames.get(at), random.nextInt(frames.get(at).length)));
                case 4 -> frames.set(at, damaged(random, frames.get(at)));
                case 5 -> frames.set(at, retyped(random, frames.get(at)));
                default -> frames.set(at, changed(random, frames.get(at)));
            }
            if (frames.isEmpty()) {
                break;
            }
        }
        return frames;
    }

    /** A bit of the frame turned, whatever it is of. */
    private static byte[] damaged(Random random, byte[] frame) {
        byte[] bytes = frame.clone();
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static byte[] retyped(Random random, byte[] frame) {
        return frame.length < Transcript.HEADER
                ? frame
                : RawPeer.frame(random.nextInt(19), Arrays.copyOfRange(frame, Transcript.HEADER, frame.length));
    }

    /** Another payload under a right checksum. */
    private static byte[] changed(Random random, byte[] frame) {
        if (frame.length <= Transcript.HEADER) {
            return frame;
        }
        byte[] payload = Arrays.copyOfRange(frame, Transcript.HEADER, frame.length);
        int at = random.nextInt(Math.min(payload.length, 200));
        switch (random.nextInt(5)) {
            case 0 -> payload[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> payload[at] = (byte) random.nextInt(256);
            case 2 -> payload = Arrays.copyOf(payload, random.nextInt(payload.length));
            case 3 -> payload = Arrays.copyOf(payload, payload.length + 1 + random.nextInt(5000));
            default -> putNumber(random, payload, at);
        }
        return RawPeer.frame(frame[0], payload);
    }

    private static void putNumber(Random random, byte[] payload, int at) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        // Where DATA has its offset, as often as anywhere else.
        int place = random.nextBoolean() ? 5 : at;
        if (payload.length >= place + Long.BYTES) {
            ByteBuffer.wrap(payload).putLong(place, number);
        }
    }
}
