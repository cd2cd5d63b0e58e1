package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.X87;

/** How x87 instructions take their operands from the register stack and leave results there (SDM volume 1, 8.5.1). */
public final class X87Stack {
    private X87Stack() {}

    /** The value of ST(i), whether it is tagged empty or not. */
    public static Extended get(X87 x87, int i) {
        int register = x87.physical(i);
        return new Extended(x87.significand[register], x87.signExponent[register]);
    }

    /** ST(i) as an operand: a stack underflow where it is empty. */
    public static Extended operand(X87 x87, int i, X87Rounding r) {
        return x87.isEmpty(i) ? r.stackUnderflow() : get(x87, i);
    }

    public static void set(X87 x87, int i, Extended value) {
        x87.set(i, value.significand(), value.signExponent());
    }

    /** Sets ST(i) unless an exception forbids it, and records the exceptions; whether it has set it. */
    public static boolean replace(X87 x87, int i, Extended value, X87Rounding r) {
        boolean goesOn = !r.stops();
        if (goesOn) {
            set(x87, i, value);
        }
        record(x87, r);
        return goesOn;
    }

    /** Pushes {@code value} unless an exception forbids it, and records the exceptions. */
    public static void push(X87 x87, Extended value, X87Rounding r) {
        if (!r.stops()) {
            x87.rotate(-1);
            set(x87, 0, value);
        }
        record(x87, r);
    }

    /** Puts exceptions and C1 into the status word. */
    public static void record(X87 x87, X87Rounding r) {
        x87.statusWord = x87.statusWord & ~X87.C1 | r.raised();
        x87.summarize();
    }

    /** Sets these of the condition codes, and no others of {@code mask}. */
    public static void setCodes(X87 x87, int mask, int codes) {
        x87.statusWord = x87.statusWord & ~mask | codes;
    }
}
