package io.scratchvm.vmm.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.Session;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.migration.CuttingProxy.Direction;
import io.scratchvm.vmm.migration.CuttingProxy.Ending;
import io.scratchvm.vmm.migration.CuttingProxy.Fate;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A migration that is interrupted and not just gone on with: taken back, disturbed, led elsewhere. */
@Timeout(120)
class InterruptedMigrationTest {
    private static final Duration IMPATIENT = Duration.ofMillis(500);

    @TempDir
    Path directory;

    private Move move;

    @BeforeEach
    void makeSides() {
        move = new Move(directory);
        move.source.patient(IMPATIENT, Duration.ofSeconds(2));
    }

    /** A link on which the destination prepares the VM, and the source never hears of it. */
    private static Fate untilPrepared(Transcript whole) {
        return Fate.cut(Direction.TO_SOURCE, whole.startOf(Direction.TO_SOURCE, RawPeer.PREPARED) + 3, Ending.END);
    }

    /** A link on which the decision is made, and the destination never hears of it. */
    private static Fate untilCommitted(Transcript whole) {
        return Fate.cut(
                Direction.TO_DESTINATION, whole.startOf(Direction.TO_DESTINATION, RawPeer.COMMIT) + 3, Ending.END);
    }

    private Transcript whole() throws Exception {
        return Transcript.of(directory.resolve("whole"));
    }

    private CuttingProxy linkThatBreaks(Side destination, Fate fate) throws Exception {
        return new CuttingProxy(destination.port(1), number -> number == 0 ? fate : Fate.REFUSED);
    }

    // -- taken back ---------------------------------------------------------------------------------------------------

    @Test
    void beforeTheDecisionTheVmCanBeTakenBack() throws Exception {
        Session receiver = move.destination.session(0);
        Move.Running receiving = Move.start("destination", receiver::receive);
        try (CuttingProxy link = linkThatBreaks(move.destination, untilPrepared(whole()))) {
            Outcome sent = move.source.send(link.port());
            assertThat(sent.status()).isEqualTo(125);
            assertThat(sent.message()).contains("--resume " + move.source.token(), "--abort " + move.source.token());
        }
        assertThatThrownBy(() -> move.source.session(1).restore(move.source.image))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining(move.source.token());

        Outcome aborted = move.source.abortSend(move.destination.port(1));
        assertThat(aborted.status()).as(aborted.message()).isZero();
        Outcome received = receiving.outcome();
        assertThat(received.status()).isEqualTo(125);
        assertThat(received.message()).contains("took the VM back");
        assertTakenBack();
    }

    @Test
    void aPreparedDestinationThatHearsOfTheAbortionLaterNeverRuns() throws Exception {
        Session receiver = move.destination.session(0);
        Move.Running receiving = Move.start("destination", receiver::receive);
        try (CuttingProxy link = linkThatBreaks(move.destination, untilPrepared(whole()))) {
            assertThat(move.source.send(link.port()).status()).isEqualTo(125);
            assertThat(move.source.abortSend(link.port()).status()).isZero();
            receiver.requestStop();
            Outcome received = receiving.outcome();
            assertThat(received.status()).as(received.message()).isEqualTo(124);
        }
        Move.Running again = Move.start("destination", move.destination::resumeReceive);
        Outcome told = move.source.resumeSend(move.destination.port(2));
        assertThat(told.status()).isEqualTo(125);
        assertThat(again.outcome().message()).as("%s", move.destination.notices).contains("took the VM back");
        assertThat(move.destination.resumeReceive().message()).contains("took the VM back");
        assertTakenBack();
    }

    /** The VM goes on at the source as if it had never been sent, and nothing of it is left at the destination. */
    private void assertTakenBack() throws Exception {
        assertThat(move.destination.ends()).isZero();
        assertThat(MovingGuest.file(move.destination.root)).isEmpty();
        Outcome restored = move.source.session(1).restore(move.source.image);
        assertThat(restored.status()).as(restored.message()).isEqualTo(MovingGuest.STATUS);
        assertThat(MovingGuest.file(move.source.root)).isEqualTo(MovingGuest.WHOLE);
        assertThat(move.source.output())
                .isEqualTo(MovingGuest.SOURCE_OUTPUT + "yours, guest\ndefghij" + MovingGuest.SOURCE_INPUT);
    }

