package io.scratchvm.vmm.device;

/** The PC's two 8259A: the second one's output is the first one's input 2, so there are the lines IRQ 0 to 15. */
final class PicPair {
    private static final int CASCADE = 2;
    private static final int INPUTS = 8;

    private final Pic first;
    private final Pic second;

    PicPair(PicState first, PicState second) {
        this.first = new Pic(first, CASCADE);
        this.second = new Pic(second, -1);
    }

    PicState firstState() {
        return first.state();
    }

    PicState secondState() {
        return second.state();
    }

    /** The wire of an IRQ, 0 to 15. */
    InterruptLine line(int irq) {
        return high -> set(irq, high);
    }

    private void set(int irq, boolean high) {
        if (irq < INPUTS) {
            first.set(irq, high);
        } else {
            second.set(irq - INPUTS, high);
            passOn();
        }
    }

    private void passOn() {
        first.set(CASCADE, second.isPending());
    }

    /** Whether the CPU is asked for an interrupt. */
    boolean isPending() {
        return first.isPending();
    }

    /** Whether the CPU would be asked for an interrupt if an IRQ of the first controller rose. */
    boolean wouldAsk(int irq) {
        return first.wouldAsk(irq);
    }

    /** The CPU takes the interrupt; returns its vector. */
    int acknowledge() {
        int input = first.acknowledge();
        if (input != CASCADE) {
            return first.vector(input);
        }
        int vector = second.vector(second.acknowledge());
        passOn();
        return vector;
    }

    /** Reads the first (0) or second (1) controller's port of address 0 or 1. */
    int read(int controller, int address) {
        if (controller == 0) {
            return first.read(address);
        }
        int value = second.read(address);
        passOn();
        return value;
    }

    /** Writes the first (0) or second (1) controller's port of address 0 or 1. */
    void write(int controller, int address, int value) {
        if (controller == 0) {
            first.write(address, value);
        } else {
            second.write(address, value);
            passOn();
        }
    }
}
