package io.scratchvm.vmm.linux.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is pending, in which order it is taken (signal(7)), and that it is bounded. */
class PendingSignalsTest {
    private static final int FIRST_REAL_TIME = 32;
    private static final long ALL = -1;

    private final PendingSignals pending = new PendingSignals(List.of());

    private static SignalInfo queued(int signal, long value) {
        return new SignalInfo(signal, 0, SignalInfo.SI_QUEUE, List.of(0L, value, 0L, 0L));
    }

    @Test
    void aStandardSignalIsPendingOnce() {
        pending.add(queued(10, 1));
        pending.add(queued(10, 2));
        assertThat(pending.take(ALL)).isEqualTo(queued(10, 1));
        assertThat(pending.take(ALL)).isNull();
        assertThat(pending.set()).isZero();
    }

    @Test
    void realTimeSignalsQueueUpAndTheLowestComesFirst() {
        pending.add(queued(40, 1));
        pending.add(queued(34, 2));
        pending.add(queued(40, 3));
        pending.add(queued(34, 4));
        assertThat(List.of(pending.take(ALL), pending.take(ALL), pending.take(ALL), pending.take(ALL)))
                .containsExactly(queued(34, 2), queued(34, 4), queued(40, 1), queued(40, 3));
    }

    @Test
    void whatAnInstructionCausedComesBeforeAll() {
        pending.add(queued(1, 1));
        pending.add(queued(Signals.SIGSEGV, 2));
        assertThat(pending.take(ALL).signal()).isEqualTo(Signals.SIGSEGV);
    }

    @Test
    void onlyTheSignalsThatAreAskedForAreTaken() {
        pending.add(queued(1, 1));
        pending.add(queued(2, 2));
        assertThat(pending.take(Signals.bit(2))).isEqualTo(queued(2, 2));
        assertThat(pending.take(Signals.bit(2))).isNull();
        assertThat(pending.set()).isEqualTo(Signals.bit(1));
    }

    @Test
    void theQueueIsBoundedAndStandardSignalsGetThroughAllTheSame() {
        for (int i = 0; i < PendingSignals.MOST; i++) {
            assertThat(pending.add(queued(FIRST_REAL_TIME + i % 3, i))).isTrue();
        }
        assertThat(pending.add(queued(FIRST_REAL_TIME, 0))).isFalse();
        assertThat(pending.add(queued(15, 0))).isTrue();
        assertThat(pending.add(SignalInfo.byProcess(FIRST_REAL_TIME + 5, SignalInfo.SI_USER, 1)))
                .isTrue();
        assertThat(pending.state()).hasSize(PendingSignals.MOST + 2);
        assertThat(new PendingSignals(pending.state()).state()).isEqualTo(pending.state());
    }
}
