package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.migration.CuttingProxy.Fate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Either side killed, a whole process by SIGKILL, before each of its steps: each write to the link or to a file, each sync,
 * each rename. The side is then resumed by what its journal says, and the VM has moved once. The one exception: a
 * destination killed after it wrote {@code RUNNING} is a VM that crashed, and is reported as that.
 *
 * <p>{@code -Dvmm.kill.stride=1} kills before every step, in the ordinary build it is every 12th; {@code -Dvmm.kill.pairs=N}
 * kills both sides that often.
 */
@Timeout(value = 60, unit = java.util.concurrent.TimeUnit.MINUTES)
class KilledSideTest {
    private static final int STRIDE = Integer.getInteger("vmm.kill.stride", 12);
    private static final int PAIRS = Integer.getInteger("vmm.kill.pairs", 4);
    private static final int AT_ONCE = 2;
    private static final int CRASHED = 125;

    @TempDir
    Path directory;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private Path killer;

    @BeforeEach
    void compileKiller() throws Exception {
        killer = SideProcess.compileKiller(directory);
    }

    /** A kill of one side, and what is to hold afterwards. */
    private interface Kill {
        void before(int step, Move move, Path log) throws Exception;
    }

    @Test
    void theSourceIsKilledBeforeAnyOfItsSteps(TestReporter report) throws Exception {
        int cases = killBeforeEachStep("source", this::killSource);
        report.publishEntry("sources killed", cases + " cases");
    }

    @Test
    void theDestinationIsKilledBeforeAnyOfItsSteps(TestReporter report) throws Exception {
        int cases = killBeforeEachStep("destination", this::killDestination);
        report.publishEntry("destinations killed", cases + " cases");
    }

    /** Each time one side before a step of its own, the other one at whatever it was doing a moment later. */
    @Test
    void bothAreKilled(TestReporter report) throws Exception {
        Random random = new Random(PAIRS);
        for (int i = 0; i < PAIRS; i++) {
            int sourceStep = i % 2 == 0 ? 12 + random.nextInt(24) : 0;
            int destinationStep = sourceStep == 0 ? 5 + random.nextInt(54) : 0;
            Move move = new Move(directory.resolve("pair-" + i));
            String description = "source before " + sourceStep + ", destination before " + destinationStep;
            try {
                killBoth(
                        sourceStep,
                        destinationStep,
                        random.nextInt(10),
                        move,
                        directory.resolve("pair-" + i + ".steps"));
            } catch (Exception | AssertionError e) {
                failures.add(description + ": " + e + told(move));
            }
        }
        assertThat(failures).isEmpty();
        report.publishEntry("both sides killed", PAIRS + " cases");
    }

    private void killSource(int step, Move move, Path log) throws Exception {
        Move.Running receiving = Move.start("destination", move.destination::receive);
        int port = move.destination.port(1);
        SideProcess sending = SideProcess.start(move.source, "send", port, killer, step, log);
        requireKilled(sending, step);
        if (step != 0) {
            assertMoved(goOnSending(move.source, port));
        }
        assertThat(receiving.outcome().status()).isEqualTo(MovingGuest.STATUS);
        move.assertMovedOnce();
        move.assertJournalsKnow();
    }

    private void killDestination(int step, Move move, Path log) throws Exception {
        SideProcess receiving = SideProcess.start(move.destination, "receive", 0, killer, step, log);
        try (CuttingProxy link = new CuttingProxy(0, number -> Fate.WHOLE)) {
            Move.Running sending = Move.start("source", () -> move.source.send(link.port()));
            if (step != 1) {
                link.leadTo(move.destination.port(1));
            }
            requireKilled(receiving, step);
            link.leadTo(0);
            if (step != 0) {
                Move.Running again = goOnReceiving(move.destination, link);
                Outcome received = again.outcome();
                assertMoved(sending.outcome());
                assertRanOnceOrCrashed(move, received, log);
            } else {
                assertMoved(sending.outcome());
                move.assertMovedOnce();
            }
        }
    }

