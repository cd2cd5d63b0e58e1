package io.scratchvm.vmm.cpu.semantics;

/**
 * The product of two polynomials over the field of two elements (PCLMULQDQ, Intel SDM volume 2): a multiplication whose
 * additions do not carry.
 */
public final class CarrylessProduct {
    /** Every fourth bit. */
    private static final long FOURTHS = 0x1111_1111_1111_1111L;

    private CarrylessProduct() {}

    /**
     * The lower 64 of its 127 bits. Ordinary products of numbers that have every fourth bit only add up at most sixteen
     * ones at a place: what is carried stays between the bits that count, or leaves at the top.
     */
    public static long low(long a, long b) {
        long product = 0;
        for (int place = 0; place < 4; place++) {
            long sum = 0;
            for (int n = 0; n < 4; n++) {
                sum ^= (a & FOURTHS << n) * (b & FOURTHS << (place - n & 3));
            }
            product |= sum & FOURTHS << place;
        }
        return product;
    }

    /** The upper bits: the lower ones of the reversed factors, reversed. */
    public static long high(long a, long b) {
        return Long.reverse(low(Long.reverse(a), Long.reverse(b))) >>> 1;
    }
}
