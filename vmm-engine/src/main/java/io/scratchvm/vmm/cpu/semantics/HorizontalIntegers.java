package io.scratchvm.vmm.cpu.semantics;

/** Operations across the integer lanes of MMX and XMM registers, the latter as halves of 64 bits. */
public final class HorizontalIntegers {
    private HorizontalIntegers() {}

    /** PHADDW, PHADDD: the sums of neighbours, {@code a}'s below {@code b}'s; {@code width} 16 or 32. */
    public static long add(int width, long a, long b) {
        return PackedIntegers.add(width, even(width, a, b), odd(width, a, b));
    }

    /** PHADDSW. */
    public static long addSaturated(long a, long b) {
        return PackedIntegers.addSigned(16, even(16, a, b), odd(16, a, b));
    }

    /** PHSUBW, PHSUBD: the lower of each two neighbours less the upper. */
    public static long subtract(int width, long a, long b) {
        return PackedIntegers.subtract(width, even(width, a, b), odd(width, a, b));
    }

    /** PHSUBSW. */
    public static long subtractSaturated(long a, long b) {
        return PackedIntegers.subtractSigned(16, even(16, a, b), odd(16, a, b));
    }

    private static long even(int width, long a, long b) {
        return gather(width, a) | gather(width, b) << 32;
    }

    private static long odd(int width, long a, long b) {
        return gather(width, a >>> width) | gather(width, b >>> width) << 32;
    }

    /** The lanes at even places, without the room between them. */
    private static long gather(int width, long a) {
        return width == 32 ? a & 0xffff_ffffL : a & 0xffff | a >>> 16 & 0xffff_0000L;
    }

    /** PHMINPOSUW: the least of eight unsigned words in bits 15 to 0, the first place where it stands above. */
    public static long leastWord(long low, long high) {
        long least = Shuffles.word(low, 0);
        int place = 0;
        for (int index = 1; index < 8; index++) {
            long word = Shuffles.word(index < 4 ? low : high, index & 3);
            if (word < least) {
                least = word;
                place = index;
            }
        }
        return least | (long) place << 16;
    }

    /**
     * MPSADBW, four words of its result: the sums of the absolute differences of four bytes of {@code b} and of four bytes
     * of {@code a} at {@code from} and the three places after it. {@code b}'s are in its low 32 bits.
     */
    public static long sumsOfDifferences(long aLow, long aHigh, int from, long b) {
        long result = 0;
        for (int word = 0; word < 4; word++) {
            long sum = 0;
            for (int n = 0; n < 4; n++) {
                sum += Math.abs(Shuffles.octet(aLow, aHigh, from + word + n) - (b >>> 8 * n & 0xff));
            }
            result |= sum << 16 * word;
        }
        return result;
    }
}
