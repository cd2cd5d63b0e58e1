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

    /** PACKUSDW: signed doublewords to unsigned words. */
    public static long packDoublewordsUnsigned(long a, long b) {
        return unsignedWord(a) | unsignedWord(a >>> 32) << 16 | unsignedWord(b) << 32 | unsignedWord(b >>> 32) << 48;
    }

    private static long unsignedWord(long doubleword) {
        return Math.max(0, Math.min(0xffff, (int) doubleword));
    }

    /** PSHUFB: bytes of 16, chosen by the low four bits of each of {@code order}'s; zero where its top bit is set. */
    public static long bytes(long low, long high, long order) {
        long result = 0;
        for (int at = 0; at < 64; at += 8) {
            int index = (int) (order >>> at);
            if ((index & 0x80) == 0) {
                result |= octet(low, high, index & 15) << at;
            }
        }
        return result;
    }

    /** The byte at {@code index}, 0 to 15. */
    public static long octet(long low, long high, int index) {
        return (index < 8 ? low : high) >>> 8 * (index & 7) & 0xff;
    }

    /** PALIGNR: eight bytes of four quadwords in a row, from the one at {@code from} on; zeros follow the last. */
    public static long align(int from, long a, long b, long c, long d) {
        long lower = quadword(from >> 3, a, b, c, d);
        long upper = quadword((from >> 3) + 1, a, b, c, d);
        int shift = 8 * (from & 7);
        return shift == 0 ? lower : lower >>> shift | upper << 64 - shift;
    }

    private static long quadword(int index, long a, long b, long c, long d) {
        return switch (index) {
            case 0 -> a;
            case 1 -> b;
            case 2 -> c;
            case 3 -> d;
            default -> 0;
        };
    }

    /** {@code a} with the lane of {@code width} bits at {@code index} replaced. */
    public static long insert(int width, long a, long lane, int index) {
        long mask = -1L >>> 64 - width << width * index;
        return a & ~mask | lane << width * index & mask;
    }

    /** The lane of {@code width} bits at {@code index}, zero-extended. */
    public static long lane(int width, long a, int index) {
        return a >>> width * index & -1L >>> 64 - width;
    }

    /** Lanes of {@code from} bits, widened to {@code to}; as many of the lowest as there is room for. */
    public static long widen(int from, int to, long lanes, boolean signed) {
        long result = 0;
        for (int index = 0; index < 64 / to; index++) {
            long lane = lane(from, lanes, index);
            long value = signed ? lane << 64 - from >> 64 - from : lane;
            result = insert(to, result, value, index);
        }
        return result;
    }

    /** {@code b}'s words where {@code choice} has bits, from the lowest on, else {@code a}'s. */
    public static long blendWords(long a, long b, int choice) {
        long mask = 0;
        for (int index = 0; index < 4; index++) {
            mask |= (choice >> index & 1) * 0xffffL << 16 * index;
        }
        return a & ~mask | b & mask;
    }

    /** {@code b}'s bytes where those of {@code choice} have their top bits set, else {@code a}'s. */
    public static long blendBytes(long a, long b, long choice) {
        long mask = (choice >>> 7 & PackedIntegers.ones(8)) * 0xff;
        return a & ~mask | b & mask;
    }
}
