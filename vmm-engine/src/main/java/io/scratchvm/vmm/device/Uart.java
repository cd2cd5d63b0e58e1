package io.scratchvm.vmm.device;

import java.util.function.LongSupplier;

/**
 * A 16550 UART on the console (National Semiconductor PC16550D, section 8). What is sent leaves at once, so the
 * transmitter is always empty. What the console has to give is received when the guest looks, or at the next of the
 * moments at which the UART looks by itself, because the guest waits for an interrupt.
 */
final class Uart implements Timed {
    /** How long what has arrived may wait for its interrupt, in nanoseconds. */
    private static final long ATTENTION = 1_000_000;

    /** Offsets of the registers; the first two are the divisor's while LCR.DLAB is set. */
    private static final int DATA = 0, IER = 1, IIR_FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7;

    private static final int IER_DATA = 1, IER_TRANSMITTER = 2;
    private static final int IIR_NONE = 1, IIR_TRANSMITTER = 2, IIR_DATA = 4, IIR_FIFOS = 0xc0;
    private static final int FCR_ENABLE = 1, FCR_CLEAR_RECEIVER = 2, FCR_CLEAR_TRANSMITTER = 4;
    private static final int LCR_DLAB = 0x80;
    private static final int MCR_LOOPBACK = 0x10;
    private static final int LSR_DATA_READY = 1, LSR_TRANSMITTER_EMPTY = 0x60;
    /** Carrier, data set ready, clear to send. */
    private static final int MSR_CONNECTED = 0xb0;

    private final Console console;
    private final InterruptLine irq;
    private final LongSupplier now;
    private int divisorLow;
    private int divisorHigh;
    private int interruptEnable;
    private int lineControl;
    private int modemControl;
    private int scratch;
    private boolean fifosEnabled;
    private int loopback;
    private boolean transmitterEmpty;

    /** When it looks for input next: a multiple of {@link #ATTENTION}; 0 where it does not, or has not thought of it yet. */
    private long nextLook;

    /** @param now the guest's monotonic clock, in nanoseconds */
    Uart(Console console, InterruptLine irq, LongSupplier now, UartState state) {
        this.console = console;
        this.irq = irq;
        this.now = now;
        divisorLow = state.divisorLow();
        divisorHigh = state.divisorHigh();
        interruptEnable = state.interruptEnable();
        lineControl = state.lineControl();
        modemControl = state.modemControl();
        scratch = state.scratch();
        fifosEnabled = state.fifosEnabled();
        loopback = state.loopback();
        transmitterEmpty = state.transmitterEmpty();
        drive();
    }

    UartState state() {
        return new UartState(
                divisorLow,
                divisorHigh,
                interruptEnable,
                lineControl,
                modemControl,
                scratch,
                fifosEnabled,
                loopback,
                transmitterEmpty);
    }

    // -- interrupts --------------------------------------------------------------------------------------------------

    /** Whether input that arrives would be an interrupt, and there may be some. */
    boolean waitsForInput() {
        return (interruptEnable & IER_DATA) != 0 && !inLoopback() && console.buffered() == 0 && !console.hasEnded();
    }

    @Override
    public long nextEvent() {
        if (!waitsForInput()) {
            return NEVER;
        }
        if (nextLook == 0) {
            nextLook = (now.getAsLong() + ATTENTION - 1) / ATTENTION * ATTENTION;
        }
        return nextLook;
    }

    @Override
    public void advance(long nanoseconds) {
        nextLook = (nanoseconds / ATTENTION + 1) * ATTENTION;
        look();
    }

    /** Asks for an interrupt if there is input now. */
    void look() {
        dataReady();
        drive();
    }

    private void drive() {
        boolean data = inLoopback() ? loopback >= 0 : console.buffered() > 0;
        irq.set((interruptEnable & IER_DATA) != 0 && data
                || (interruptEnable & IER_TRANSMITTER) != 0 && transmitterEmpty);
        if (!waitsForInput()) {
            nextLook = 0;
        }
    }

    // -- registers ---------------------------------------------------------------------------------------------------

