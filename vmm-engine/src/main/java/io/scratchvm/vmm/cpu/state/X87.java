package io.scratchvm.vmm.cpu.state;

/** The x87 registers (Intel SDM volume 1, chapter 8), as FNINIT leaves them. */
public final class X87 {
    /** Status word: an unmasked exception is pending; the top-of-stack pointer; a copy of ES. */
    public static final int ES = 1 << 7, TOP = 7 << 11, BUSY = 1 << 15;

    /** What FNINIT leaves in the control word: all exceptions masked, extended precision, round to nearest. */
    public static final int INITIAL_CONTROL_WORD = 0x37f;

    /** Significands of the physical registers R0 to R7, also MM0 to MM7. */
    public final long[] significand = new long[8];

    /** Sign and exponent of R0 to R7, 16 bits each. */
    public final int[] signExponent = new int[8];

    public int controlWord = INITIAL_CONTROL_WORD;
    public int statusWord;

    /** The full tag word, two bits a register. */
    public int tagWord = 0xffff;

    public int lastOpcode;
    public long lastInstruction;
    public long lastData;

    /** What every MMX instruction but EMMS does: all registers in use, TOP 0. */
    public void enterMmx() {
        statusWord &= ~TOP;
        tagWord = 0;
    }

    /** EMMS: no register in use. */
    public void empty() {
        tagWord = 0xffff;
    }
}
