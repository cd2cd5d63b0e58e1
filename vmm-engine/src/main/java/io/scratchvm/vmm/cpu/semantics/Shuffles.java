package io.scratchvm.vmm.cpu.semantics;

/** Rearrangement of the lanes of MMX and XMM registers, the latter as halves of 64 bits. */
public final class Shuffles {
    private Shuffles() {}

    /** The low lanes of {@code a} and {@code b} in turn, {@code a}'s first; {@code width} 8, 16 or 32. */
    public static long interleaveLow(int width, long a, long b) {
        return spread(width, a) | spread(width, b) << width;
    }

    /** The high lanes in turn. */
    public static long interleaveHigh(int width, long a, long b) {
        return interleaveLow(width, a >>> 32, b >>> 32);
    }

    /** The lanes of the low 32 bits, with as much room above each. */
    private static long spread(int width, long a) {
        long spread = a & 0xffff_ffffL;
        if (width <= 16) {
            spread = (spread | spread << 16) & 0x0000_ffff_0000_ffffL;
        }
        if (width <= 8) {
            spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ffL;
        }
        return spread;
    }

    /** PACKSSWB: signed words to signed bytes, {@code a}'s below {@code b}'s. */
    public static long packWords(long a, long b) {
        return packWords(a, Byte.MIN_VALUE, Byte.MAX_VALUE) | packWords(b, Byte.MIN_VALUE, Byte.MAX_VALUE) << 32;
    }

    /** PACKUSWB: signed words to unsigned bytes. */
    public static long packWordsUnsigned(long a, long b) {
        return packWords(a, 0, 0xff) | packWords(b, 0, 0xff) << 32;
    }

    private static long packWords(long words, int least, int most) {
        long bytes = 0;
        for (int n = 0; n < 4; n++) {
            int word = (short) (words >>> 16 * n);
            bytes |= (Math.max(least, Math.min(most, word)) & 0xffL) << 8 * n;
        }
        return bytes;
    }

    /** PACKSSDW: signed doublewords to signed words. */
    public static long packDoublewords(long a, long b) {
        return packPair(a) | packPair(b) << 32;
    }

    private static long packPair(long a) {
        return packDoubleword(a) | packDoubleword(a >>> 32) << 16;
    }

    private static long packDoubleword(long a) {
        return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, (int) a)) & 0xffffL;
    }

    /** Four words chosen by the four pairs of bits of {@code order}. */
    public static long words(long a, int order) {
        long result = 0;
        for (int n = 0; n < 4; n++) {
            result |= (a >>> 16 * (order >> 2 * n & 3) & 0xffff) << 16 * n;
        }
        return result;
    }

    /** Two of four doublewords, chosen by the low two pairs of bits of {@code order}. */
    public static long doublewords(long low, long high, int order) {
        return doubleword(low, high, order) | doubleword(low, high, order >> 2) << 32;
    }

    private static long doubleword(long low, long high, int index) {
        long half = (index & 2) == 0 ? low : high;
        return half >>> 32 * (index & 1) & 0xffff_ffffL;
    }

    /** {@code a} with the word at {@code index}, 0 to 3, replaced. */
    public static long insertWord(long a, long word, int index) {
        int at = 16 * index;
        return a & ~(0xffffL << at) | (word & 0xffff) << at;
    }

    /** The word at {@code index}, 0 to 3. */
    public static long word(long a, int index) {
        return a >>> 16 * index & 0xffff;
    }
}
