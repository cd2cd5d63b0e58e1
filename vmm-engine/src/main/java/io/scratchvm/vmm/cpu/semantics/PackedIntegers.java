package io.scratchvm.vmm.cpu.semantics;

/**
 * Arithmetic on the lanes of 64 bits: all of an MMX register, half of an XMM register. Lanes are {@code width} bits
 * wide: 8, 16, 32 or 64 where nothing else is said.
 *
 * <p>Lanes are computed side by side in one long: carries that would cross into the next lane are kept out of its top
 * bit and put right by exclusive or (Lamport, "Multiple byte processing with full-word instructions", CACM 1975).
 */
public final class PackedIntegers {
    private PackedIntegers() {}

    /** The lowest bit of each lane. */
    static long ones(int width) {
        return switch (width) {
            case 8 -> 0x0101_0101_0101_0101L;
            case 16 -> 0x0001_0001_0001_0001L;
            case 32 -> 0x0000_0001_0000_0001L;
            default -> 1;
        };
    }

    /** The top bit of each lane. */
    public static long signs(int width) {
        return ones(width) << width - 1;
    }

    /** All ones in each lane whose top bit is set. */
    private static long fill(int width, long topBits) {
        return topBits | topBits - (topBits >>> width - 1);
    }

    public static long add(int width, long a, long b) {
        long signs = signs(width);
        return (a & ~signs) + (b & ~signs) ^ (a ^ b) & signs;
    }

    public static long subtract(int width, long a, long b) {
        long signs = signs(width);
        return (a | signs) - (b & ~signs) ^ (a ^ ~b) & signs;
    }

    /** All ones in each lane where {@code a} is below {@code b}, unsigned. */
    private static long below(int width, long a, long b) {
        long borrow = ~a & b | ~(a ^ b) & subtract(width, a, b);
        return fill(width, borrow & signs(width));
    }

    public static long addUnsignedSaturated(int width, long a, long b) {
        long sum = add(width, a, b);
        long carry = a & b | (a | b) & ~sum;
        return sum | fill(width, carry & signs(width));
    }

    public static long subtractUnsignedSaturated(int width, long a, long b) {
        return subtract(width, a, b) & ~below(width, a, b);
    }

    public static long addSigned(int width, long a, long b) {
        long sum = add(width, a, b);
        return saturate(width, a, sum, ~(a ^ b) & (a ^ sum));
    }

    public static long subtractSigned(int width, long a, long b) {
        long difference = subtract(width, a, b);
        return saturate(width, a, difference, (a ^ b) & (a ^ difference));
    }

    /** Replaces lanes of {@code result} that overflowed, by top bit, by the extreme value of {@code a}'s sign. */
    private static long saturate(int width, long a, long result, long overflow) {
        long signs = signs(width);
        long mask = fill(width, overflow & signs);
        long extreme = ((a & signs) >>> width - 1) + (signs - ones(width));
        return result & ~mask | extreme & mask;
    }

    /** All ones in each lane where {@code a} and {@code b} are equal. */
    public static long equal(int width, long a, long b) {
        long signs = signs(width);
        long difference = a ^ b;
        long notZero = (difference & ~signs) + ~signs | difference;
        return fill(width, ~notZero & signs);
    }

    /** All ones in each lane where {@code a} is greater than {@code b}, signed. */
    public static long greater(int width, long a, long b) {
        long signs = signs(width);
        return below(width, b ^ signs, a ^ signs);
    }

    public static long minimumUnsigned(int width, long a, long b) {
        return choose(below(width, a, b), a, b);
    }

    public static long maximumUnsigned(int width, long a, long b) {
        return choose(below(width, a, b), b, a);
    }

    public static long minimumSigned(int width, long a, long b) {
        return choose(greater(width, a, b), b, a);
    }

    public static long maximumSigned(int width, long a, long b) {
        return choose(greater(width, a, b), a, b);
    }

    private static long choose(long mask, long a, long b) {
        return a & mask | b & ~mask;
    }

    /** The mean of unsigned lanes, rounded up. */
    public static long average(int width, long a, long b) {
        return (a | b) - (((a ^ b) & ~ones(width)) >>> 1);
    }

    /** PMULLW: the low halves of the products of words. */
    public static long multiplyLow(long a, long b) {
        long result = 0;
        for (int at = 0; at < 64; at += 16) {
            result |= ((a >>> at) * (b >>> at) & 0xffff) << at;
        }
        return result;
    }

