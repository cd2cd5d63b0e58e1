package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Flags;

/** Single bits, bit scans and counts. */
public final class Bits {
    private Bits() {}

    /** BT and its kin: CF is bit {@code index} of {@code value}; the other flags stay. */
    public static void setCarryToBit(Flags flags, long value, int index) {
        setCarry(flags, (value >>> index & 1) != 0);
    }

    /** CF alone. */
    public static void setCarry(Flags flags, boolean carry) {
        flags.set(flags.status() & ~Flags.CF | (carry ? Flags.CF : 0));
    }

    /** ZF alone is defined after BSF and BSR; the others are cleared. */
    public static void setScanFlags(Flags flags, long source) {
        flags.set(source == 0 ? Flags.ZF : 0);
    }

    /** POPCNT of a zero-extended source: ZF where it is zero, all others cleared. */
    public static long populationCount(Flags flags, long source) {
        flags.set(source == 0 ? Flags.ZF : 0);
        return Long.bitCount(source);
    }

    /** MOVBE: 2, 4 or 8 bytes in reversed order. */
    public static long reverseBytes(long value, int size) {
        return Long.reverseBytes(value) >>> 64 - 8 * size;
    }

    /** BSWAP of {@code size} bytes; of two bytes it is undefined, and zero. */
    public static long swapBytes(long value, int size) {
        return switch (size) {
            case 8 -> Long.reverseBytes(value);
            case 4 -> Integer.reverseBytes((int) value) & 0xffff_ffffL;
            default -> 0;
        };
    }
}