    private void killBoth(int sourceStep, int destinationStep, int later, Move move, Path log) throws Exception {
        try (CuttingProxy link = new CuttingProxy(0, number -> Fate.WHOLE)) {
            Path other = directory.resolve("other.steps");
            SideProcess receiving = SideProcess.start(
                    move.destination, "receive", 0, killer, destinationStep, destinationStep == 0 ? other : log);
            link.leadTo(move.destination.port(1));
            SideProcess sending = SideProcess.start(
                    move.source, "send", link.port(), killer, sourceStep, sourceStep == 0 ? other : log);
            requireKilled(sourceStep == 0 ? receiving : sending, 1);
            Thread.sleep(later);
            link.leadTo(0);
            SideProcess last = sourceStep == 0 ? sending : receiving;
            last.kill();
            last.waitUntilKilled();
            Move.Running again = goOnReceiving(move.destination, link);
            assertMoved(goOnSending(move.source, link.port()));
            Outcome received = again.outcome();
            if (!received.message().contains("was killed")) {
                move.assertMovedOnce();
            }
            assertThat(move.destination.ends()).isLessThanOrEqualTo(1);
        }
    }

    private static void requireKilled(SideProcess process, int step) throws InterruptedException {
        boolean killed = process.waitUntilKilled();
        assertThat(killed).as("killed, exit status " + process.status()).isEqualTo(step != 0);
    }

    private static void assertMoved(Outcome sent) {
        assertThat(sent.status()).as(sent.message()).isZero();
    }

    /** As a user does, who is told so: by the token where something was saved, and from the beginning where nothing was. */
    private static Outcome goOnSending(Side source, int port) throws Exception {
        if (source.tokenIfAny().isPresent() && Files.exists(source.image)) {
            return source.resumeSend(port);
        }
        source.forget();
        return source.send(port);
    }

    private static Move.Running goOnReceiving(Side destination, CuttingProxy link) throws Exception {
        int next = destination.ports().size() + 1;
        // A source that has heard RUNNING is gone, and one whose DONE the killed process heard too: it is waited for in
        // vain.
        destination.patient(Duration.ofSeconds(4), Duration.ofSeconds(2));
        boolean known = destination.tokenIfAny().isPresent();
        Move.Running again =
                Move.start("destination", () -> known ? destination.resumeReceive() : destination.receive());
        link.leadTo(destination.port(next));
        return again;
    }

    /** A guest that was killed with its VMM is reported if, and only if, the journal said {@code RUNNING} and no more. */
    private static void assertRanOnceOrCrashed(Move move, Outcome received, Path log) throws Exception {
        List<String> steps = SideProcess.stepsIn(log);
        long states = steps.subList(0, steps.size() - 1).stream()
                .filter(step -> step.matches("\\d+ rename .*\\.receive"))
                .count();
        boolean ended = received.message().contains("ended with status " + MovingGuest.STATUS);
        if (received.message().contains("was killed")) {
            assertThat(states).as("states written, the third being RUNNING").isGreaterThanOrEqualTo(3);
            assertThat(received.status()).isEqualTo(CRASHED);
        } else {
            assertThat(states < 3 || ended)
                    .as("known of a VM that may have run")
                    .isTrue();
            move.assertMovedOnce();
        }
    }

    private int killBeforeEachStep(String side, Kill kill) throws Exception {
        Path log = directory.resolve(side + ".steps");
        kill.before(0, new Move(Files.createDirectory(directory.resolve(side + "-0"))), log);
        List<String> steps = SideProcess.stepsIn(log);
        assertThat(steps).as("steps").hasSizeGreaterThan(10);
        List<Integer> cases = new ArrayList<>();
        for (int step = 1; step <= steps.size(); step += STRIDE) {
            cases.add(step);
        }
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int step : cases) {
                futures.add(pool.submit(() -> killed(side, step, steps.get(step - 1), kill)));
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
        return cases.size();
    }

    private void killed(String side, int step, String description, Kill kill) {
        Path place = directory.resolve(side + "-" + step);
        Move move = new Move(place);
        try {
            kill.before(step, move, directory.resolve(side + "-" + step + ".steps"));
        } catch (Exception | AssertionError e) {
            failures.add(side + " killed before step " + description + ": " + e + told(move));
        }
    }

    private static String told(Move move) {
        return "\n  source: " + move.source.notices + move.source.trace + "\n  destination: " + move.destination.notices
                + move.destination.trace;
    }
}
