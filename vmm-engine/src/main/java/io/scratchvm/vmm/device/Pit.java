package io.scratchvm.vmm.device;

import java.util.List;
import java.util.function.LongSupplier;

/**
 * An 8254 programmable interval timer (Intel data sheet 231164) as it sits in a PC: channel 0 is IRQ 0, channel 2 is the
 * speaker's and has its gate at port 0x61. Its ticks are those of the guest's clock.
 */
final class Pit implements Timed {
    /** Ticks a second: a third of the NTSC colour subcarrier. */
    static final long FREQUENCY = 1_193_182;

    private static final long SECOND = 1_000_000_000;
    /** Half the period of the bit of port 0x61 that told of memory refreshes, in nanoseconds. */
    private static final long REFRESH = 15_085;

    private static final int CONTROL = 3;
    private static final int READ_BACK_KEEPS_COUNT = 0x20, READ_BACK_KEEPS_STATUS = 0x10;
    private static final int SPEAKER_GATE = 1, SPEAKER_DATA = 2, REFRESHES = 0x10, SPEAKER_OUT = 0x20;

    private final InterruptLine irq;
    private final LongSupplier now;
    private final PitChannel[] counters = new PitChannel[3];
    private boolean speaker;
    private long handled;

    /** @param now the guest's monotonic clock, in nanoseconds */
    Pit(InterruptLine irq, LongSupplier now, PitState state) {
        this.irq = irq;
        this.now = now;
        for (int i = 0; i < counters.length; i++) {
            counters[i] = new PitChannel(state.channels().get(i));
        }
        speaker = state.speaker();
        handled = state.handled();
    }

    PitState state() {
        return new PitState(List.of(counters[0].state(), counters[1].state(), counters[2].state()), speaker, handled);
    }

    // -- time --------------------------------------------------------------------------------------------------------

    private static long tick(long nanoseconds) {
        return nanoseconds / SECOND * FREQUENCY + nanoseconds % SECOND * FREQUENCY / SECOND;
    }

    /** The first nanosecond of a tick. */
    private static long time(long tick) {
        return tick / FREQUENCY * SECOND + (tick % FREQUENCY * SECOND + FREQUENCY - 1) / FREQUENCY;
    }

    @Override
    public long nextEvent() {
        long tick = counters[0].nextChange(handled);
        return tick > PitState.LAST_TICK ? NEVER : time(tick);
    }

    @Override
    public void advance(long nanoseconds) {
        long tick = tick(nanoseconds);
        if (counters[0].pass(handled, tick)) {
            interrupt();
        }
        handled = tick;
    }

    private void interrupt() {
        irq.set(false);
        irq.set(true);
    }

    /** The present tick; what was due before it has happened. */
    private long present() {
        long nanoseconds = now.getAsLong();
        advance(nanoseconds);
        return tick(nanoseconds);
    }

    // -- ports -------------------------------------------------------------------------------------------------------

    /** Reads port 0x40 + {@code offset}, 0 to 3. */
    int read(int offset) {
        return offset == CONTROL ? 0xff : at(offset, present()).read(handled);
    }

    /** Writes port 0x40 + {@code offset}, 0 to 3. */
    void write(int offset, int value) {
        long tick = present();
        boolean before = counters[0].out(tick);
        if (offset == CONTROL) {
            control(value, tick);
        } else {
            at(offset, tick).write(value, tick);
        }
        if (!before && counters[0].out(tick)) {
            interrupt();
        }
    }

    /** A channel as it is at {@code tick}. Channel 0 is followed by events, the others when they are looked at. */
    private PitChannel at(int channel, long tick) {
        if (channel != 0) {
            counters[channel].pass(tick, tick);
        }
        return counters[channel];
    }

    private void control(int word, long tick) {
        int channel = word >> 6;
        if (channel == CONTROL) {
            readBack(word, tick);
        } else if ((word >> 4 & 3) == 0) {
            at(channel, tick).latchCount(tick);
        } else {
            at(channel, tick).control(word);
        }
    }

    private void readBack(int word, long tick) {
        for (int channel = 0; channel < counters.length; channel++) {
            if ((word >> channel + 1 & 1) != 0) {
                if ((word & READ_BACK_KEEPS_COUNT) == 0) {
                    at(channel, tick).latchCount(tick);
                }
                if ((word & READ_BACK_KEEPS_STATUS) == 0) {
                    at(channel, tick).latchStatus(tick);
                }
            }
        }
    }

    /** Reads port 0x61. */
    int readSpeaker() {
        PitChannel channel = at(2, present());
        return (channel.gate() ? SPEAKER_GATE : 0)
                | (speaker ? SPEAKER_DATA : 0)
                | (now.getAsLong() / REFRESH % 2 == 0 ? 0 : REFRESHES)
                | (channel.out(handled) ? SPEAKER_OUT : 0);
    }

    /** Writes port 0x61. */
    void writeSpeaker(int value) {
        at(2, present()).setGate((value & SPEAKER_GATE) != 0, handled);
        speaker = (value & SPEAKER_DATA) != 0;
    }
}
