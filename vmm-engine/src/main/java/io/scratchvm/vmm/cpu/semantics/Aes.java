package io.scratchvm.vmm.cpu.semantics;

/**
 * The rounds of AES (FIPS 197) that AESENC and its kin do one of (Intel SDM volume 2). A state is two quadwords, {@code
 * low} and {@code high}: byte {@code r + 4 * c} of the 16 is in row r and column c. Methods that want all of it give one
 * {@code half} of what comes out, 0 or 1.
 */
public final class Aes {
    /** What a byte becomes, and what it came from (section 5.1.1). */
    private static final byte[] SUBSTITUTES = substitutes(), ORIGINALS = originals();

    /** The remainder of x to the 8 by the polynomial of the field, x^8 + x^4 + x^3 + x + 1. */
    private static final int REDUCTION = 0x1b;

    private static final int DECRYPTING = -1, ENCRYPTING = 1;

    private Aes() {}

    /** Powers of the generator x + 1, forwards and backwards, are all numbers but zero, with their inverses. */
    private static byte[] substitutes() {
        byte[] substitutes = new byte[256];
        int[] powers = new int[255];
        int power = 1;
        for (int n = 0; n < powers.length; n++) {
            powers[n] = power;
            int twice = power << 1 ^ (power >> 7) * (0x100 | REDUCTION);
            power ^= twice;
        }
        substitutes[0] = affine(0);
        for (int n = 0; n < powers.length; n++) {
            substitutes[powers[n]] = affine(powers[(powers.length - n) % powers.length]);
        }
        return substitutes;
    }

    /** The affine transformation of an inverse: the sum of five of its rotations and 63. */
    private static byte affine(int inverse) {
        int twice = inverse | inverse << 8;
        return (byte) (twice ^ twice >> 4 ^ twice >> 5 ^ twice >> 6 ^ twice >> 7 ^ 0x63);
    }

    private static byte[] originals() {
        byte[] originals = new byte[256];
        for (int n = 0; n < 256; n++) {
            originals[SUBSTITUTES[n] & 0xff] = (byte) n;
        }
        return originals;
    }

    /** AESENCLAST but for the key: each row shifted, each byte substituted. */
    public static long encryptLast(int half, long low, long high) {
        return substituted(SUBSTITUTES, shifted(ENCRYPTING, half, low, high));
    }

    /** AESENC but for the key. */
    public static long encrypt(int half, long low, long high) {
        return mixed(encryptLast(half, low, high));
    }

    /** AESDECLAST but for the key. */
    public static long decryptLast(int half, long low, long high) {
        return substituted(ORIGINALS, shifted(DECRYPTING, half, low, high));
    }

    /** AESDEC but for the key. */
    public static long decrypt(int half, long low, long high) {
        return unmixed(decryptLast(half, low, high));
    }

    /** Row r is moved by r columns: to the left where {@code direction} is 1, to the right where it is -1. */
    private static long shifted(int direction, int half, long low, long high) {
        long result = 0;
        for (int n = 0; n < 8; n++) {
            int row = n & 3;
            int column = 2 * half + (n >> 2) + direction * row & 3;
            result |= Shuffles.octet(low, high, row + 4 * column) << 8 * n;
        }
        return result;
    }

    private static long substituted(byte[] table, long bytes) {
        long result = 0;
        for (int at = 0; at < 64; at += 8) {
            result |= (table[(int) (bytes >>> at) & 0xff] & 0xffL) << at;
        }
        return result;
    }

    /** Each column times 3x^3 + x^2 + x + 2 (section 5.1.3). */
    private static long mixed(long columns) {
        long next = rotated(columns, 8);
        return doubled(columns ^ next) ^ next ^ rotated(columns, 16) ^ rotated(columns, 24);
    }

    /** AESIMC: each column times the inverse of that polynomial, which is the polynomial itself times 4x^2 + 5. */
    public static long unmixed(long columns) {
        return mixed(columns ^ doubled(doubled(columns ^ rotated(columns, 16))));
    }

    /** Each doubleword, rotated right. */
    private static long rotated(long doublewords, int distance) {
        long low = Integer.rotateRight((int) doublewords, distance) & 0xffff_ffffL;
        return low | (long) Integer.rotateRight((int) (doublewords >>> 32), distance) << 32;
    }

    /** Each byte times x. */
    private static long doubled(long bytes) {
        long signs = PackedIntegers.signs(8);
        return (bytes & ~signs) << 1 ^ ((bytes & signs) >>> 7) * REDUCTION;
    }

    /** AESKEYGENASSIST on one half of the source: its upper doubleword substituted, then that rotated, plus a constant. */
    public static long assistKey(long half, int constant) {
        long word = substituted(SUBSTITUTES, half) >>> 32;
        return word | (long) (Integer.rotateRight((int) word, 8) ^ constant) << 32;
    }
}
