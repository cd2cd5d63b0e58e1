package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Conversations with bytes changed, most of them under a checksum that is right again: a link hears messages and then an
 * error that a caller expects, at once and in bounded memory. Seeded; {@code -Dvmm.fuzz.links=N} makes it longer,
 * {@code -Dvmm.fuzz.seed=N} another one.
 */
@Timeout(value = 30, unit = java.util.concurrent.TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedLinkTest {
    private static final int LINKS = Integer.getInteger("vmm.fuzz.links", 2000);
    private static final long SEED = Long.getLong("vmm.fuzz.seed", 1);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Buffers and one frame, however often it is copied. */
    private static final long MOST_BYTES = 4 << 20;
    /** Java's objects for what CBOR says in a byte, and the exceptions. */
    private static final long MOST_BYTES_FOR_ONE = 64;

    private static final byte[] TELLING = {0, 1, 0x17, 0x18, 0x1B, 0x3B, 0x5B, 0x7B, (byte) 0x9B, (byte) 0xBB, 0x7F, -1
    };

    private record Frame(int type, byte[] payload) {}

    private final Random random = new Random(SEED);
    private final List<Frame> honest = new ArrayList<>();
    private int messages;
    private int refused;
    private int cut;

    @Test
    void aLinkHearsMessagesOrAnErrorInBoundedMemory() throws Exception {
        for (Message message : SampleMessages.all()) {
            honest.add(frame(message));
        }
        for (int i = 0; i < LINKS; i++) {
            byte[] bytes = conversation();
            long before = allocated();
            hear(bytes);
            assertThat(allocated() - before)
                    .as("link %d of seed %d", i, SEED)
                    .isLessThan(MOST_BYTES + MOST_BYTES_FOR_ONE * bytes.length);
        }
        assertThat(messages).isGreaterThan(LINKS / 2);
        assertThat(refused).isGreaterThan(LINKS / 2);
        assertThat(cut).isGreaterThan(LINKS / 100);
        assertThat(refused + cut).isEqualTo(LINKS);
    }

    /** Large samples make a slow fuzzer and find nothing that small ones do not. */
    private static Frame frame(Message message) throws IOException {
        Message small = message instanceof Data data && data.length() > 100 && data.kind() != Data.Kind.ZEROS
                ? new Data(data.kind(), data.index(), data.offset(), data.buffer(), data.start(), 100)
                : message;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(bytes, new FrameCodec());
        writer.write(small);
        writer.flush();
        byte[] frame = bytes.toByteArray();
        return new Frame(frame[0], Arrays.copyOfRange(frame, FrameWriter.HEADER, frame.length));
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private void hear(byte[] bytes) throws IOException {
        try (TcpPair tcp = TcpPair.connected();
                Link link = tcp.nearLink(LIMIT)) {
            CompletableFuture<Void> speaker = CompletableFuture.runAsync(() -> say(tcp, bytes));
            try {
                while (true) {
                    assertThat(link.receive()).isNotNull();
                    messages++;
                }
            } catch (ProtocolException e) {
                assertThat(e.getMessage()).isNotBlank();
                refused++;
            } catch (LinkException e) {
                assertThat(e.getMessage()).isEqualTo("the link was closed by the peer");
                cut++;
            }
            link.close();
            speaker.join();
        }
    }

    private static void say(TcpPair tcp, byte[] bytes) {
        try {
            tcp.say(bytes);
            tcp.far().shutdownOutput();
        } catch (IOException e) {
            // The link has heard enough.
        }
    }

    /** Some frames, some of them not honest, now and then cut or changed as a whole. */
    private byte[] conversation() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int left = 1 + random.nextInt(6); left > 0; left--) {
            bytes.writeBytes(frame());
        }
        byte[] whole = bytes.toByteArray();
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(whole, random.nextInt(whole.length));
            case 1 -> changed(whole);
            default -> whole;
        };
    }

    private byte[] frame() {
        Frame frame = honest.get(random.nextInt(honest.size()));
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> RawFrames.frame(frame.type, frame.payload);
            case 3 -> RawFrames.frame(random.nextInt(20), frame.payload);
            case 4 -> RawFrames.frame(frame.type, lengths(), frame.payload);
            case 5 -> RawFrames.frame(1 + random.nextInt(17), garbage());
            default -> RawFrames.frame(frame.type, changed(frame.payload));
        };
    }

    private int lengths() {
        return random.nextBoolean() ? random.nextInt() : random.nextInt(FrameType.MAX_LENGTH + 2);
    }

    private byte[] garbage() {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(1 << 16) : random.nextInt(64)];
        random.nextBytes(bytes);
        if (bytes.length > 0 && random.nextBoolean()) {
            Arrays.fill(bytes, TELLING[random.nextInt(TELLING.length)]);
        }
        return bytes;
    }

    private byte[] changed(byte[] honest) {
        byte[] bytes = honest.clone();
        for (int left = 1 + random.nextInt(3); left > 0 && bytes.length > 0; left--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = TELLING[random.nextInt(TELLING.length)];
                case 2 -> bytes[at] = (byte) random.nextInt();
                case 3 ->
                    bytes = RawFrames.join(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at + 1, bytes.length));
                default ->
                    bytes = RawFrames.join(Arrays.copyOf(bytes, at + 1), Arrays.copyOfRange(bytes, at, bytes.length));
            }
        }
        return bytes;
    }
}
