package io.scratchvm.vmm.device;

import java.util.List;

/**
 * What is saved of a {@link Pit}. Times are in ticks of its clock since the VM was created.
 *
 * @param channels three
 * @param speaker the bit of port 0x61 that lets channel 2 sound
 * @param handled the tick up to which the interrupts of channel 0 were sent
 */
public record PitState(List<Channel> channels, boolean speaker, long handled) {
    /** More than the clock's latest moment is. */
    static final long LAST_TICK = 1L << 53;

    /** The highest count, as written by 0. */
    static final int MOST = 0x10000;

    /** Nothing programmed: no channel counts. */
    public static final PitState RESET =
            new PitState(List.of(Channel.reset(true), Channel.reset(true), Channel.reset(false)), false, 0);

    public PitState {
        channels = List.copyOf(channels);
        require(channels.size() == 3 && isTick(handled));
    }

    /**
     * One counter.
     *
     * @param mode 0 to 5
     * @param bcd whether it counts in decimal
     * @param access which bytes of a count pass its port: 1 the low, 2 the high, 3 first the low, then the high
     * @param reload the count that it starts from, 1 to 0x10000; 0 before one was written
     * @param nextReload the count that takes its place at {@code switchTick}, or at the next trigger; 0 for none
     * @param switchTick see there
     * @param running whether it counts, or would but for its gate
     * @param start the tick at which it was at {@code reload}
     * @param held the ticks that it had counted when its gate fell; -1 where it goes on
     * @param gate its gate input
     * @param lowByte the first byte of a count that is being written, -1 for none
     * @param highNext whether the high byte is read next
     * @param latchedCount what is read before the count itself, -1 for nothing
     * @param latchedStatus what is read before that, -1 for nothing
     */
    public record Channel(
            int mode,
            boolean bcd,
            int access,
            int reload,
            int nextReload,
            long switchTick,
            boolean running,
            long start,
            int held,
            boolean gate,
            int lowByte,
            boolean highNext,
            int latchedCount,
            int latchedStatus) {
        public Channel {
            require(mode >= 0 && mode <= 5 && access >= 1 && access <= 3);
            require(reload >= (running ? 1 : 0) && reload <= MOST && nextReload >= 0 && nextReload <= MOST);
            require(isTick(switchTick) && isTick(start) && held >= -1);
            require(lowByte >= -1 && lowByte <= 0xff && latchedStatus >= -1 && latchedStatus <= 0xff);
            require(latchedCount >= -1 && latchedCount <= 0xffff);
        }

        private static Channel reset(boolean gate) {
            return new Channel(3, false, 3, 0, 0, 0, false, 0, -1, gate, -1, false, -1, -1);
        }
    }

    private static boolean isTick(long tick) {
        return tick >= 0 && tick <= LAST_TICK;
    }

    private static void require(boolean rule) {
        if (!rule) {
            throw new IllegalArgumentException("registers that no timer comes to");
        }
    }
}
