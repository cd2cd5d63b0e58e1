package io.scratchvm.vmm.cpu.interpreter;

import java.util.Random;

/** Operands that arithmetic finds hard, as the bits of a half of an XMM register: two singles, or one double. */
public final class FloatingPointNumbers {
    private static final int[] SINGLES = {
        0,
        1,
        0x007f_ffff,
        0x0040_0000,
        0x0080_0000,
        0x0100_0000,
        0x3f00_0000,
        0x3f80_0000,
        0x3fc0_0000,
        0x4000_0000,
        0x4b00_0000,
        0x4b80_0000,
        0x4eff_ffff,
        0x4f00_0000,
        0x5f00_0000,
        0x7f7f_ffff,
        0x7f80_0000,
        0x7f80_0001,
        0x7fa5_5aa5,
        0x7fc0_0000,
        0x7fd2_3456
    };
    private static final long[] DOUBLES = {
        0,
        1,
        0x000f_ffff_ffff_ffffL,
        0x0008_0000_0000_0000L,
        0x0010_0000_0000_0000L,
        0x0020_0000_0000_0000L,
        0x3690_0000_0000_0000L,
        0x380f_ffff_f000_0000L,
        0x3810_0000_0000_0000L,
        0x3fe0_0000_0000_0000L,
        0x3ff0_0000_0000_0000L,
        0x3ff8_0000_0000_0000L,
        0x41df_ffff_ffc0_0000L,
        0x41e0_0000_0000_0000L,
        0x41e0_0000_0010_0000L,
        0x4330_0000_0000_0000L,
        0x43e0_0000_0000_0000L,
        0x47ef_ffff_e000_0000L,
        0x47ef_ffff_f000_0000L,
        0x7fef_ffff_ffff_ffffL,
        0x7ff0_0000_0000_0000L,
        0x7ff0_0000_0000_0001L,
        0x7ff5_5aa5_5aa5_5aa5L,
        0x7ff8_0000_0000_0000L,
        0x7ffa_bcde_f012_3456L
    };

    private static final int MASKS = 0x1f80, FLAGS = 0x3f, DAZ = 1 << 6, FTZ = 1 << 15, ROUNDING_AT = 13;

    private final Random random;

    public FloatingPointNumbers(Random random) {
        this.random = random;
    }

    /** An MXCSR to compute under: most often with all exceptions masked, and rounding to nearest. */
    int mxcsr() {
        int masks = random.nextInt(3) != 0 ? MASKS : random.nextInt() & MASKS;
        int flags = random.nextBoolean() ? 0 : random.nextInt() & FLAGS;
        int denormals = random.nextBoolean() ? 0 : random.nextInt() & (DAZ | FTZ);
        return masks | flags | denormals | (random.nextBoolean() ? 0 : random.nextInt(4) << ROUNDING_AT);
    }

    public long half() {
        return switch (random.nextInt(5)) {
            case 0, 1 -> doublePrecision();
            case 2, 3 -> singlePrecision() & 0xffff_ffffL | (long) singlePrecision() << 32;
            default -> random.nextLong() >> random.nextInt(64);
        };
    }

    private int singlePrecision() {
        int sign = random.nextInt() & Integer.MIN_VALUE;
        return sign
                | switch (random.nextInt(6)) {
                    case 0, 1 -> SINGLES[random.nextInt(SINGLES.length)];
                    case 2 -> SINGLES[random.nextInt(SINGLES.length)] + random.nextInt(5) - 2 & 0x7fff_ffff;
                    case 3 -> 0x3f80_0000 + random.nextInt(16) * 0x80_0000 - random.nextInt(1 << 26);
                    case 4 -> (127 + random.nextInt(40)) << 23 | random.nextInt(256) << 15;
                    default -> random.nextInt() & 0x7fff_ffff;
                };
    }

    private long doublePrecision() {
        long sign = random.nextLong() & Long.MIN_VALUE;
        return sign
                | switch (random.nextInt(6)) {
                    case 0, 1 -> DOUBLES[random.nextInt(DOUBLES.length)];
                    case 2 -> DOUBLES[random.nextInt(DOUBLES.length)] + random.nextInt(5) - 2 & Long.MAX_VALUE;
                    case 3 -> (1023L + random.nextInt(70)) << 52 | random.nextLong() >>> 12;
                    case 4 -> (1023L + random.nextInt(70)) << 52 | (long) random.nextInt(256) << 44;
                    default -> random.nextLong() & Long.MAX_VALUE;
                };
    }
}
