package io.scratchvm.vmm.cpu.floatingpoint;

/**
 * The six exceptions of floating-point arithmetic, as the flags of MXCSR and of the x87 status word have them; the masks
 * stand in the same order (Intel SDM volume 1, section 4.9.1).
 */
public final class ExceptionFlags {
    /** Invalid operation: the result is a NaN, or an integer that stands for none. */
    public static final int INVALID = 1;

    /** An operand is denormal. */
    public static final int DENORMAL = 1 << 1;

    /** Something other than zero was divided by zero. */
    public static final int ZERO_DIVIDE = 1 << 2;

    /** The rounded result is beyond the greatest finite number. */
    public static final int OVERFLOW = 1 << 3;

    /** The result, rounded as if exponents had no limit, is below the least normal number. */
    public static final int UNDERFLOW = 1 << 4;

    /** The result was rounded. */
    public static final int PRECISION = 1 << 5;

    /** Those that are found before anything is computed, and keep it from being computed where they are not masked. */
    public static final int BEFORE_COMPUTATION = INVALID | DENORMAL | ZERO_DIVIDE;

    public static final int ALL = 0x3f;

    private ExceptionFlags() {}
}
