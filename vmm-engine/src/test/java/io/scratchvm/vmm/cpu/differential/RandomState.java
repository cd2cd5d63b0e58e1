package io.scratchvm.vmm.cpu.differential;

import io.scratchvm.vmm.cpu.interpreter.FloatingPointNumbers;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.X87;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** States in which instructions find what is hard: extreme integers, special numbers, unusual control words. */
final class RandomState {
    private static final int ALL_MASKED = 0x1f80, FLAGS = 0x3f, MASKS = 0x3f << 7, DENORMALS = 1 << 6 | 1 << 15;

    private final Random random;
    private final FloatingPointNumbers numbers;

    private RandomState(Random random) {
        this.random = random;
        this.numbers = new FloatingPointNumbers(random);
    }

    /** The same for the same seed, and independent of the instructions that there are. */
    static State of(long seed) {
        return new RandomState(new Random(seed)).state();
    }

    private State state() {
        State state = new State();
        for (int register = 0; register < 16; register++) {
            state.setGpr(register, integer());
        }
        int direction = random.nextInt(4) == 0 ? Flags.DF : 0;
        state.setRflags(0x202 | direction | random.nextInt() & Flags.STATUS);
        ByteBuffer memory = ByteBuffer.allocate(State.WINDOW_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        while (memory.hasRemaining()) {
            memory.putLong(random.nextBoolean() ? integer() : numbers.half());
        }
        state.setMemory(memory.array());
        state.setMxcsr(mxcsr());
        for (int half = 0; half < 32; half++) {
            state.setVector(State.XMM + 8 * half, half());
            state.setVector(State.YMM + 8 * half, half());
        }
        x87(state);
        state.setVector(State.COMPONENTS, GuestCpu.components());
        return state;
    }

    private long integer() {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(70) - 2L;
            case 1 -> 1L << random.nextInt(64);
            case 2 -> (1L << random.nextInt(64)) - 1;
            case 3 -> random.nextLong() >> random.nextInt(64);
            default -> random.nextLong();
        };
    }

    private long half() {
        return random.nextInt(3) == 0 ? integer() : numbers.half();
    }

    private int mxcsr() {
        int masks = random.nextInt(3) != 0 ? ALL_MASKED : random.nextInt() & MASKS;
        int flags = random.nextBoolean() ? 0 : random.nextInt() & FLAGS;
        int denormals = random.nextBoolean() ? 0 : random.nextInt() & DENORMALS;
        return masks | flags | denormals | (random.nextBoolean() ? 0 : random.nextInt(4) << 13);
    }

    // -- x87 ---------------------------------------------------------------------------------------------------------

    private void x87(State state) {
        int control = X87.INITIAL_CONTROL_WORD;
        if (random.nextInt(3) == 0) {
            control = control & ~0xf00 | random.nextInt(4) << 10 | random.nextInt(4) << 8;
        }
        if (random.nextInt(4) == 0) {
            control &= ~random.nextInt(64);
        }
        int exceptions = random.nextInt(4) == 0 ? random.nextInt(64) : 0;
        if (random.nextInt(8) != 0) {
            exceptions &= control;
        }
        int status = exceptions | random.nextInt(8) << 11 | random.nextInt(8) << 8 | random.nextInt(2) << 14;
        boolean pending = (exceptions & ~control & FLAGS) != 0;
        state.setVectorWord(State.CONTROL_WORD, control);
        state.setVectorWord(State.STATUS_WORD, pending ? status | X87.ES | X87.BUSY : status);
        state.setVectorWord(State.TAGS, random.nextBoolean() ? 0xff : random.nextInt(256));
        for (int register = 0; register < 8; register++) {
            extended(state, State.ST + 16 * register);
        }
    }

    private void extended(State state, int at) {
        long significand = random.nextInt(3) == 0 ? random.nextLong() : random.nextLong() << random.nextInt(64);
        boolean isInteger = random.nextInt(8) != 0;
        int exponent =
                switch (random.nextInt(8)) {
                    case 0 -> 0;
                    case 1 -> 0x7fff;
                    case 2 -> random.nextInt(0x8000);
                    case 3 -> random.nextBoolean() ? 1 : 0x7ffe;
                    default -> 0x3fff + random.nextInt(140) - 70;
                };
        if (exponent == 0x7fff && random.nextBoolean() || exponent == 0 && random.nextBoolean()) {
            significand = 0;
        }
        boolean hasInteger = isInteger && exponent != 0;
        state.setVector(at, hasInteger ? significand | Long.MIN_VALUE : significand & Long.MAX_VALUE);
        state.setVectorWord(at + 8, exponent | random.nextInt(2) << 15);
    }
}
