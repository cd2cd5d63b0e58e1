package io.scratchvm.vmm.device;

import io.scratchvm.vmm.memory.IoSpace;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Which device answers at which port, and the wires between them: a PC's, as far as there is one. */
public final class Ports implements IoSpace {
    private static final int TIMER_IRQ = 0, UART_IRQ = 4;

    /** The two interrupt controllers' pairs of ports. */
    private static final int FIRST_PIC = 0x20, SECOND_PIC = 0xa0;

    private static final int PIT_FIRST = 0x40, PIT_LAST = 0x43;
    private static final int SPEAKER = 0x61;
    private static final int KEYBOARD_STATUS = 0x64, FAST_A20 = 0x92;
    /** Address line 20 is always enabled. */
    private static final int A20_ENABLED = 2;

    /** COM1. */
    private static final int UART_FIRST = 0x3f8, UART_LAST = 0x3ff;

    private final Console console;
    private final PicPair pics;
    private final Pit pit;
    private final Uart uart;
    private final EndPorts ends = new EndPorts();

    /** Whether a device's next event may have changed since the VMM last looked. */
    private boolean retimed;

    /** @param now the guest's monotonic clock, in nanoseconds */
    public Ports(Console console, LongSupplier now, UartState uart, InterruptsState interrupts) {
        this.console = console;
        pics = new PicPair(interrupts.firstPic(), interrupts.secondPic());
        pit = new Pit(pics.line(TIMER_IRQ), now, interrupts.timer());
        this.uart = new Uart(console, pics.line(UART_IRQ), now, uart);
    }

    public UartState uartState() {
        return uart.state();
    }

    public InterruptsState interruptsState() {
        return new InterruptsState(pics.firstState(), pics.secondState(), pit.state());
    }

    /** Lets the devices have their moments. */
    public void addTo(Timeline timeline) {
        timeline.add(pit);
        timeline.add(uart);
    }

    // -- interrupts --------------------------------------------------------------------------------------------------

    /** Whether a device asks the CPU for an interrupt. */
    public boolean interrupts() {
        return pics.isPending();
    }

    /** The CPU takes the interrupt; returns its vector. */
    public int acknowledge() {
        return pics.acknowledge();
    }

    /** Whether a timer will interrupt a CPU that does nothing. */
    public boolean willInterrupt() {
        return pit.nextEvent() != Timed.NEVER && pics.wouldAsk(TIMER_IRQ);
    }

    /** Whether input, if there comes any, will interrupt a CPU that does nothing. */
    public boolean waitsForInput() {
        return uart.waitsForInput() && pics.wouldAsk(UART_IRQ);
    }

    /**
     * Waits for input, or its end, and tells the UART.
     *
     * @return whether it ended other than because {@code stop} said so
     */
    public boolean awaitInput(BooleanSupplier stop) {
        boolean came = console.awaitInput(stop);
        uart.look();
        return came;
    }

    /** How the guest has ended the VM since the last call, or null. */
    public GuestEnd takeEnd() {
        return ends.take();
    }

    @Override
    public boolean needsAttention() {
        boolean was = retimed;
        retimed = false;
        return was || ends.isAsked() || pics.isPending();
    }

    // -- ports -------------------------------------------------------------------------------------------------------

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
        ends.write(port, size, value);
        for (int i = 0; i < size; i++) {
            write8(port + i, value >>> 8 * i & 0xff);
        }
    }

    private int read8(int port) {
        if (port >= UART_FIRST && port <= UART_LAST) {
            boolean waited = uart.waitsForInput();
            int value = uart.read(port - UART_FIRST);
            retimed |= !waited && uart.waitsForInput();
            return value;
        }
        if (port >= PIT_FIRST && port <= PIT_LAST) {
            return pit.read(port - PIT_FIRST);
        }
        return switch (port) {
            case FIRST_PIC, FIRST_PIC + 1 -> pics.read(0, port & 1);
            case SECOND_PIC, SECOND_PIC + 1 -> pics.read(1, port & 1);
            case SPEAKER -> pit.readSpeaker();
            case KEYBOARD_STATUS -> 0;
            case FAST_A20 -> A20_ENABLED;
            default -> 0xff;
        };
    }

    private void write8(int port, int value) {
        if (port >= UART_FIRST && port <= UART_LAST) {
            boolean waited = uart.waitsForInput();
            uart.write(port - UART_FIRST, value);
            retimed |= !waited && uart.waitsForInput();
        } else if (port >= PIT_FIRST && port <= PIT_LAST) {
            pit.write(port - PIT_FIRST, value);
            retimed = true;
        } else {
            writeOther(port, value);
        }
    }

    private void writeOther(int port, int value) {
        switch (port) {
            case FIRST_PIC, FIRST_PIC + 1 -> pics.write(0, port & 1, value);
            case SECOND_PIC, SECOND_PIC + 1 -> pics.write(1, port & 1, value);
            case SPEAKER -> pit.writeSpeaker(value);
            default -> {}
        }
    }
}
