package io.scratchvm.vmm.device;

/**
 * An 8259A interrupt controller (Intel data sheet 231468), its inputs edge-triggered. As in the PC's chipsets, an edge
 * is remembered even if its line falls before it is acknowledged.
 */
final class Pic {
    private static final int INPUTS = 8;
    /** The vector offset of an acknowledgement that finds no request. */
    private static final int SPURIOUS = 7;

    /** Bits of the first byte of a sequence: which kind of command word it is. */
    private static final int ICW1 = 0x10, OCW3 = 0x08;

    private static final int ICW1_FOURTH = 1, ICW1_SINGLE = 2;
    private static final int ICW4_AUTO_END = 2, ICW4_FULLY_NESTED = 0x10;
    private static final int OCW3_READS_IN_SERVICE = 1,
            OCW3_CHOOSES_STATUS = 2,
            OCW3_POLL = 4,
            OCW3_SPECIAL_MASK = 0x20,
            OCW3_SETS_SPECIAL_MASK = 0x40;
    private static final int POLL_FOUND = 0x80;

    /** The input at which another controller stands, or -1. */
    private final int cascade;

    private int requests;
    private int inService;
    private int mask;
    private int lines;
    private int base;
    private int lowest;
    private boolean readsInService;
    private boolean polls;
    private boolean specialMask;
    private boolean autoEnd;
    private boolean rotates;
    private boolean fullyNested;
    private int next;
    private boolean single;
    private boolean fourth;

    Pic(PicState state, int cascade) {
        this.cascade = cascade;
        requests = state.requests();
        inService = state.inService();
        mask = state.mask();
        lines = state.lines();
        base = state.base();
        lowest = state.lowest();
        readsInService = state.readsInService();
        polls = state.polls();
        specialMask = state.specialMask();
        autoEnd = state.autoEnd();
        rotates = state.rotates();
        fullyNested = state.fullyNested();
        next = state.next();
        single = state.single();
        fourth = state.fourth();
    }

    PicState state() {
        return new PicState(
                requests,
                inService,
                mask,
                lines,
                base,
                lowest,
                readsInService,
                polls,
                specialMask,
                autoEnd,
                rotates,
                fullyNested,
                next,
                single,
                fourth);
    }

    // -- requests ----------------------------------------------------------------------------------------------------

    /** Drives an input; a rising edge is a request. */
    void set(int input, boolean high) {
        int bit = 1 << input;
        if (high && (lines & bit) == 0) {
            requests |= bit;
        }
        lines = high ? lines | bit : lines & ~bit;
    }

    /** Whether it asks for an interrupt. */
    boolean isPending() {
        return pending(requests) >= 0;
    }

    /** Whether it would ask for an interrupt if {@code input} rose. */
    boolean wouldAsk(int input) {
        return pending(requests | 1 << input) >= 0;
    }

    /** The input that is to be served next, were these the requests; -1 for none. */
    private int pending(int requests) {
        if ((requests & ~mask) == 0) {
            return -1;
        }
        int blocking = specialMask ? inService & ~mask : inService;
        if (fullyNested && cascade >= 0) {
            blocking &= ~(1 << cascade);
        }
        for (int n = 1; n <= INPUTS; n++) {
            int input = lowest + n & 7;
            if ((blocking >> input & 1) != 0) {
                return -1;
            }
            if (((requests & ~mask) >> input & 1) != 0) {
                return input;
            }
        }
        return -1;
    }

    /** Answers the CPU's acknowledgement: the input that is now served, or {@link #SPURIOUS}. */
    int acknowledge() {
        int input = pending(requests);
        if (input < 0) {
            return SPURIOUS;
        }
        requests &= ~(1 << input);
        if (!autoEnd) {
            inService |= 1 << input;
        } else if (rotates) {
            lowest = input;
        }
        return input;
    }

    int vector(int input) {
        return base + input;
    }

    // -- ports -------------------------------------------------------------------------------------------------------

    /** Reads the port of address 0 or 1. */
    int read(int address) {
        if (polls) {
            polls = false;
            return isPending() ? POLL_FOUND | acknowledge() : 0;
        }
        if (address == 1) {
            return mask;
        }
        return readsInService ? inService : requests;
    }

    /** Writes the port of address 0 or 1. */
    void write(int address, int value) {
        if (address == 1) {
            writeData(value);
        } else if ((value & ICW1) != 0) {
            initialize(value);
        } else if ((value & OCW3) != 0) {
            choose(value);
        } else {
            endInterrupt(value >> 5, value & 7);
        }
    }

    private void initialize(int word) {
        requests = 0;
        inService = 0;
        mask = 0;
        lowest = 7;
        readsInService = false;
        polls = false;
        specialMask = false;
        autoEnd = false;
        rotates = false;
        fullyNested = false;
        single = (word & ICW1_SINGLE) != 0;
        fourth = (word & ICW1_FOURTH) != 0;
        next = 2;
    }

    /** An initialisation word while one is due, else the mask. */
    private void writeData(int value) {
        switch (next) {
            case 0 -> mask = value;
            case 2 -> {
                base = value & 0xf8;
                next = single ? afterThird() : 3;
            }
            // The wiring that it tells of is the PC's.
            case 3 -> next = afterThird();
            default -> {
                autoEnd = (value & ICW4_AUTO_END) != 0;
                fullyNested = (value & ICW4_FULLY_NESTED) != 0;
                next = 0;
            }
        }
    }

    private int afterThird() {
        return fourth ? 4 : 0;
    }

    /** OCW3. */
    private void choose(int word) {
        polls = (word & OCW3_POLL) != 0;
        if ((word & OCW3_CHOOSES_STATUS) != 0) {
            readsInService = (word & OCW3_READS_IN_SERVICE) != 0;
        }
        if ((word & OCW3_SETS_SPECIAL_MASK) != 0) {
            specialMask = (word & OCW3_SPECIAL_MASK) != 0;
        }
    }

    /** OCW2: its command, and the input that it may name. */
    private void endInterrupt(int command, int input) {
        switch (command) {
            case 0, 4 -> rotates = command == 4;
            case 1 -> end(served());
            case 5 -> {
                int ended = served();
                end(ended);
                lowest = ended < 0 ? lowest : ended;
            }
            case 3 -> end(input);
            case 6 -> lowest = input;
            case 7 -> {
                end(input);
                lowest = input;
            }
            default -> {}
        }
    }

    private void end(int input) {
        if (input >= 0) {
            inService &= ~(1 << input);
        }
    }

    /** The input of highest priority that is in service, but for those that special mask mode hides; -1 for none. */
    private int served() {
        int visible = specialMask ? inService & ~mask : inService;
        for (int n = 1; n <= INPUTS; n++) {
            int input = lowest + n & 7;
            if ((visible >> input & 1) != 0) {
                return input;
            }
        }
        return -1;
    }
}
