package io.scratchvm.vmm.cpu.floatingpoint;

import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.OVERFLOW;
import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.PRECISION;
import static io.scratchvm.vmm.cpu.floatingpoint.ExceptionFlags.UNDERFLOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Arithmetic on every host, against the definition: the exact result in decimals, rounded to the format. The system
 * property {@code float.numbers} asks for more pairs of numbers.
 */
class ArithmeticTest {
    private static final int NUMBERS = Integer.getInteger("float.numbers", 20_000);
    private static final BigDecimal LEAST_DENORMAL = BigDecimal.valueOf(Double.MIN_VALUE);

    /** An operation and its exact value. */
    private enum Operation {
        ADD {
            @Override
            long compute(Mxcsr mxcsr, long a, long b) {
                return Binary64.add(mxcsr, a, b);
            }

            @Override
            BigDecimal exact(BigDecimal a, BigDecimal b) {
                return a.add(b);
            }
        },
        SUBTRACT {
            @Override
            long compute(Mxcsr mxcsr, long a, long b) {
                return Binary64.subtract(mxcsr, a, b);
            }

            @Override
            BigDecimal exact(BigDecimal a, BigDecimal b) {
                return a.subtract(b);
            }
        },
        MULTIPLY {
            @Override
            long compute(Mxcsr mxcsr, long a, long b) {
                return Binary64.multiply(mxcsr, a, b);
            }

            @Override
            BigDecimal exact(BigDecimal a, BigDecimal b) {
                return a.multiply(b);
            }
        };

        abstract long compute(Mxcsr mxcsr, long a, long b);

        abstract BigDecimal exact(BigDecimal a, BigDecimal b);
    }

    private final Random random = new Random(3);

    private static BigDecimal value(long bits) {
        return new BigDecimal(Double.longBitsToDouble(bits));
    }

    /** Finite, in one of a few ranges of exponents so that results cancel, overflow and underflow. */
    private long number() {
        int exponent =
                switch (random.nextInt(4)) {
                    case 0 -> random.nextInt(60);
                    case 1 -> 2046 - random.nextInt(60);
                    default -> 1023 + random.nextInt(120) - 60;
                };
        long fraction = random.nextInt(3) == 0 ? (long) random.nextInt(1 << 12) << 40 : random.nextLong() >>> 12;
        return random.nextLong() & Long.MIN_VALUE | (long) exponent << 52 | fraction;
    }

    @ParameterizedTest
    @EnumSource
    void roundsTheExactResultInEveryMode(Operation operation) {
        Mxcsr mxcsr = new Mxcsr();
        for (int n = 0; n < NUMBERS; n++) {
            long a = number();
            long b = number();
            int mode = random.nextInt(4);
            mxcsr.begin(Mxcsr.INITIAL | mode << 13);
            long result = operation.compute(mxcsr, a, b);
            String what = operation + " " + Long.toHexString(a) + " " + Long.toHexString(b) + " mode " + mode;
            check(what, result, operation.exact(value(a), value(b)), mode, mxcsr.end());
        }
    }

    /** The result must be next to the exact one on the side that the mode says, and the flags must tell its error. */
    private static void check(String what, long result, BigDecimal exact, int mode, int flags) {
        double rounded = Double.longBitsToDouble(result);
        if (Double.isInfinite(rounded)) {
            assertThat(flags & (OVERFLOW | PRECISION)).as(what).isEqualTo(OVERFLOW | PRECISION);
            assertThat(exact.abs()).as(what).isGreaterThan(BigDecimal.valueOf(Double.MAX_VALUE));
            return;
        }
        BigDecimal error = new BigDecimal(rounded).subtract(exact);
        assertThat((flags & PRECISION) != 0).as(what + " precision").isEqualTo(error.signum() != 0);
        boolean overflowed = (flags & OVERFLOW) != 0;
        BigDecimal gap = overflowed ? null : gap(rounded, error);
        switch (mode) {
            case RoundingMode.NEAREST -> {
                assertThat(error.abs().multiply(BigDecimal.valueOf(2))).as(what).isLessThanOrEqualTo(gap);
                if (error.abs().multiply(BigDecimal.valueOf(2)).compareTo(gap) == 0) {
                    assertThat(result & 1).as(what + " to even").isZero();
                }
            }
            case RoundingMode.DOWN -> assertThat(error.signum()).as(what).isNotPositive();
            case RoundingMode.UP -> assertThat(error.signum()).as(what).isNotNegative();
            default -> assertThat(error.signum() * exact.signum()).as(what).isNotPositive();
        }
        if (!overflowed) {
            assertThat(error.abs()).as(what).isLessThan(gap.max(LEAST_DENORMAL));
        }
        boolean below = exact.signum() != 0 && exact.abs().compareTo(BigDecimal.valueOf(Double.MIN_NORMAL)) < 0;
        if ((flags & UNDERFLOW) != 0) {
            assertThat(below && error.signum() != 0).as(what + " underflow").isTrue();
        }
    }

