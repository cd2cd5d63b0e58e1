package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.migration.CuttingProxy.Fate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** A VM's way from one side to the other, both in this JVM, each in a thread of its own, a link between them. */
final class Move {
    private static final long PATIENCE_SECONDS = 60;

    final Side source;
    final Side destination;

    /** Two sides that know nothing of each other, in {@code directory}. */
    Move(Path directory) {
        source = Side.source(directory);
        destination = Side.destination(directory);
    }

    /** A session under way. */
    static final class Running {
        private final FutureTask<Outcome> task;
        private final Thread thread;

        private Running(Callable<Outcome> session, String name) {
            task = new FutureTask<>(session);
            thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.start();
        }

        /** Whether it ends without anybody telling it to, in less time than a person would notice. */
        boolean endsSoon() throws InterruptedException {
            for (int i = 0; i < 100 && !task.isDone(); i++) {
                Thread.sleep(1);
            }
            return task.isDone();
        }

        /** Its outcome; what it threw is thrown here. */
        Outcome outcome() throws Exception {
            try {
                return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            } catch (TimeoutException e) {
                throw new AssertionError("a session does not end: " + List.of(thread.getStackTrace()), e);
            }
        }
    }

    static Running start(String name, Callable<Outcome> session) {
        return new Running(session, name);
    }

    /** Moves the VM over a link of these fates; how many connections it took. */
    int over(IntFunction<Fate> fates) throws Exception {
        Running receiving = start("destination", destination::receive);
        try (CuttingProxy link = new CuttingProxy(destination.port(1), fates)) {
            Running sending = start("source", () -> source.send(link.port()));
            Outcome sent = sending.outcome();
            Outcome received = receiving.outcome();
            assertThat(sent.status()).as(sent.message()).isZero();
            assertThat(received.status()).as(received.message()).isEqualTo(MovingGuest.STATUS);
            return link.connections();
        }
    }

    /** What is promised: one of the two has run the rest, and what both show is what one uninterrupted run shows. */
    void assertMovedOnce() throws IOException {
        assertThat(source.ends()).as("ends of the guest at the source").isZero();
        assertThat(destination.ends())
                .as("ends of the guest at the destination")
                .isEqualTo(1);
        assertThat(source.output()).isEqualTo(MovingGuest.SOURCE_OUTPUT);
        assertThat(destination.output()).isEqualTo(MovingGuest.DESTINATION_OUTPUT);
        assertThat(MovingGuest.file(source.root)).isEqualTo(MovingGuest.FIRST);
        assertThat(MovingGuest.file(destination.root)).isEqualTo(MovingGuest.WHOLE);
    }

    /** What the journals say afterwards, in the words of the sessions that read them. */
    void assertJournalsKnow() throws Exception {
        assertThat(source.resumeSend(1).status()).as("the source's journal").isZero();
        // A destination that has not heard DONE waits for its source once more, which is gone.
        destination.patient(Duration.ofMillis(1), Duration.ofSeconds(1));
        assertThat(destination.resumeReceive().message())
                .as("the destination's journal")
                .contains("the guest ran here and ended with status " + MovingGuest.STATUS);
        assertThat(destination.ends()).as("ends after looking at the journals").isEqualTo(1);
    }
}
