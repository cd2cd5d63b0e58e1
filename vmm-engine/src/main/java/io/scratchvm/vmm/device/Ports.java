package io.scratchvm.vmm.device;

import io.scratchvm.vmm.memory.IoSpace;

/** Which device answers at which port. */
public final class Ports implements IoSpace {
    /** COM1. */
    private static final int UART_FIRST = 0x3f8, UART_LAST = 0x3ff;

    private final Uart uart;

    public Ports(Console console, UartState state) {
        uart = new Uart(console, state);
    }

    public Ports(Console console) {
        this(console, UartState.RESET);
    }

    public UartState uartState() {
        return uart.state();
    }

    /** A wide access is one of bytes at successive ports, as an 8-bit device on an ISA bus sees it. */
    @Override
    public int read(int port, int size) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            value |= read8(port + i) << 8 * i;
        }
        return value;
    }

    @Override
    public void write(int port, int size, int value) {
        for (int i = 0; i < size; i++) {
            write8(port + i, value >>> 8 * i & 0xff);
        }
    }

    private int read8(int port) {
        return isUart(port) ? uart.read(port - UART_FIRST) : 0xff;
    }

    private void write8(int port, int value) {
        if (isUart(port)) {
            uart.write(port - UART_FIRST, value);
        }
    }

    private static boolean isUart(int port) {
        return port >= UART_FIRST && port <= UART_LAST;
    }
}