    /** The distance from {@code rounded} to its neighbour on the side where the exact result lies. */
    private static BigDecimal gap(double rounded, BigDecimal error) {
        double neighbour = error.signum() > 0 ? Math.nextDown(rounded) : Math.nextUp(rounded);
        return new BigDecimal(Double.isInfinite(neighbour) ? Math.ulp(rounded) : neighbour - rounded).abs();
    }

    @Test
    void quotientsAndRootsAreTheGreatestNotBeyondTheExactOnes() {
        Mxcsr mxcsr = new Mxcsr();
        for (int n = 0; n < NUMBERS; n++) {
            long a = (1023L + random.nextInt(100)) << 52 | random.nextLong() >>> 12;
            long b = (1023L + random.nextInt(100)) << 52 | random.nextLong() >>> 12 + random.nextInt(52);
            mxcsr.begin(Mxcsr.INITIAL | RoundingMode.DOWN << 13);
            long quotient = Binary64.divide(mxcsr, a, b);
            assertThat(value(quotient).multiply(value(b))).isLessThanOrEqualTo(value(a));
            assertThat(value(quotient + 1).multiply(value(b))).isGreaterThan(value(a));
            boolean exact = value(quotient).multiply(value(b)).compareTo(value(a)) == 0;
            assertThat((mxcsr.end() & PRECISION) == 0).isEqualTo(exact);

            mxcsr.begin(Mxcsr.INITIAL | RoundingMode.DOWN << 13);
            long root = Binary64.squareRoot(mxcsr, a);
            assertThat(value(root).pow(2)).isLessThanOrEqualTo(value(a));
            assertThat(value(root + 1).pow(2)).isGreaterThan(value(a));
            assertThat((mxcsr.end() & PRECISION) == 0)
                    .isEqualTo(value(root).pow(2).compareTo(value(a)) == 0);
        }
    }

    /** Java's arithmetic and the exact path are two ways to one result; which one is taken depends on the operands. */
    @Test
    void bothPathsAgree() {
        Mxcsr fast = new Mxcsr();
        Mxcsr exact = new Mxcsr();
        BinaryFormat format = BinaryFormat.BINARY64;
        for (int n = 0; n < NUMBERS; n++) {
            long a = number();
            long b = random.nextInt(4) == 0 ? a + random.nextInt(3) - 1 : number();
            fast.begin(Mxcsr.INITIAL);
            exact.begin(Mxcsr.INITIAL);
            assertThat(Binary64.add(fast, a, b)).isEqualTo(Arithmetic.add(format, exact, a, b));
            assertThat(Binary64.divide(fast, a, b)).isEqualTo(Arithmetic.divide(format, exact, a, b));
            assertThat(fast.end()).isEqualTo(exact.end());
            fast.begin(Mxcsr.INITIAL);
            exact.begin(Mxcsr.INITIAL);
            assertThat(Binary64.multiply(fast, a, b)).isEqualTo(Arithmetic.multiply(format, exact, a, b));
            assertThat(fast.end()).isEqualTo(exact.end());
            fast.begin(Mxcsr.INITIAL);
            exact.begin(Mxcsr.INITIAL);
            assertThat(Binary64.squareRoot(fast, a)).isEqualTo(Arithmetic.squareRoot(format, exact, a));
            assertThat(fast.end()).isEqualTo(exact.end());
        }
    }

    // -- approximations -----------------------------------------------------------------------------------------------

    /** SDM volume 2, "RCPPS" and "RSQRTPS". */
    private static final double BOUND = 1.5 / 4096;

    @Test
    void approximationsKeepTheirBound() {
        for (int n = 0; n < NUMBERS; n++) {
            int a = 1 + random.nextInt(251) << 23 | random.nextInt(1 << 23);
            double x = Float.intBitsToFloat(a);
            double reciprocal = Float.intBitsToFloat(Approximations.reciprocal(a));
            assertThat(Math.abs(reciprocal * x - 1)).isLessThanOrEqualTo(BOUND);
            double root = Float.intBitsToFloat(Approximations.reciprocalSquareRoot(a));
            assertThat(Math.abs(root * Math.sqrt(x) - 1)).isLessThanOrEqualTo(BOUND);
        }
    }

    @Test
    void approximationsKnowNoDenormals() {
        int infinity = 0x7f80_0000;
        int negative = 0x8000_0000;
        assertThat(Approximations.reciprocal(0x0000_0001)).isEqualTo(infinity);
        assertThat(Approximations.reciprocal(0x807f_ffff)).isEqualTo(negative | infinity);
        assertThat(Approximations.reciprocal(0x7f00_0000)).isZero();
        assertThat(Approximations.reciprocal(negative | infinity)).isEqualTo(negative);
        assertThat(Approximations.reciprocal(0x7f80_0001)).isEqualTo(0x7fc0_0001);
        assertThat(Approximations.reciprocalSquareRoot(infinity)).isZero();
        assertThat(Approximations.reciprocalSquareRoot(0x8000_0001)).isEqualTo(negative | infinity);
        assertThat(Approximations.reciprocalSquareRoot(0xbf80_0000)).isEqualTo(0xffc0_0000);
    }
}
