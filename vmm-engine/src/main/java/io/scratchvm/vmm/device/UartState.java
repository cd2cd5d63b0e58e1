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
}
