package io.scratchvm.vmm.cpu.floatingpoint;

/** The rounding modes, as the RC fields of MXCSR and of the x87 control word number them (SDM volume 1, table 4-8). */
public final class RoundingMode {
    /** To nearest, to even where two are as near. */
    public static final int NEAREST = 0;

    /** Toward minus infinity. */
    public static final int DOWN = 1;

    /** Toward plus infinity. */
    public static final int UP = 2;

    public static final int TOWARD_ZERO = 3;

    private RoundingMode() {}

    /**
     * Whether a magnitude is to be rounded away from zero.
     *
     * @param odd whether the last bit that is kept is one
     * @param rest the bits that are not kept, the first of them on top; the last may stand for all below it
     */
    public static boolean awayFromZero(int mode, boolean negative, boolean odd, long rest) {
        return switch (mode) {
            case NEAREST -> rest < 0 && (odd || rest != Long.MIN_VALUE);
            case DOWN -> negative && rest != 0;
            case UP -> !negative && rest != 0;
            default -> false;
        };
    }
}
