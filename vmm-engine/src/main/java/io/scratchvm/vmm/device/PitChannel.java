package io.scratchvm.vmm.device;

/**
 * A counter of the 8254. Nothing is done at each tick: its count and its output follow from the tick at which it was
 * loaded. A count that is written at tick t is loaded at t + 1, as the data sheet has it.
 */
final class PitChannel {
    static final long NEVER = Long.MAX_VALUE;

    private static final int STATUS_OUT = 0x80, STATUS_NULL_COUNT = 0x40;

    private int mode;
    private boolean bcd;
    private int access;
    private int reload;
    private int nextReload;
    private long switchTick;
    private boolean running;
    private long start;
    private int held;
    private boolean gate;
    private int lowByte;
    private boolean highNext;
    private int latchedCount;
    private int latchedStatus;

    PitChannel(PitState.Channel state) {
        mode = state.mode();
        bcd = state.bcd();
        access = state.access();
        reload = state.reload();
        nextReload = state.nextReload();
        switchTick = state.switchTick();
        running = state.running();
        start = state.start();
        held = state.held();
        gate = state.gate();
        lowByte = state.lowByte();
        highNext = state.highNext();
        latchedCount = state.latchedCount();
        latchedStatus = state.latchedStatus();
    }

    PitState.Channel state() {
        return new PitState.Channel(
                mode,
                bcd,
                access,
                reload,
                nextReload,
                switchTick,
                running,
                start,
                held,
                gate,
                lowByte,
                highNext,
                latchedCount,
                latchedStatus);
    }

    // -- counting ----------------------------------------------------------------------------------------------------

    private boolean isPeriodic() {
        return mode == 2 || mode == 3;
    }

    private boolean isTriggeredByGate() {
        return mode == 1 || mode == 5;
    }

    /** Ticks since the count was loaded; negative before. */
    private long elapsed(long tick) {
        return held >= 0 ? held : tick - start;
    }

    /** Ticks that the output of mode 3 is high for in each period of {@code count}. */
    private static int high(int count) {
        return (count + 1) / 2;
    }

    /** The output. */
    boolean out(long tick) {
        if (!running || isPeriodic() && !gate) {
            return mode != 0;
        }
        long elapsed = elapsed(tick);
        return switch (mode) {
            case 0 -> elapsed >= reload;
            case 1 -> elapsed < 0 || elapsed >= reload;
            case 2 -> elapsed < 0 || elapsed % reload != reload - 1;
            case 3 -> elapsed < 0 || elapsed % reload < high(reload);
            default -> elapsed != reload;
        };
    }

    /** The first tick after {@code tick} at which the output rises as things are, or {@link #NEVER}. */
    private long nextRise(long tick) {
        if (!running || held >= 0 || isPeriodic() && !gate) {
            return NEVER;
        }
        if (isPeriodic()) {
            return start + (Math.max(0, tick - start) / reload + 1) * reload;
        }
        long rise = start + reload + (mode >= 4 ? 1 : 0);
        return rise > tick ? rise : NEVER;
    }

    /** The first tick after {@code tick} at which {@link #pass} has something to do, or {@link #NEVER}. */
    long nextChange(long tick) {
        long rise = nextRise(tick);
        return isSwitching() ? Math.min(rise, Math.max(switchTick, tick + 1)) : rise;
    }

    private boolean isSwitching() {
        return nextReload != 0 && isPeriodic();
    }

    /** Lets the ticks after {@code from} up to {@code to} pass and says whether the output rose in one of them. */
    boolean pass(long from, long to) {
        boolean rises = nextRise(from) <= to;
        if (isSwitching() && to >= switchTick) {
            boolean inLow = mode == 3 && !out(switchTick);
            reload = nextReload;
            nextReload = 0;
            start = Math.max(0, switchTick - (inLow ? high(reload) : 0));
        }
        return rises;
    }

    private int count(long tick) {
        long elapsed = elapsed(tick);
        if (!running || elapsed < 0) {
            return reload;
        }
        return switch (mode) {
            case 2 -> (int) (reload - elapsed % reload);
            case 3 -> byTwos((int) (elapsed % reload));
            default -> (int) Math.floorMod(reload - elapsed, (long) most());
        };
    }

    /** In mode 3 each half of the period counts all the way down, two at a time. */
    private int byTwos(int inPeriod) {
        int inHalf = inPeriod < high(reload) ? inPeriod : inPeriod - high(reload);
        return (reload & ~1) - 2 * inHalf;
    }

