package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.Session;
import io.scratchvm.vmm.migration.CuttingProxy.Direction;
import io.scratchvm.vmm.migration.CuttingProxy.Ending;
import io.scratchvm.vmm.migration.CuttingProxy.Fate;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The link cut after every byte of a whole conversation, in each direction, by RST and by FIN, and back again: the VM has
 * moved once, and what it gives is what one uninterrupted run gives.
 *
 * <p>{@code -Dvmm.cut.stride=1} cuts at every byte; in the ordinary build it is at the ends of all frames, one byte before
 * and after them, and at every 97th byte.
 */
@Timeout(value = 60, unit = java.util.concurrent.TimeUnit.MINUTES)
class EveryByteCutTest {
    private static final int STRIDE = Integer.getInteger("vmm.cut.stride", 97);
    private static final int PERSISTENT_CUTS = Integer.getInteger("vmm.cut.again", 40);
    private static final int AT_ONCE = 4;

    @TempDir
    Path directory;

    /** A cut after {@code bytes} bytes of one direction of the first connection. */
    private record Cut(Direction direction, long bytes, Ending ending) {
        Fate fate() {
            return Fate.cut(direction, bytes, ending);
        }
    }

    /** A way to break a link, and what to call it. */
    private record Case(String name, IntFunction<Fate> fates) {}

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private Transcript whole;

    @BeforeEach
    void listenToOneConversation() throws Exception {
        whole = Transcript.of(Files.createDirectory(directory.resolve("whole")));
    }

    @Test
    void theGuestsOutputIsThatOfAnUninterruptedRun() throws Exception {
        Side alone = Side.source(directory.resolve("alone"));
        Outcome outcome = new Session(alone.configuration(1)
                        .standardInput(new java.io.ByteArrayInputStream(
                                (MovingGuest.SOURCE_INPUT + MovingGuest.DESTINATION_INPUT).getBytes()))
                        .build())
                .run(MovingGuest.start());
        assertThat(outcome.status()).isEqualTo(MovingGuest.STATUS);
        assertThat(alone.output()).isEqualTo(MovingGuest.SOURCE_OUTPUT + MovingGuest.DESTINATION_OUTPUT);
        assertThat(MovingGuest.file(alone.root)).isEqualTo(MovingGuest.WHOLE);
    }

    @Test
    void aLinkThatBreaksOnceAnywhere(TestReporter report) throws Exception {
        List<Case> cases = new ArrayList<>();
        for (Direction direction : Direction.values()) {
            for (long position : positions(direction)) {
                // Both where every byte is asked for; else alternately, an odd stride brings both to each
                // neighbourhood.
                for (Ending ending : List.of(Ending.RESET, Ending.END)) {
                    if (STRIDE == 1 || (position % 2 == 0) == (ending == Ending.END)) {
                        Cut cut = new Cut(direction, position, ending);
                        cases.add(new Case(cut.toString(), number -> number == 0 ? cut.fate() : Fate.WHOLE));
                    }
                }
            }
        }
        run(cases);
        report.publishEntry(
                "links cut once, of " + whole.length(Direction.TO_DESTINATION) + " and "
                        + whole.length(Direction.TO_SOURCE) + " bytes",
                cases.size() + " cases");
    }

    @Test
    void aLinkThatBreaksAgainAndAgain(TestReporter report) throws Exception {
        List<Case> cases = new ArrayList<>();
        for (int seed = 0; seed < PERSISTENT_CUTS; seed++) {
            Random random = new Random(seed);
            List<Fate> fates = new ArrayList<>();
            for (int connection = 0; connection < 6; connection++) {
                Direction direction = Direction.values()[random.nextInt(2)];
                long bytes = random.nextInt((int) whole.length(direction));
                Ending ending = random.nextBoolean() ? Ending.END : Ending.RESET;
                fates.add(random.nextInt(4) == 0 ? Fate.REFUSED : Fate.cut(direction, bytes, ending));
            }
            cases.add(new Case(fates.toString(), number -> number < fates.size() ? fates.get(number) : Fate.WHOLE));
        }
        run(cases);
        report.publishEntry("links cut six times", cases.size() + " cases");
    }

    /** Where to cut: all bytes, or the ends of frames and a sample of the others. */
    private List<Long> positions(Direction direction) {
        long length = whole.length(direction);
        List<Long> positions = new ArrayList<>();
        for (long position = 0; position < length; position++) {
            if (position % STRIDE == 0 || whole.isNearFrameEnd(direction, position)) {
                positions.add(position);
            }
        }
        return positions;
    }

    private void run(List<Case> cases) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < cases.size(); i++) {
                Path place = directory.resolve("case-" + i);
                Case each = cases.get(i);
                futures.add(pool.submit(() -> run(each, place)));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(failures.stream().limit(10))
                .as(failures.size() + " of " + cases.size() + " cases")
                .isEmpty();
    }

    private void run(Case each, Path place) {
        if (failures.size() > 50) {
            return;
        }
        Move move = new Move(place);
        try {
            move.over(each.fates);
            move.assertMovedOnce();
            move.assertJournalsKnow();
            delete(place);
        } catch (Exception | AssertionError e) {
            failures.add(each.name + ": " + e + "\n  source: " + move.source.notices + move.source.trace
                    + "\n  destination: " + move.destination.notices + move.destination.trace);
        }
    }

    private static void delete(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException trouble) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
