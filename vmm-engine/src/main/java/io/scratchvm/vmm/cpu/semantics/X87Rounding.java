package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.X87.*;

import io.scratchvm.vmm.cpu.state.X87;

/**
 * One x87 operation's way from an exact result to one that a register or memory can hold: precision and rounding by the
 * control word, and the exceptions met on the way with their masked and unmasked responses (Intel SDM volume 1,
 * sections 4.8.4, 4.9.1 and 8.5).
 */
public final class X87Rounding {
    /** Rounding control. */
    static final int NEAREST = 0, DOWN = 1, UP = 2, TOWARDS_ZERO = 3;

    static final int FULL_PRECISION = 64;

    /** What an unmasked overflow subtracts from the exponent, an unmasked underflow adds. */
    private static final int ADJUSTMENT = 24576;

    private static final long HALF = 1L << 63;

    private final int control;
    private int raised;

    /** FISTTP: rounding control does not count. */
    private boolean truncates;

    /** Those that forbid to change operands and stack where they are not masked. */
    private int stopping = IE | DE | ZE;

    /** An operand from memory was a denormal there, though it is none any more. */
    private boolean denormalSource;

    public X87Rounding(int controlWord) {
        control = controlWord;
    }

    /** Bits of the significand that precision control leaves: 24, 53 or 64. */
    int precision() {
        return switch (control >> 8 & 3) {
            case 0 -> 24;
            case 2 -> 53;
            default -> FULL_PRECISION;
        };
    }

    int mode() {
        return truncates ? TOWARDS_ZERO : control >> 10 & 3;
    }

    // -- exceptions -------------------------------------------------------------------------------------------------

    /**
     * The exceptions raised so far with SF and C1, at their places in the status word. An unmasked one that stops the
     * operation leaves no others to arise from its result.
     */
    public int raised() {
        if (stops()) {
            return raised & (hasStackFault() ? IE | SF | C1 : IE | DE | ZE);
        }
        return raised;
    }

    void raise(int exceptions) {
        raised |= exceptions;
    }

    boolean isUnmasked(int exceptions) {
        return (exceptions & ~control & X87.EXCEPTIONS) != 0;
    }

    /** Whether an exception forbids to change operands and stack: an unmasked one found before the computation. */
    public boolean stops() {
        return isUnmasked(raised & stopping);
    }

    /** Whether an exception forbids to store to memory, and to pop. */
    public boolean stopsStore() {
        return isUnmasked(raised & (IE | DE | ZE | OE | UE));
    }

    /** An invalid operation; its masked result. */
    Extended invalid() {
        raise(IE);
        return Extended.INDEFINITE;
    }

    /** A register was read that is empty; the masked result. */
    public Extended stackUnderflow() {
        raise(IE | SF);
        return Extended.INDEFINITE;
    }

    /** A value was to be pushed onto a register that is not empty; the masked result. */
    public Extended stackOverflow() {
        raise(IE | SF | C1);
        return Extended.INDEFINITE;
    }

    public boolean hasStackFault() {
        return (raised & SF) != 0;
    }

    void denormalSource() {
        denormalSource = true;
    }

    /** Raises DE where an operand is denormal. */
    void checkDenormal(Extended a) {
        if (denormalSource || a.isDenormal()) {
            raise(DE);
        }
    }

    void checkDenormal(Extended a, Extended b) {
        checkDenormal(a);
        checkDenormal(b);
    }

    /** The result where the operand is a NaN or unsupported, else null. */
    Extended special(Extended a) {
        if (a.isUnsupported()) {
            return invalid();
        }
        if (!a.isNan()) {
            return null;
        }
        if (a.isSignalling()) {
            raise(IE);
        }
        return a.quiet();
    }

    /** The result where an operand is a NaN or unsupported (SDM volume 1, table 4-7), else null. */
    Extended special(Extended a, Extended b) {
        if (a.exponent() != Extended.EXPONENT_MASK
                && b.exponent() != Extended.EXPONENT_MASK
                && !a.isUnsupported()
                && !b.isUnsupported()) {
            return null;
        }
        if (a.isUnsupported() || b.isUnsupported()) {
            return invalid();
        }
        if (!a.isNan()) {
            return special(b);
        }
        if (!b.isNan()) {
            return special(a);
        }
        return ofTwoNans(a, b);
    }

    /** A quiet NaN before a signalling one, else the one with the larger significand, else the positive one. */
    private Extended ofTwoNans(Extended a, Extended b) {
        if (a.isSignalling() || b.isSignalling()) {
            raise(IE);
        }
        if (a.isSignalling() != b.isSignalling()) {
            return a.isSignalling() ? b : a;
        }
        int order = Long.compareUnsigned(a.significand(), b.significand());
        Extended larger = order > 0 || order == 0 && !a.isNegative() ? a : b;
        return larger.quiet();
    }

    // -- rounding ---------------------------------------------------------------------------------------------------

    /**
     * Whether the magnitude kept is to grow by a unit in its last place. Raises PE, with C1 for such growth.
     *
     * @param odd the magnitude's last bit is set
     * @param fraction what is dropped, in units of 2^-64 of the last place; the last bit stands for all below, too
     */
    boolean roundsUp(boolean negative, boolean odd, long fraction) {
        boolean up = grows(negative, odd, fraction);
        if (fraction != 0) {
            raised = raised & ~C1 | PE | (up ? C1 : 0);
        }
        return up;
    }

    private boolean grows(boolean negative, boolean odd, long fraction) {
        if (fraction == 0) {
            return false;
        }
        return switch (mode()) {
            case NEAREST -> fraction < 0 && (odd || fraction != HALF);
            case DOWN -> negative;
            case UP -> !negative;
            default -> false;
        };
    }

