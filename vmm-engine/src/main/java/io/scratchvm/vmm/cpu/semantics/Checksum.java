package io.scratchvm.vmm.cpu.semantics;

/** CRC32 (Intel SDM volume 2): the remainder by the polynomial 0x11EDC6F41, bits in reversed order, one byte a step. */
public final class Checksum {
    private static final int REVERSED_POLYNOMIAL = 0x82f6_3b78;

    /** The remainder of each byte. */
    private static final int[] REMAINDERS = remainders();

    private Checksum() {}

    private static int[] remainders() {
        int[] remainders = new int[256];
        for (int value = 0; value < 256; value++) {
            int remainder = value;
            for (int bit = 0; bit < 8; bit++) {
                remainder = remainder >>> 1 ^ ((remainder & 1) != 0 ? REVERSED_POLYNOMIAL : 0);
            }
            remainders[value] = remainder;
        }
        return remainders;
    }

    /** {@code checksum} after {@code size} bytes more, the lowest first. */
    public static long add(long checksum, long bytes, int size) {
        int remainder = (int) checksum;
        for (int n = 0; n < size; n++) {
            remainder = remainder >>> 8 ^ REMAINDERS[(remainder ^ (int) (bytes >>> 8 * n)) & 0xff];
        }
        return remainder & 0xffff_ffffL;
    }
}
