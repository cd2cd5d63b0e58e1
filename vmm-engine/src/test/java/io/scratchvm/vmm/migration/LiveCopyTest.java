package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.SlicedGuest;
import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.MigrationProgress;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.image.RunDigests;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a live copy leaves at the other end, and on the disk, is the guest's memory as it is when it stands. */
@Timeout(60)
class LiveCopyTest {
    private static final int PAGE = PhysicalMemory.PAGE_SIZE;
    private static final int MEGABYTE = 1 << 20;
    private static final long MEMORY_SIZE = 40 << 20;

    /** Fills 4 MiB, then writes all over it for ever. */
    private static final String WRITER =
            """
            long n = 4 << 20;
            unsigned long *area = (unsigned long *) call(9, 0, n, 3, 0x22, -1, 0);
            for (long i = 0; i < n / 8; i += 64) area[i] = i + 1;
            for (unsigned long x = 1;; x = x * 6364136223846793005UL + 1442695040888963407UL) {
                area[(x >> 40) % (n / 8)] = x;
            }
            """;

    /** Writes and runs code, page after page. */
    private static final String SELF_MODIFYING =
            """
            long n = 1 << 20;
            unsigned char *code = (unsigned char *) call(9, 0, n, 7, 0x22, -1, 0);
            for (unsigned i = 0;; i++) {
                unsigned char *at = code + i % 200 * 5000;
                at[0] = 0xb8; *(unsigned *) (at + 1) = i; at[5] = 0xc3;
                if (((unsigned (*)(void)) at)() != i) return 1;
            }
            """;

    /** Takes memory, gives it back, and clears what it keeps. */
    private static final String GROWING =
            """
            long heap = call(12, 0);
            unsigned char *kept = (unsigned char *) call(9, 0, 2 << 20, 3, 0x22, -1, 0);
            for (unsigned i = 1;; i++) {
                long size = (i % 3 + 1) << 20;
                unsigned char *area = (unsigned char *) call(9, 0, size, 3, 0x22, -1, 0);
                for (long p = 0; p < size; p += 4096) area[p + i % 4096] = i;
                call(12, heap + (i % 5 << 19));
                for (long p = 0; p < i % 5 << 19; p += 4096) ((unsigned char *) heap)[p] = i;
                for (long p = 0; p < 2 << 20; p += 4096) kept[p] = p / 4096 % 3 == i % 3 ? i | 1 : 0;
                call(11, area, size);
            }
            """;

    private static final String CALM =
            """
            long n = 2 << 20;
            unsigned char *area = (unsigned char *) call(9, 0, n, 3, 0x22, -1, 0);
            for (long i = 0; i < n; i++) area[i] = i * 7 + i / 4096;
            for (volatile long i = 0;; i++);
            """;

    @TempDir
    Path directory;

    private final List<MigrationProgress> progress = Collections.synchronizedList(new ArrayList<>());
    private SlicedGuest guest;
    private StagedMemory staged;
    private RunDigests digests;
    private LiveCopy copy;

    private void load(String body, int maxRounds, Duration maxDowntime) throws Exception {
        guest = SlicedGuest.compiled(directory, MEMORY_SIZE, body);
        staged = StagedMemory.open(directory.resolve("memory"), MEMORY_SIZE);
        digests = new RunDigests(guest.memory());
        VmConfiguration.Builder builder = VmConfiguration.builder();
        builder.migration().maxRounds(maxRounds).maxDowntime(maxDowntime).progress(progress::add);
        MigrationConfiguration configuration = builder.build().migration();
        copy = new LiveCopy(guest.memory(), staged, digests, configuration);
    }

    @AfterEach
    void close() throws Exception {
        if (guest != null) {
            copy.close();
            guest.close();
            staged.close();
        }
    }

    /** So that there is something in memory when the copy begins. */
    private void warmUp(int millionInstructions) throws IOException {
        long end = guest.instructions() + millionInstructions * 1_000_000L;
        guest.run(() -> guest.instructions() < end);
    }

    private PhysicalMemory blank() {
        return new PhysicalMemory(MEMORY_SIZE);
    }

    // -- equality ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {WRITER, SELF_MODIFYING, GROWING, CALM})
    void whatArrivesIsTheMemoryOfTheGuestThatStands(String body) throws Exception {
        load(body, 6, Duration.ZERO);
        warmUp(4);
        try (CollectingPeer peer = new CollectingPeer(blank())) {
            copy.begin(peer.link);
            assertThat(guest.run(copy::advance)).isTrue();
            copy.finish();
            peer.awaitEnd();
            assertThat(peer.rounds).isEqualTo(6);
            assertSame(peer.memory);
            assertStaged();
            assertDigests();
        }
        assertThat(copy.rounds()).isEqualTo(6);
        assertThat(copy.converged()).isFalse();
        assertThat(progress.get(progress.size() - 1))
                .isEqualTo(new MigrationProgress(MigrationProgress.Phase.LIVE, copy.memoryBytes(), copy.memoryBytes()));
    }