    /** PMULHW: the high halves of the products of signed words. */
    public static long multiplyHigh(long a, long b) {
        long result = 0;
        for (int at = 0; at < 64; at += 16) {
            result |= ((long) ((short) (a >>> at) * (short) (b >>> at)) >>> 16 & 0xffff) << at;
        }
        return result;
    }

    /** PMULHUW: the high halves of the products of unsigned words. */
    public static long multiplyHighUnsigned(long a, long b) {
        long result = 0;
        for (int at = 0; at < 64; at += 16) {
            result |= ((a >>> at & 0xffff) * (b >>> at & 0xffff) >>> 16) << at;
        }
        return result;
    }

    /** PMULUDQ: the product of the low doublewords. */
    public static long multiplyDoublewords(long a, long b) {
        return (a & 0xffff_ffffL) * (b & 0xffff_ffffL);
    }

    /** PMADDWD: products of signed words, added in pairs. */
    public static long multiplyAdd(long a, long b) {
        int low = (short) a * (short) b + (short) (a >>> 16) * (short) (b >>> 16);
        int high = (short) (a >>> 32) * (short) (b >>> 32) + (short) (a >>> 48) * (short) (b >>> 48);
        return low & 0xffff_ffffL | (long) high << 32;
    }

    /** PSADBW: the sum of the absolute differences of unsigned bytes. */
    public static long sumOfDifferences(long a, long b) {
        long differences = subtractUnsignedSaturated(8, a, b) | subtractUnsignedSaturated(8, b, a);
        long pairs = (differences & 0x00ff_00ff_00ff_00ffL) + (differences >>> 8 & 0x00ff_00ff_00ff_00ffL);
        return pairs * ones(16) >>> 48;
    }

    /** PMULLD: the low halves of the products of doublewords. */
    public static long multiplyLowDoublewords(long a, long b) {
        return a * b & 0xffff_ffffL | (a >>> 32) * (b >>> 32) << 32;
    }

    /** PMULDQ: the product of the low doublewords, signed. */
    public static long multiplySignedDoublewords(long a, long b) {
        return (long) (int) a * (int) b;
    }

    /** PMULHRSW: products of signed words, as fractions of 15 bits, rounded. */
    public static long multiplyRounded(long a, long b) {
        long result = 0;
        for (int at = 0; at < 64; at += 16) {
            int product = (short) (a >>> at) * (short) (b >>> at);
            result |= ((product >> 14) + 1 >> 1 & 0xffffL) << at;
        }
        return result;
    }

    /** PMADDUBSW: products of {@code a}'s unsigned and {@code b}'s signed bytes, added in pairs, saturated. */
    public static long multiplyAddBytes(long a, long b) {
        long result = 0;
        for (int at = 0; at < 64; at += 16) {
            int low = (int) (a >>> at & 0xff) * (byte) (b >>> at);
            int high = (int) (a >>> at + 8 & 0xff) * (byte) (b >>> at + 8);
            result |= (Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, low + high)) & 0xffffL) << at;
        }
        return result;
    }

    /** PABSB, PABSW, PABSD; the least number has no opposite and stays. */
    public static long absolute(int width, long a) {
        long negative = fill(width, a & signs(width));
        return subtract(width, a ^ negative, negative);
    }

    /** PSIGNB, PSIGNW, PSIGND: {@code a} with the opposite sign where {@code b} is negative, zero where it is zero. */
    public static long sign(int width, long a, long b) {
        long negative = fill(width, b & signs(width));
        return subtract(width, a ^ negative, negative) & ~equal(width, b, 0);
    }

    /** The top bits of the lanes, from the lowest on; {@code width} 8, 32 or 64. */
    public static int signsOf(int width, long a) {
        return switch (width) {
            case 8 -> byteSigns(a);
            case 32 -> (int) (a >>> 31 & 1 | a >>> 62 & 2);
            default -> (int) (a >>> 63);
        };
    }

    /** The top bits of eight bytes, as PMOVMSKB gathers them. */
    public static int byteSigns(long a) {
        // The multiplication moves the bit of byte n to bit 56 + n; no two of its products meet below.
        return (int) ((a >>> 7 & ones(8)) * 0x0102_0408_1020_4080L >>> 56);
    }
}
