package io.scratchvm.vmm.cpu.state;

/** The x87 registers (Intel SDM volume 1, chapter 8), as FNINIT leaves them. */
public final class X87 {
    /**
     * Exceptions, at their places in the status word and as masks in the control word: invalid operation, denormal
     * operand, division by zero, overflow, underflow, precision.
     */
    public static final int IE = 1, DE = 1 << 1, ZE = 1 << 2, OE = 1 << 3, UE = 1 << 4, PE = 1 << 5;

    /** All six exceptions. */
    public static final int EXCEPTIONS = 0x3f;

    /**
     * Status word: stack fault; an unmasked exception is pending; condition codes; the top-of-stack pointer; a copy of
     * ES.
     */
    public static final int SF = 1 << 6,
            ES = 1 << 7,
            C0 = 1 << 8,
            C1 = 1 << 9,
            C2 = 1 << 10,
            C3 = 1 << 14,
            TOP = 7 << 11,
            BUSY = 1 << 15;

    /** What FNINIT leaves in the control word: all exceptions masked, extended precision, round to nearest. */
    public static final int INITIAL_CONTROL_WORD = 0x37f;

    private static final int TOP_SHIFT = 11;
    private static final int EMPTY = 3;

    /** Significands of the physical registers R0 to R7, also MM0 to MM7. */
    public final long[] significand = new long[8];

    /** Sign and exponent of R0 to R7, 16 bits each. */
    public final int[] signExponent = new int[8];

    public int controlWord = INITIAL_CONTROL_WORD;
    public int statusWord;

    /** Two bits a register: 3 empty, 0 in use. What a register in use holds is worked out where a tag word is stored. */
    public int tagWord = 0xffff;

    /** Of the last instruction that was not a control instruction: the low 11 bits of its opcode. */
    public int lastOpcode;

    public long lastInstruction;
    public long lastData;

    /** What every MMX instruction but EMMS does: all registers in use, TOP 0. */
    public void enterMmx() {
        statusWord &= ~TOP;
        tagWord = 0;
    }

    /** EMMS: no register in use, TOP 0. */
    public void empty() {
        statusWord &= ~TOP;
        tagWord = 0xffff;
    }

    /** The physical register that ST(i) is; {@code i} may be -1, the register that a push would take. */
    public int physical(int i) {
        return (statusWord >> TOP_SHIFT) + i & 7;
    }

    public boolean isEmpty(int i) {
        return (tagWord >> 2 * physical(i) & EMPTY) == EMPTY;
    }

    /** Sets ST(i), which is then in use. */
    public void set(int i, long significand, int signExponent) {
        int register = physical(i);
        this.significand[register] = significand;
        this.signExponent[register] = signExponent;
        tagWord &= ~(EMPTY << 2 * register);
    }

    /** Tags ST(i) empty; its value stays. */
    public void free(int i) {
        tagWord |= EMPTY << 2 * physical(i);
    }

    /** Adds {@code distance} to TOP: -1 before a push, 1 after a pop. */
    public void rotate(int distance) {
        statusWord = statusWord & ~TOP | physical(distance) << TOP_SHIFT;
    }

    /** Tags ST(0) empty and moves TOP. */
    public void pop() {
        free(0);
        rotate(1);
    }

    /** Whether an exception is pending that the control word does not mask. */
    public boolean isPending() {
        return (statusWord & ES) != 0;
    }

    /** Makes ES and B what the exception flags and their masks make them. */
    public void summarize() {
        boolean pending = (statusWord & ~controlWord & EXCEPTIONS) != 0;
        statusWord = pending ? statusWord | ES | BUSY : statusWord & ~(ES | BUSY);
    }
}