    @Test
    void aGuestThatWritesLittleIsStoppedOnceItIsWorthIt() throws Exception {
        load(CALM, 30, Duration.ofSeconds(5));
        warmUp(25);
        try (CollectingPeer peer = new CollectingPeer(blank())) {
            copy.begin(peer.link);
            guest.run(copy::advance);
            copy.finish();
            peer.awaitEnd();
            assertSame(peer.memory);
        }
        assertThat(copy.converged()).isTrue();
        assertThat(copy.rounds()).isEqualTo(2);
        assertThat(copy.memoryBytes()).isBetween(2L << 20, 5L << 20);
    }

    private void assertSame(PhysicalMemory there) {
        byte[] expected = new byte[MEGABYTE];
        byte[] found = new byte[MEGABYTE];
        for (long at = 0; at < MEMORY_SIZE; at += MEGABYTE) {
            guest.memory().read(at, expected, 0, MEGABYTE);
            there.read(at, found, 0, MEGABYTE);
            assertThat(Arrays.mismatch(found, expected))
                    .as("in megabyte 0x" + Long.toHexString(at))
                    .isEqualTo(-1);
        }
    }

    private void assertStaged() throws IOException {
        PhysicalMemory loaded = blank();
        try (StagedMemory again = StagedMemory.open(directory.resolve("memory"), MEMORY_SIZE)) {
            again.load(loaded);
        }
        assertSame(loaded);
    }

