package io.scratchvm.vmm.cpu.state;

/**
 * The six status flags of RFLAGS (CF, PF, AF, ZF, SF, OF), computed when somebody asks for them.
 *
 * <p>An instruction that sets the flags records what it did: its kind, its operands and its result. Each flag is a pure
 * function of that record (Intel SDM volume 1, section 3.4.3.1). Operands and results may carry garbage above the
 * operand's width; the functions ignore it.
 */
public final class Flags {
    /** Bit positions of RFLAGS as masks (SDM volume 1, figure 3-8). */
    public static final int CF = 1,
            PF = 1 << 2,
            AF = 1 << 4,
            ZF = 1 << 6,
            SF = 1 << 7,
            TF = 1 << 8,
            IF = 1 << 9,
            DF = 1 << 10,
            OF = 1 << 11,
            IOPL = 3 << 12,
            NT = 1 << 14,
            RF = 1 << 16,
            VM = 1 << 17,
            AC = 1 << 18,
            VIF = 1 << 19,
            VIP = 1 << 20,
            ID = 1 << 21;

    /** The flags that this class computes. */
    public static final int STATUS = CF | PF | AF | ZF | SF | OF;

    /**
     * Kinds of flag-setting operation. A recorded operation is a kind or'ed with a {@linkplain #shift shift}, so the
     * low six bits of an operation are the distance from the operand's top bit to bit 63.
     *
     * <ul>
     *   <li>{@code EXPLICIT}: {@code result} holds the flags themselves
     *   <li>{@code ADD}: a + b (+ carry): ADD, ADC, XADD
     *   <li>{@code SUB}: a - b (- borrow): SUB, SBB, CMP, NEG, CMPS, SCAS, CMPXCHG
     *   <li>{@code LOGIC}: AND, OR, XOR, TEST
     *   <li>{@code INC}, {@code DEC}: {@code b} holds the carry that the instruction leaves alone (0 or 1)
     *   <li>{@code SHL}, {@code SHR}, {@code SAR}: a shifted by b, b not 0 and at most 63
     *   <li>{@code MUL}: {@code b} is 1 where the product does not fit the lower half
     * </ul>
     */
    public static final int EXPLICIT = 0 << 6,
            ADD = 1 << 6,
            SUB = 2 << 6,
            LOGIC = 3 << 6,
            INC = 4 << 6,
            DEC = 5 << 6,
            SHL = 6 << 6,
            SHR = 7 << 6,
            SAR = 8 << 6,
            MUL = 9 << 6;

    private static final int KIND = ~63;

    private int operation;
    private long a;
    private long b;
    private long result;

    /** The shift of an operand of {@code size} bytes (1, 2, 4 or 8), to be or'ed with a kind. */
    public static int shift(int size) {
        return 64 - 8 * size;
    }

    /** Records an operation: a kind or'ed with a shift, its operands and its result. */
    public void set(int operation, long a, long b, long result) {
        this.operation = operation;
        this.a = a;
        this.b = b;
        this.result = result;
    }

    /** Sets all six flags from the bits of {@code rflags}. */
    public void set(long rflags) {
        set(EXPLICIT, 0, 0, rflags & STATUS);
    }

    /** The six flags at their places in RFLAGS, all other bits zero. */
    public int status() {
        return (cf() ? CF : 0)
                | (pf() ? PF : 0)
                | (af() ? AF : 0)
                | (zf() ? ZF : 0)
                | (sf() ? SF : 0)
                | (of() ? OF : 0);
    }

    public boolean cf() {
        return carry(operation, a, b, result);
    }

    public boolean pf() {
        return parity(operation, result);
    }

    public boolean af() {
        return adjust(operation, a, b, result);
    }

    public boolean zf() {
        return zero(operation, result);
    }

    public boolean sf() {
        return sign(operation, result);
    }

    public boolean of() {
        return overflow(operation, a, b, result);
    }

    /** The condition {@code cc} (0 to 15) of Jcc, SETcc and CMOVcc (SDM volume 1, appendix B). */
    public boolean condition(int cc) {
        boolean met =
                switch (cc >> 1) {
                    case 0 -> of();
                    case 1 -> cf();
                    case 2 -> zf();
                    case 3 -> cf() || zf();
                    case 4 -> sf();
                    case 5 -> pf();
                    case 6 -> less();
                    default -> zf() || less();
                };
        return met != ((cc & 1) != 0);
    }

    private boolean less() {
        if ((operation & KIND) == SUB) {
            int shift = operation & 63;
            long left = a << shift;
            long right = b << shift;
            // With a borrow in, SF and OF describe a - b - 1: only a plain subtraction compares its operands.
            if (left - right == result << shift) {
                return left < right;
            }
        }
        return sf() != of();
    }

    /** CF after {@code operation}. */
    public static boolean carry(int operation, long a, long b, long result) {
        int shift = operation & 63;
        return switch (operation & KIND) {
            case EXPLICIT -> (result & CF) != 0;
            case ADD -> (((a & b) | ((a | b) & ~result)) << shift) < 0;
            case SUB -> (((~a & b) | ((~a | b) & result)) << shift) < 0;
            case INC, DEC, MUL -> b != 0;
            case SHL -> b <= 64 - shift && (a >>> (64 - shift - b) & 1) != 0;
            case SHR -> b <= 64 - shift && ((a << shift >>> shift) >>> (b - 1) & 1) != 0;
            case SAR -> ((a << shift >> shift) >> (b - 1) & 1) != 0;
            default -> false;
        };
    }

    /** PF: the low byte of the result has an even number of ones. */
    public static boolean parity(int operation, long result) {
        if ((operation & KIND) == EXPLICIT) {
            return (result & PF) != 0;
        }
        return (Integer.bitCount((int) result & 0xff) & 1) == 0;
    }

    /** AF: carry out of bit 3. Zero where the SDM leaves it undefined. */
    public static boolean adjust(int operation, long a, long b, long result) {
        return switch (operation & KIND) {
            case EXPLICIT -> (result & AF) != 0;
            case ADD, SUB -> ((a ^ b ^ result) & 0x10) != 0;
            case INC, DEC -> ((a ^ result ^ 1) & 0x10) != 0;
            default -> false;
        };
    }

    public static boolean zero(int operation, long result) {
        if ((operation & KIND) == EXPLICIT) {
            return (result & ZF) != 0;
        }
        return result << (operation & 63) == 0;
    }

    public static boolean sign(int operation, long result) {
        if ((operation & KIND) == EXPLICIT) {
            return (result & SF) != 0;
        }
        return result << (operation & 63) < 0;
    }

    /** OF after {@code operation}; after a shift by more than one, where it is undefined, that of a shift by one. */
    public static boolean overflow(int operation, long a, long b, long result) {
        int shift = operation & 63;
        return switch (operation & KIND) {
            case EXPLICIT -> (result & OF) != 0;
            case ADD -> (((a ^ result) & (b ^ result)) << shift) < 0;
            case SUB -> (((a ^ b) & (a ^ result)) << shift) < 0;
            case INC -> result << shift == Long.MIN_VALUE;
            case DEC -> a << shift == Long.MIN_VALUE;
            case SHL -> sign(operation, result) != carry(operation, a, b, result);
            case SHR -> a << shift < 0;
            case MUL -> b != 0;
            default -> false;
        };
    }
}
