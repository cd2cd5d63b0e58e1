package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Flags;

/**
 * Addition, subtraction and logic. Each method records the flags and returns the result; {@code shift} is
 * {@link Flags#shift} of the operand size. Operands and results may carry garbage above the size.
 */
public final class Arithmetic {
    private Arithmetic() {}

    public static long add(Flags flags, int shift, long a, long b) {
        long result = a + b;
        flags.set(Flags.ADD | shift, a, b, result);
        return result;
    }

    public static long addWithCarry(Flags flags, int shift, long a, long b) {
        long result = a + b + (flags.cf() ? 1 : 0);
        flags.set(Flags.ADD | shift, a, b, result);
        return result;
    }

    /** SUB, CMP, and NEG with {@code a} zero. */
    public static long subtract(Flags flags, int shift, long a, long b) {
        long result = a - b;
        flags.set(Flags.SUB | shift, a, b, result);
        return result;
    }

    public static long subtractWithBorrow(Flags flags, int shift, long a, long b) {
        long result = a - b - (flags.cf() ? 1 : 0);
        flags.set(Flags.SUB | shift, a, b, result);
        return result;
    }

    /** AND, TEST. */
    public static long and(Flags flags, int shift, long a, long b) {
        long result = a & b;
        flags.set(Flags.LOGIC | shift, 0, 0, result);
        return result;
    }

    public static long or(Flags flags, int shift, long a, long b) {
        long result = a | b;
        flags.set(Flags.LOGIC | shift, 0, 0, result);
        return result;
    }

    public static long xor(Flags flags, int shift, long a, long b) {
        long result = a ^ b;
        flags.set(Flags.LOGIC | shift, 0, 0, result);
        return result;
    }

    public static long increment(Flags flags, int shift, long a) {
        long result = a + 1;
        flags.set(Flags.INC | shift, a, flags.cf() ? 1 : 0, result);
        return result;
    }

    public static long decrement(Flags flags, int shift, long a) {
        long result = a - 1;
        flags.set(Flags.DEC | shift, a, flags.cf() ? 1 : 0, result);
        return result;
    }
}