    private int most() {
        return bcd ? 10_000 : PitState.MOST;
    }

    // -- gate --------------------------------------------------------------------------------------------------------

    boolean gate() {
        return gate;
    }

    void setGate(boolean high, long tick) {
        boolean rises = high && !gate;
        boolean falls = !high && gate;
        gate = high;
        if (isPeriodic() || isTriggeredByGate()) {
            if (rises && reload != 0) {
                trigger(tick);
            }
        } else if (running && falls) {
            held = (int) Math.min(Math.max(0, elapsed(tick)), Integer.MAX_VALUE);
        } else if (running && rises) {
            start = Math.max(start, tick - held);
            held = -1;
        }
    }

    private void trigger(long tick) {
        if (nextReload != 0) {
            reload = nextReload;
            nextReload = 0;
        }
        load(tick);
    }

    private void load(long tick) {
        running = true;
        start = tick + 1;
        held = -1;
    }

    // -- writing -----------------------------------------------------------------------------------------------------

    /** A control word for this counter that chooses access, mode and number system. */
    void control(int word) {
        int chosen = word >> 1 & 7;
        mode = chosen > 5 ? chosen & 3 : chosen;
        access = word >> 4 & 3;
        bcd = (word & 1) != 0;
        reload = 0;
        nextReload = 0;
        running = false;
        held = -1;
        lowByte = -1;
        highNext = false;
        latchedCount = -1;
        latchedStatus = -1;
    }

    void write(int value, long tick) {
        if (access == 3 && lowByte < 0) {
            lowByte = value;
            if (mode == 0) {
                running = false;
            }
            return;
        }
        int written = access == 1 ? value : value << 8 | Math.max(0, lowByte);
        lowByte = -1;
        setCount(counts(written), tick);
    }

    /** What a written number stands for. */
    private int counts(int written) {
        int count = written;
        if (bcd) {
            count = 0;
            for (int shift = 12; shift >= 0; shift -= 4) {
                count = count * 10 + (written >> shift & 15);
            }
        }
        return count == 0 ? most() : count;
    }

    private void setCount(int count, long tick) {
        boolean counts = running && elapsed(tick) >= 0;
        if (counts && isPeriodic() && gate) {
            nextReload = count;
            switchTick = endOfCycle(tick);
        } else if (running && isTriggeredByGate()) {
            nextReload = count;
        } else {
            reload = count;
            nextReload = 0;
            if (!isTriggeredByGate()) {
                load(tick);
                held = gate || isPeriodic() ? -1 : 0;
            }
        }
    }

    /** The end of the period, in mode 3 of its half, in which {@code tick} lies. */
    private long endOfCycle(long tick) {
        long inPeriod = (tick - start) % reload;
        boolean firstHalf = mode == 3 && inPeriod < high(reload);
        return tick - inPeriod + (firstHalf ? high(reload) : reload);
    }

    // -- reading -----------------------------------------------------------------------------------------------------

    /** Keeps the count for the next read, unless one is kept already. */
    void latchCount(long tick) {
        if (latchedCount < 0) {
            latchedCount = shown(count(tick));
        }
    }

    /** Keeps the status for the next read, unless one is kept already. */
    void latchStatus(long tick) {
        if (latchedStatus < 0) {
            boolean nullCount = !running || elapsed(tick) < 0 || nextReload != 0;
            latchedStatus = (out(tick) ? STATUS_OUT : 0)
                    | (nullCount ? STATUS_NULL_COUNT : 0)
                    | access << 4
                    | mode << 1
                    | (bcd ? 1 : 0);
        }
    }

    int read(long tick) {
        if (latchedStatus >= 0) {
            int status = latchedStatus;
            latchedStatus = -1;
            return status;
        }
        int value = latchedCount >= 0 ? latchedCount : shown(count(tick));
        boolean high = access == 2 || access == 3 && highNext;
        highNext = access == 3 && !highNext;
        if (!highNext) {
            latchedCount = -1;
        }
        return high ? value >> 8 : value & 0xff;
    }

    /** A count as it is read. */
    private int shown(int count) {
        if (!bcd) {
            return count & 0xffff;
        }
        return count % 10 | count / 10 % 10 << 4 | count / 100 % 10 << 8 | count / 1000 % 10 << 12;
    }
}