    /** Reads register {@code offset}, 0 to 7. */
    int read(int offset) {
        int value = value(offset);
        drive();
        return value;
    }

    private int value(int offset) {
        return switch (offset) {
            case DATA -> divisorLatched() ? divisorLow : receive();
            case IER -> divisorLatched() ? divisorHigh : interruptEnable;
            case IIR_FCR -> identifyInterrupt();
            case LCR -> lineControl;
            case MCR -> modemControl;
            case LSR -> LSR_TRANSMITTER_EMPTY | (dataReady() ? LSR_DATA_READY : 0);
            case MSR -> modemStatus();
            default -> scratch;
        };
    }

    /** Writes register {@code offset}, 0 to 7; {@code value} 0 to 0xff. LSR and MSR cannot be written. */
    void write(int offset, int value) {
        switch (offset) {
            case DATA -> {
                if (divisorLatched()) {
                    divisorLow = value;
                } else {
                    transmit(value);
                }
            }
            case IER -> {
                if (divisorLatched()) {
                    divisorHigh = value;
                } else {
                    enableInterrupts(value & UartState.INTERRUPT_ENABLE);
                }
            }
            case IIR_FCR -> controlFifos(value);
            case LCR -> lineControl = value;
            case MCR -> modemControl = value & UartState.MODEM_CONTROL;
            case SCR -> scratch = value;
            default -> {}
        }
        drive();
    }

    /**
     * Clears FIFOs; both where they are switched on or off. A transmitter that was cleared tells that it is empty, as
     * QEMU's does. What the console has stays there: it was not received yet.
     */
    private void controlFifos(int value) {
        boolean enabled = (value & FCR_ENABLE) != 0;
        boolean switched = enabled != fifosEnabled;
        fifosEnabled = enabled;
        if (switched || (value & FCR_CLEAR_RECEIVER) != 0) {
            loopback = -1;
        }
        transmitterEmpty |= switched || (value & FCR_CLEAR_TRANSMITTER) != 0;
    }

    private boolean divisorLatched() {
        return (lineControl & LCR_DLAB) != 0;
    }

    private boolean inLoopback() {
        return (modemControl & MCR_LOOPBACK) != 0;
    }

    private boolean dataReady() {
        return inLoopback() ? loopback >= 0 : console.poll();
    }

    private int receive() {
        if (!dataReady()) {
            return 0;
        }
        if (inLoopback()) {
            int value = loopback;
            loopback = -1;
            return value;
        }
        byte[] one = new byte[1];
        console.peek(one, 0, 1);
        console.consume(1);
        return one[0] & 0xff;
    }

    /** For as long as the byte takes to leave, the transmitter asks for no interrupt. */
    private void transmit(int value) {
        transmitterEmpty = false;
        drive();
        if (inLoopback()) {
            loopback = value;
        } else {
            console.put(value);
        }
        transmitterEmpty = true;
    }

    private void enableInterrupts(int value) {
        transmitterEmpty |= (value & ~interruptEnable & IER_TRANSMITTER) != 0;
        interruptEnable = value;
        if (waitsForInput()) {
            dataReady();
        }
    }

    /** The cause of highest priority; naming the transmitter's takes it back. */
    private int identifyInterrupt() {
        int fifos = fifosEnabled ? IIR_FIFOS : 0;
        if ((interruptEnable & IER_DATA) != 0 && dataReady()) {
            return fifos | IIR_DATA;
        }
        if ((interruptEnable & IER_TRANSMITTER) != 0 && transmitterEmpty) {
            transmitterEmpty = false;
            return fifos | IIR_TRANSMITTER;
        }
        return fifos | IIR_NONE;
    }

    /** In loopback, RTS, DTR, OUT1 and OUT2 come back as CTS, DSR, RI and DCD. */
    private int modemStatus() {
        if (!inLoopback()) {
            return MSR_CONNECTED;
        }
        return (modemControl & 2) << 3 | (modemControl & 1) << 5 | (modemControl & 0xc) << 4;
    }
}
