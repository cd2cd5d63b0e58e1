package io.scratchvm.vmm.device;

/**
 * What is saved of a {@link Uart}: its registers, 0 to 0xff each.
 *
 * @param loopback the byte sent to itself in loopback mode, -1 if there is none
 * @param transmitterEmpty whether the interrupt "transmitter empty" is identified and was not yet read
 */
public record UartState(
        int divisorLow,
        int divisorHigh,
        int interruptEnable,
        int lineControl,
        int modemControl,
        int scratch,
        boolean fifosEnabled,
        int loopback,
        boolean transmitterEmpty) {
    /** After reset: 115200 baud, 8N1 not yet chosen. */
    public static final UartState RESET = new UartState(1, 0, 0, 0, 0, 0, false, -1, false);

    /** The bits that there are of IER and MCR. */
    static final int INTERRUPT_ENABLE = 0xf, MODEM_CONTROL = 0x1f;

    public UartState {
        boolean bytes = isIn(0xff, divisorLow) && isIn(0xff, divisorHigh) && isIn(0xff, lineControl);
        boolean registers = bytes && isIn(0xff, scratch) && isIn(INTERRUPT_ENABLE, interruptEnable);
        if (!registers || !isIn(MODEM_CONTROL, modemControl) || loopback != -1 && !isIn(0xff, loopback)) {
            throw new IllegalArgumentException("registers that no UART comes to");
        }
    }

    private static boolean isIn(int mask, int value) {
        return (value & ~mask) == 0;
    }
}
