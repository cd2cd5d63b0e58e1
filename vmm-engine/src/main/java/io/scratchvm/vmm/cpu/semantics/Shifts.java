package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Flags;

/**
 * Shifts and rotates. Each method records the flags and returns the result; {@code shift} is {@link Flags#shift} of the
 * operand size, {@code count} is cut to five bits (six for 8-byte operands) as the instruction does. A count of zero
 * changes no flag. Operands and results may carry garbage above the size. Where OF is undefined, it is what the formula
 * for a count of one gives.
 */
public final class Shifts {
    private Shifts() {}

    /** The part of the count that counts. */
    private static int masked(int shift, int count) {
        return count & (shift == 0 ? 63 : 31);
    }

    public static long shiftLeft(Flags flags, int shift, long a, int count) {
        int n = masked(shift, count);
        if (n == 0) {
            return a;
        }
        long result = a << n;
        flags.set(Flags.SHL | shift, a, n, result);
        return result;
    }

    public static long shiftRight(Flags flags, int shift, long a, int count) {
        int n = masked(shift, count);
        if (n == 0) {
            return a;
        }
        long result = (a << shift >>> shift) >>> n;
        flags.set(Flags.SHR | shift, a, n, result);
        return result;
    }

    public static long shiftArithmeticRight(Flags flags, int shift, long a, int count) {
        int n = masked(shift, count);
        if (n == 0) {
            return a;
        }
        long result = (a << shift >> shift) >> n;
        flags.set(Flags.SAR | shift, a, n, result);
        return result;
    }

    public static long rotateLeft(Flags flags, int shift, long a, int count) {
        int n = masked(shift, count);
        if (n == 0) {
            return a;
        }
        int bits = 64 - shift;
        long result = rotated(a, bits, n % bits);
        setCarryAndOverflow(flags, (result & 1) != 0, topBit(result, bits) != ((result & 1) != 0));
        return result;
    }

    public static long rotateRight(Flags flags, int shift, long a, int count) {
        int n = masked(shift, count);
        if (n == 0) {
            return a;
        }
        int bits = 64 - shift;
        long result = rotated(a, bits, bits - n % bits);
        setCarryAndOverflow(flags, topBit(result, bits), topBit(result, bits) != topBit(result << 1, bits));
        return result;
    }

    /** {@code a}'s low {@code bits} rotated left by {@code n}, 0 to {@code bits}. */
    private static long rotated(long a, int bits, int n) {
        if (bits == 64) {
            return Long.rotateLeft(a, n);
        }
        long low = a & (1L << bits) - 1;
        return low << n | low >>> bits - n;
    }

    /** RCL: the carry flag is the bit above the top one. */
    public static long rotateCarryLeft(Flags flags, int shift, long a, int count) {
        int bits = 64 - shift;
        int n = masked(shift, count) % (bits + 1);
        if (n == 0) {
            return a;
        }
        long low = a << shift >>> shift;
        long carry = flags.cf() ? 1 : 0;
        // One bit at a time past the carry: shifts by 64 must not be taken for shifts by 0.
        long result = low << n - 1 << 1 | carry << n - 1 | low >>> 1 >>> bits - n;
        boolean carryOut = (low >>> bits - n & 1) != 0;
        setCarryAndOverflow(flags, carryOut, topBit(result, bits) != carryOut);
        return result;
    }

    /** RCR: the carry flag is the bit above the top one. */
    public static long rotateCarryRight(Flags flags, int shift, long a, int count) {
        int bits = 64 - shift;
        int n = masked(shift, count) % (bits + 1);
        if (n == 0) {
            return a;
        }
        long low = a << shift >>> shift;
        long carry = flags.cf() ? 1 : 0;
        long result = low >>> n - 1 >>> 1 | carry << bits - n | low << 1 << bits - n;
        boolean carryOut = (low >>> n - 1 & 1) != 0;
        setCarryAndOverflow(flags, carryOut, topBit(result, bits) != topBit(result << 1, bits));
        return result;
    }

    /** SHLD: {@code a} shifted left, filled from the top of {@code b}. Not for bytes. */
    public static long shiftLeftDouble(Flags flags, int shift, long a, long b, int count) {
        int n = masked(shift, count);
        if (n == 0) {
            return a;
        }
        int bits = 64 - shift;
        if (n > bits) {
            // A word by 17 to 31: undefined; the bits of b, then those of a again, as Intel's CPUs do.
            return shiftLeftDouble(flags, shift, b, a, n - bits);
        }
        long source = b << shift >>> shift;
        long result = a << n | source >>> bits - n;
        setDouble(flags, shift, a, result, (a >>> bits - n & 1) != 0);
        return result;
    }

    /** SHRD: {@code a} shifted right, filled from the bottom of {@code b}. Not for bytes. */
    public static long shiftRightDouble(Flags flags, int shift, long a, long b, int count) {
        int n = masked(shift, count);
        if (n == 0) {
            return a;
        }
        int bits = 64 - shift;
        if (n > bits) {
            return shiftRightDouble(flags, shift, b, a, n - bits);
        }
        long low = a << shift >>> shift;
        long result = low >>> n | b << bits - n;
        setDouble(flags, shift, a, result, (low >>> n - 1 & 1) != 0);
        return result;
    }

    private static void setDouble(Flags flags, int shift, long a, long result, boolean carry) {
        int status = Flags.LOGIC | shift;
        flags.set((carry ? Flags.CF : 0)
                | (Flags.parity(status, result) ? Flags.PF : 0)
                | (Flags.zero(status, result) ? Flags.ZF : 0)
                | (Flags.sign(status, result) ? Flags.SF : 0)
                | ((a ^ result) << shift < 0 ? Flags.OF : 0));
    }

    private static boolean topBit(long value, int bits) {
        return (value >>> bits - 1 & 1) != 0;
    }

    private static void setCarryAndOverflow(Flags flags, boolean carry, boolean overflow) {
        flags.set(flags.status() & ~(Flags.CF | Flags.OF) | (carry ? Flags.CF : 0) | (overflow ? Flags.OF : 0));
    }
}
