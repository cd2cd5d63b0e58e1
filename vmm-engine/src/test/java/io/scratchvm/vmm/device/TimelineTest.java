package io.scratchvm.vmm.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.host.DirectoryHost;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelineTest {
    @TempDir
    Path root;

    private final List<String> happened = new ArrayList<>();

    /** Happens every {@code period} nanoseconds. */
    private final class Every implements Timed {
        private final long period;
        private long next;

        Every(long period) {
            this.period = period;
            this.next = period;
        }

        @Override
        public long nextEvent() {
            return next;
        }

        @Override
        public void advance(long now) {
            happened.add(period + " at " + now);
            next = (now / period + 1) * period;
        }
    }

    private Clock clock(TimeSource source) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        return new Clock(
                source,
                new DirectoryHost(root, new ByteArrayInputStream(new byte[0]), output, output),
                ClockState.INITIAL);
    }

    private Timeline timeline(Clock clock, long... periods) {
        Timeline timeline = new Timeline(clock);
        for (long period : periods) {
            timeline.add(new Every(period));
        }
        return timeline;
    }

    @Test
    void nothingEverHappensOnAnEmptyOne() throws Exception {
        Timeline timeline = timeline(clock(TimeSource.VIRTUAL));
        timeline.advance(1000);
        assertThat(timeline.nextEvent()).isEqualTo(Timed.NEVER);
        assertThat(timeline.nextCount(1000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void eachEventHappensAtItsInstructionAndInOrder() throws Exception {
        Timeline timeline = timeline(clock(TimeSource.VIRTUAL), 300, 200);
        for (long count = 0; count < 700; count = timeline.nextCount(count)) {
            timeline.advance(count);
        }
        assertThat(happened).containsExactly("200 at 200", "300 at 300", "200 at 400", "300 at 600", "200 at 600");
    }

    @Test
    void whatIsOverdueHappensBeforeTheNextInstruction() throws Exception {
        Timeline timeline = timeline(clock(TimeSource.VIRTUAL), 300);
        assertThat(timeline.nextCount(1000)).isEqualTo(1000);
        timeline.advance(1000);
        assertThat(timeline.nextCount(1000)).isEqualTo(1200);
    }

    @Test
    void virtualTimeIsSleptAwayAtOnce() throws Exception {
        Clock clock = clock(TimeSource.VIRTUAL);
        Timeline timeline = timeline(clock, 3_600_000_000_000L);
        assertThat(timeline.sleep(5, () -> true)).isTrue();
        assertThat(clock.monotonic(5)).isEqualTo(3_600_000_000_000L);
        timeline.advance(5);
        assertThat(happened).containsExactly("3600000000000 at 3600000000000");
    }

    @Test
    void theHostsTimeIsLookedAtAgainAndAgain() throws Exception {
        Clock clock = clock(TimeSource.HOST);
        Timeline timeline = timeline(clock, 2_000_000);
        assertThat(timeline.nextCount(10)).isBetween(10L, 10L + (1 << 14));
        assertThat(timeline.sleep(10, () -> false)).isTrue();
        assertThat(clock.monotonic(10)).isGreaterThanOrEqualTo(2_000_000);
        assertThat(timeline(clock, 3_600_000_000_000L).sleep(10, () -> true)).isFalse();
    }
}