    /** Whether a significand that is to lose its last {@code drop} bits would round up to the next power of two. */
    boolean reachesNextBinade(boolean negative, long significand, int drop) {
        return significand >>> drop == -1L >>> drop && grows(negative, true, dropped(significand, 0, drop));
    }

    /** Raises a masked overflow to {@code value}, with C1 or not; an unmasked one as such, without a value. */
    long overflow(long value, int roundedUp) {
        raised = raised & ~(C1 | PE) | OE | (isUnmasked(OE) ? 0 : PE | roundedUp);
        return value;
    }

    /** Raises an exception in place of the inexact result that has been found on the way. */
    void raiseInstead(int exception) {
        raised = raised & ~(C1 | PE) | exception;
    }

    /** The same rounding with an account of exceptions of its own. */
    X87Rounding silent() {
        return new X87Rounding(control);
    }

    /** The same for a load, which pushes a denormal number though it raises DE. */
    X87Rounding loading() {
        stopping &= ~DE;
        return this;
    }

    /** The same with rounding towards zero. */
    X87Rounding towardsZero() {
        truncates = true;
        return this;
    }

    /** The zero that a sum of opposites gives. */
    Extended cancelled() {
        return Extended.zero(mode() == DOWN);
    }

    /** Rounds to the full 64 bits of significand; see {@link #round(boolean, int, long, long, int)}. */
    Extended round(boolean negative, int exponent, long high, long low) {
        return round(negative, exponent, high, low, FULL_PRECISION);
    }

    /**
     * The register value nearest to ±high.low · 2^(exponent - 63), in the sense of rounding control.
     *
     * @param high with its top bit set
     * @param low the next 64 bits; the last of them stands for all below, too
     * @param precision bits of significand to be kept
     */
    Extended round(boolean negative, int exponent, long high, long low, int precision) {
        int drop = FULL_PRECISION - precision;
        if (exponent < Extended.MIN_EXPONENT && isTiny(negative, exponent, high, low, drop)) {
            return tiny(negative, exponent, high, low, drop);
        }
        long kept = high & -1L << drop;
        int scale = exponent;
        if (roundsUp(negative, (high >>> drop & 1) != 0, dropped(high, low, drop))) {
            kept += 1L << drop;
            if (kept == 0) {
                kept = Extended.INTEGER_BIT;
                scale++;
            }
        }
        if (scale > Extended.BIAS) {
            return overflow(negative, scale, kept, drop);
        }
        return pack(negative, scale, kept);
    }

    private static Extended pack(boolean negative, int scale, long significand) {
        return new Extended(significand, scale + Extended.BIAS | (negative ? Extended.SIGN : 0));
    }

    private static long dropped(long high, long low, int drop) {
        return drop == 0 ? low : high << 64 - drop | (low != 0 ? 1 : 0);
    }

    /** Tininess is found after rounding as if the exponent had no bounds (SDM volume 1, section 4.9.1.5). */
    private boolean isTiny(boolean negative, int exponent, long high, long low, int drop) {
        boolean allOnes = high >>> drop == -1L >>> drop;
        return exponent < Extended.MIN_EXPONENT - 1 || !allOnes || !grows(negative, true, dropped(high, low, drop));
    }

    private Extended tiny(boolean negative, int exponent, long high, long low, int drop) {
        if (isUnmasked(UE)) {
            raise(UE);
            if (exponent + ADJUSTMENT < Extended.MIN_EXPONENT) {
                raise(PE);
                return Extended.zero(negative);
            }
            return round(negative, exponent + ADJUSTMENT, high, low, FULL_PRECISION - drop);
        }
        int shift = Extended.MIN_EXPONENT - exponent;
        long kept = shift < 64 ? high >>> shift : 0;
        long fraction = dropped(kept, shiftedLow(high, low, shift), drop);
        boolean odd = (kept >>> drop & 1) != 0;
        kept &= -1L << drop;
        if (fraction != 0) {
            raise(UE);
        }
        if (roundsUp(negative, odd, fraction)) {
            kept += 1L << drop;
        }
        return new Extended(kept, (kept < 0 ? 1 : 0) | (negative ? Extended.SIGN : 0));
    }

    /** The lower half of high:low shifted right, what falls out or'ed into its last bit. {@code shift} is at least 1. */
    static long shiftedLow(long high, long low, int shift) {
        if (shift < 64) {
            long lost = low << 64 - shift;
            return high << 64 - shift | low >>> shift | (lost != 0 ? 1 : 0);
        }
        if (shift == 64) {
            return high | (low != 0 ? 1 : 0);
        }
        if (shift < 128) {
            long lost = high << 128 - shift | low;
            return high >>> shift - 64 | (lost != 0 ? 1 : 0);
        }
        return (high | low) != 0 ? 1 : 0;
    }

    private Extended overflow(boolean negative, int scale, long kept, int drop) {
        if (isUnmasked(OE)) {
            raise(OE);
            if (scale - ADJUSTMENT > Extended.BIAS) {
                raise(PE | C1);
                return Extended.infinity(negative);
            }
            return pack(negative, scale - ADJUSTMENT, kept);
        }
        boolean infinite = overflowsToInfinity(negative);
        raised = raised & ~C1 | OE | PE | (infinite ? C1 : 0);
        return infinite ? Extended.infinity(negative) : pack(negative, Extended.BIAS, -1L << drop);
    }

    /** Whether the masked response to overflow is an infinity, not the largest number (SDM volume 1, table 4-10). */
    boolean overflowsToInfinity(boolean negative) {
        return switch (mode()) {
            case NEAREST -> true;
            case DOWN -> negative;
            case UP -> !negative;
            default -> false;
        };
    }
}
