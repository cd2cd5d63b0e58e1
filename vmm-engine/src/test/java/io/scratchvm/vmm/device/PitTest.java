package io.scratchvm.vmm.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The 8254 by its data sheet, tick by tick; {@code KernelOnQemuTest} compares it with another implementation. */
class PitTest {
    private final List<Long> interrupts = new ArrayList<>();
    private boolean line;
    private long tick;
    private Pit pit = pit(PitState.RESET);

    private Pit pit(PitState state) {
        return new Pit(
                high -> {
                    if (high && !line) {
                        interrupts.add(tick);
                    }
                    line = high;
                },
                () -> time(tick),
                state);
    }

    private static long time(long tick) {
        return (tick * 1_000_000_000 + Pit.FREQUENCY - 1) / Pit.FREQUENCY;
    }

    /** Lets time pass from event to event. */
    private void passTo(long to) {
        while (pit.nextEvent() <= time(to)) {
            tick = tickOf(pit.nextEvent());
            pit.advance(pit.nextEvent());
        }
        tick = to;
    }

    private static long tickOf(long nanoseconds) {
        return nanoseconds * Pit.FREQUENCY / 1_000_000_000;
    }

    private void program(int channel, int mode, int count) {
        pit.write(3, channel << 6 | 0x30 | mode << 1);
        writeCount(channel, count);
    }

    private void writeCount(int channel, int count) {
        pit.write(channel, count & 0xff);
        pit.write(channel, count >> 8);
    }

    private int count(int channel) {
        pit.write(3, channel << 6);
        return pit.read(channel) | pit.read(channel) << 8;
    }

    private int status(int channel) {
        pit.write(3, 0xe0 | 2 << channel);
        return pit.read(channel);
    }

    @Test
    void doesNothingUntilItIsProgrammed() {
        passTo(1_000_000);
        assertThat(pit.nextEvent()).isEqualTo(Timed.NEVER);
        assertThat(interrupts).isEmpty();
    }

    @Test
    void interruptsOncePerPeriodAsARateGenerator() {
        passTo(10);
        program(0, 2, 1000);
        passTo(3500);
        assertThat(interrupts).containsExactly(1011L, 2011L, 3011L);
    }

    @Test
    void interruptsOncePerPeriodAsASquareWave() {
        program(0, 3, 1001);
        passTo(3500);
        assertThat(interrupts).containsExactly(1002L, 2003L, 3004L);
    }

    @Test
    void interruptsOnceOnTerminalCount() {
        program(0, 0, 1000);
        assertThat(status(0) & 0x80).isZero();
        passTo(5000);
        assertThat(interrupts).containsExactly(1001L);
        assertThat(status(0) & 0x80).isEqualTo(0x80);
    }

    @Test
    void interruptsOnceAfterTheStrobe() {
        program(0, 4, 1000);
        passTo(5000);
        assertThat(interrupts).containsExactly(1002L);
    }

    @Test
    void aCountOfZeroIsTheHighest() {
        program(0, 2, 0);
        passTo(140_000);
        assertThat(interrupts).containsExactly(65_537L, 131_073L);
    }

    @Test
    void countsInDecimal() {
        pit.write(3, 0x35);
        writeCount(0, 0x1234);
        passTo(1 + 1000);
        assertThat(count(0)).isEqualTo(0x234);
        passTo(1 + 2000);
        assertThat(interrupts).containsExactly(1235L);
        assertThat(status(0) & 0x3f).isEqualTo(0x35);
    }

    @Test
    void countsDown() {
        program(2, 0, 1000);
        pit.writeSpeaker(1);
        passTo(101);
        assertThat(count(2)).isEqualTo(900);
        passTo(1002);
        assertThat(count(2)).isEqualTo(0xffff);
        program(0, 3, 1001);
        passTo(1003 + 100);
        assertThat(count(0)).isEqualTo(800);
        passTo(1003 + 501 + 100);
        assertThat(count(0)).isEqualTo(800);
    }

    @Test
    void aLatchedCountStaysUntilItIsRead() {
        program(0, 2, 1000);
        passTo(101);
        pit.write(3, 0);
        passTo(500);
        pit.write(3, 0);
        assertThat(pit.read(0) | pit.read(0) << 8).isEqualTo(900);
        assertThat(pit.read(0) | pit.read(0) << 8).isEqualTo(501);
    }

    @Test
    void aReadBackGivesTheStatusBeforeTheCount() {
        program(0, 2, 1000);
        assertThat(status(0)).isEqualTo(0x80 | 0x40 | 0x34);
        passTo(101);
        pit.write(3, 0xc2);
        passTo(500);
        assertThat(pit.read(0)).isEqualTo(0x80 | 0x34);
        assertThat(pit.read(0) | pit.read(0) << 8).isEqualTo(900);
    }

    @Test
    void aNewRateBeginsWithTheNextPeriod() {
        program(0, 2, 1000);
        passTo(501);
        writeCount(0, 300);
        passTo(2000);
        assertThat(interrupts).containsExactly(1001L, 1301L, 1601L, 1901L);
    }

    @Test
    void aNewSquareWaveBeginsWithTheNextHalf() {
        program(0, 3, 1000);
        passTo(101);
        writeCount(0, 300);
        passTo(1000);
        assertThat(interrupts).as("500 high, then 150 low").containsExactly(651L, 951L);
    }

    @Test
    void halfACountStopsAOneShot() {
        program(0, 0, 1000);
        passTo(500);
        pit.write(0, 100);
        passTo(3000);
        assertThat(interrupts).isEmpty();
        pit.write(0, 0);
        passTo(4000);
        assertThat(interrupts).containsExactly(3101L);
    }

    @Test
    void theSpeakersGateStopsAndStartsChannelTwo() {
        program(2, 0, 1000);
        passTo(500);
        assertThat(pit.readSpeaker() & 0x2f).isZero();
        assertThat(count(2)).isEqualTo(1000);
        pit.writeSpeaker(3);
        passTo(1499);
        assertThat(pit.readSpeaker() & 0x2f).isEqualTo(0x03);
        passTo(1500);
        assertThat(pit.readSpeaker() & 0x2f).isEqualTo(0x23);
        assertThat(interrupts).isEmpty();
    }

    @Test
    void theGateTriggersAOneShot() {
        program(2, 1, 100);
        assertThat(pit.readSpeaker() & 0x20).isEqualTo(0x20);
        pit.writeSpeaker(1);
        passTo(50);
        assertThat(pit.readSpeaker() & 0x20).isZero();
        passTo(101);
        assertThat(pit.readSpeaker() & 0x20).isEqualTo(0x20);
    }

    @Test
    void goesOnFromItsState() {
        program(0, 2, 1000);
        passTo(600);
        writeCount(0, 300);
        pit.write(0, 5);
        pit = pit(pit.state());
        pit.write(0, 1);
        passTo(2000);
        assertThat(interrupts).containsExactly(1001L, 1262L, 1523L, 1784L);
    }
}