    @Test
    void afterTheDecisionItCannotBeTakenBack() throws Exception {
        Move.Running receiving = Move.start("destination", move.destination::receive);
        try (CuttingProxy link = linkThatBreaks(move.destination, untilCommitted(whole()))) {
            Outcome sent = move.source.send(link.port());
            assertThat(sent.status()).as(sent.message()).isEqualTo(124);
            assertThat(sent.message()).contains("--resume " + move.source.token());
            assertThatThrownBy(() -> move.source.abortSend(link.port()))
                    .isInstanceOf(VmmException.class)
                    .hasMessageContaining("cannot be aborted");
            assertThatThrownBy(() -> move.source.session(1).restore(move.source.image))
                    .isInstanceOf(VmmException.class);
        }
        assertThat(move.source.resumeSend(move.destination.port(1)).status()).isZero();
        assertThat(receiving.outcome().status()).isEqualTo(MovingGuest.STATUS);
        assertThatThrownBy(() -> move.source.abortSend(1)).isInstanceOf(VmmException.class);
        assertThatThrownBy(() -> move.source.session(1).restore(move.source.image))
                .isInstanceOf(VmmException.class);
        move.assertMovedOnce();
    }

    // -- disturbed ----------------------------------------------------------------------------------------------------

    @Test
    void strangersDoNotSpoilAVmThatIsArriving() throws Exception {
        Move.Running receiving = Move.start("destination", move.destination::receive);
        Fate half = Fate.cut(Direction.TO_DESTINATION, whole().length(Direction.TO_DESTINATION) / 2, Ending.END);
        try (CuttingProxy link = linkThatBreaks(move.destination, half)) {
            assertThat(move.source.send(link.port()).status()).isEqualTo(125);
        }
        int port = move.destination.port(1);
        try (RawPeer stranger = RawPeer.connect(port)) {
            stranger.say("GET / HTTP/1.1\r\n\r\n".getBytes());
            stranger.hearAll();
        }
        try (RawPeer stranger = RawPeer.connect(port)) {
            stranger.say(RawPeer.PREFACE, RawPeer.frame(99, new byte[0]));
            stranger.hearAll();
        }
        Side other = Side.source(directory.resolve("other"));
        assertThat(other.send(port).message()).contains("busy with another migration");

        assertThat(move.source.resumeSend(port).status()).isZero();
        assertThat(receiving.outcome().status()).isEqualTo(MovingGuest.STATUS);
        move.assertMovedOnce();
    }

    // -- led elsewhere ------------------------------------------------------------------------------------------------

    /** Two destinations have prepared the same VM; the decision is one destination's alone. */
    @Test
    void onlyTheDestinationThatWasToldToRunsTheVm() throws Exception {
        Transcript whole = whole();
        Move.Running receiving = Move.start("first destination", move.destination::receive);
        try (CuttingProxy link = linkThatBreaks(move.destination, untilPrepared(whole))) {
            assertThat(move.source.send(link.port()).status()).isEqualTo(125);
        }
        Side second = Side.destination(directory.resolve("second"));
        Move.Running secondReceiving = Move.start("second destination", second::receive);
        // The second one runs the VM, and the source does not hear of it.
        Fate untilRunning =
                Fate.cut(Direction.TO_SOURCE, whole.startOf(Direction.TO_SOURCE, RawPeer.RUNNING) + 3, Ending.END);
        try (CuttingProxy link = linkThatBreaks(second, untilRunning)) {
            assertThat(move.source.resumeSend(link.port()).status()).isEqualTo(124);
        }
        Outcome wrong = move.source.resumeSend(move.destination.port(1));
        assertThat(wrong.status()).as(wrong.message()).isEqualTo(124);
        assertThat(move.destination.ends())
                .as("runs at a destination that was not told to")
                .isZero();

        assertThat(move.source.resumeSend(second.port(1)).status()).isZero();
        assertThat(secondReceiving.outcome().status()).isEqualTo(MovingGuest.STATUS);
        assertThat(second.ends() + move.destination.ends()).isEqualTo(1);
    }
}