    /** Of all runs; those that the copy left known must not be another content's. */
    private void assertDigests() throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        byte[] bytes = new byte[MEGABYTE];
        for (long page = 0; page < MEMORY_SIZE; page += PAGE) {
            if (!guest.memory().isZeroPage(page)) {
                long end = page + PAGE;
                while (end % MEGABYTE != 0 && !guest.memory().isZeroPage(end)) {
                    end += PAGE;
                }
                guest.memory().read(page, bytes, 0, (int) (end - page));
                sha256.update(bytes, 0, (int) (end - page));
                assertThat(digests.digest(page, end - page)).isEqualTo(sha256.digest());
                page = end - PAGE;
            }
        }
    }

    // -- a slow link ------------------------------------------------------------------------------------------------

    @Test
    void aGuestWhoseMemoryNobodyTakesRunsOn() throws Exception {
        load(WRITER.replace("4 << 20", "24 << 20"), 2, Duration.ZERO);
        warmUp(4);
        CountDownLatch reads = new CountDownLatch(1);
        try (CollectingPeer peer = new CollectingPeer(blank()) {
            @Override
            void take(Data data) throws Exception {
                reads.await();
                super.take(data);
            }
        }) {
            copy.begin(peer.link);
            long before = guest.instructions();
            long until = System.nanoTime() + 500_000_000;
            guest.run(() -> copy.advance() && System.nanoTime() < until);
            assertThat(guest.instructions() - before).isGreaterThan(500_000);
            assertThat(copy.memoryBytes()).as("more than the buffers hold").isLessThan(16 << 20);
            reads.countDown();
            guest.run(copy::advance);
            copy.finish();
            peer.awaitEnd();
            assertSame(peer.memory);
            assertStaged();
        }
    }

    // -- trouble ----------------------------------------------------------------------------------------------------

    /** Cuts the link at the given frame, or at the given round. */
    private CollectingPeer cutting(PhysicalMemory memory, int atFrame, int atRound) throws Exception {
        return new CollectingPeer(memory) {
            @Override
            void take(Data data) throws Exception {
                super.take(data);
                if (frames == atFrame) {
                    cut();
                }
            }

            @Override
            Message answer(Message.Round round) throws Exception {
                if (round.number() == atRound) {
                    cut();
                }
                return super.answer(round);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aLinkThatIsCutAfterARoundIsMetBetweenSlicesAndAnotherOneGoesOn(int round) throws Exception {
        assertThat(goesOnAfterCut(-1, round)).isEqualTo(round - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 20, 60})
    void aLinkThatIsCutInARoundIsMetBetweenSlicesAndAnotherOneGoesOn(int frame) throws Exception {
        assertThat(goesOnAfterCut(frame, -1)).isLessThan(3);
    }

    /** Returns how many rounds were complete before the cut. */
    private int goesOnAfterCut(int atFrame, int atRound) throws Exception {
        load(GROWING, 4, Duration.ZERO);
        warmUp(4);
        PhysicalMemory there = blank();
        int before;
        try (CollectingPeer first = cutting(there, atFrame, atRound)) {
            copy.begin(first.link);
            assertThatThrownBy(() -> guest.run(copy::advance)).isInstanceOf(IOException.class);
            assertThatThrownBy(copy::advance).isInstanceOf(IOException.class);
            before = copy.rounds();
        }
        try (CollectingPeer second = new CollectingPeer(there)) {
            copy.begin(second.link);
            guest.run(copy::advance);
            copy.finish();
            second.awaitEnd();
        }
        assertThat(copy.rounds()).isEqualTo(4);
        assertSame(there);
        assertStaged();
        assertDigests();
        return before;
    }

    @Test
    void withoutALinkAllIsStillPutOnDisk() throws Exception {
        load(GROWING, 4, Duration.ZERO);
        warmUp(4);
        try (CollectingPeer peer = cutting(blank(), 7, -1)) {
            copy.begin(peer.link);
            assertThatThrownBy(() -> guest.run(copy::advance)).isInstanceOf(IOException.class);
            warmUp(2);
            copy.finish();
            assertStaged();
            assertDigests();
        }
    }

    @Test
    void aLinkThatIsCutInTheLastRoundDoesNotKeepItFromTheDisk() throws Exception {
        load(WRITER, 2, Duration.ZERO);
        warmUp(4);
        try (CollectingPeer peer = new CollectingPeer(blank())) {
            copy.begin(peer.link);
            guest.run(copy::advance);
            peer.cut();
            copy.finish();
            assertStaged();
            assertDigests();
            assertThatThrownBy(peer::awaitEnd).isInstanceOf(Exception.class);
        }
    }

    @Test
    void aCopyThatHasNotBegunCanBeFinishedOnDisk() throws Exception {
        load(CALM, 2, Duration.ZERO);
        warmUp(4);
        copy.finish();
        assertStaged();
        assertThat(copy.rounds()).isZero();
    }

    @Test
    void aCopyThatIsGivenUpLeavesTheLinkToItsCaller() throws Exception {
        load(WRITER, 100, Duration.ZERO);
        warmUp(2);
        try (CollectingPeer peer = new CollectingPeer(blank())) {
            copy.begin(peer.link);
            AtomicInteger left = new AtomicInteger(15);
            guest.run(() -> copy.advance() && left.decrementAndGet() > 0);
            copy.close();
            peer.awaitEnd();
        }
    }

    @Test
    void aPeerThatRefusesOrAnswersWronglyIsMetBetweenSlices() throws Exception {
        load(CALM, 4, Duration.ZERO);
        warmUp(2);
        try (CollectingPeer peer = answering(new Message.Reject("no room on the disk"))) {
            copy.begin(peer.link);
            assertThatThrownBy(() -> guest.run(copy::advance))
                    .isInstanceOf(VmmException.class)
                    .hasMessage("no room on the disk");
        }
        for (Message wrong : List.of(new Message.RoundDone(7), new Message.Prepared("x", "y"))) {
            try (CollectingPeer peer = answering(wrong)) {
                copy.begin(peer.link);
                assertThatThrownBy(() -> guest.run(copy::advance)).isInstanceOf(ProtocolException.class);
            }
        }
    }

    private CollectingPeer answering(Message answer) throws Exception {
        return new CollectingPeer(blank()) {
            @Override
            Message answer(Message.Round round) {
                return answer;
            }
        };
    }

    @Test
    void aDiskThatFailsIsMetBetweenSlicesAndInTheEnd() throws Exception {
        load(CALM, 4, Duration.ZERO);
        warmUp(2);
        try (CollectingPeer peer = new CollectingPeer(blank())) {
            copy.begin(peer.link);
            staged.close();
            assertThatThrownBy(() -> guest.run(copy::advance)).isInstanceOf(IOException.class);
            assertThatThrownBy(copy::finish).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aGuestThatEndsMeanwhileCanBeGivenUp() throws Exception {
        load("for (volatile long i = 0; i < 3000000; i++); return 5;", 1_000_000, Duration.ZERO);
        try (CollectingPeer peer = new CollectingPeer(blank())) {
            copy.begin(peer.link);
            assertThat(guest.run(copy::advance)).isFalse();
            copy.close();
            peer.awaitEnd();
        }
    }
}
