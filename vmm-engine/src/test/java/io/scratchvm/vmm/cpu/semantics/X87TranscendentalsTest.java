package io.scratchvm.vmm.cpu.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * The transcendental functions against decimal arithmetic of sixty digits, by series and reductions of its own. The SDM
 * promises an error of less than one unit in the last place (volume 1, section 8.3.10); rounding to nearest, ours keeps
 * within a hair of half of one.
 */
class X87TranscendentalsTest {
    private static final int ROUND_TO_NEAREST = 0x37f;
    private static final MathContext DIGITS = new MathContext(60);
    private static final BigDecimal ENOUGH = new BigDecimal("1e-75");
    private static final BigDecimal ALLOWED = new BigDecimal("0.5000001");
    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    private static final BigDecimal LN_2 =
            new BigDecimal("0.693147180559945309417232121458176568075500134360255254120680009493393621969694716");
    private static final BigDecimal PI =
            new BigDecimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620900");

    /** The π of 66 bits that angles are reduced by (SDM volume 1, section 8.3.8). */
    private static final BigDecimal REDUCING_PI =
            new BigDecimal(new BigInteger("3243f6a8885a308d3", 16)).divide(TWO.pow(64));

    private final Random random = new Random(7);

    /** A number with the exponent in a range, any sign. */
    private Extended number(int fromExponent, int toExponent) {
        int exponent = fromExponent + random.nextInt(toExponent - fromExponent + 1) + Extended.BIAS;
        long significand = random.nextInt(4) == 0 ? 1L << 63 | 1L << random.nextInt(63) : random.nextLong() | 1L << 63;
        return new Extended(significand, random.nextInt(2) << 15 | exponent);
    }

    private static BigDecimal exact(Extended a) {
        BigDecimal significand = new BigDecimal(new BigInteger(Long.toUnsignedString(a.significand())));
        int shift = Math.max(a.exponent(), 1) - Extended.BIAS - 63;
        BigDecimal magnitude = shift >= 0 ? significand.multiply(TWO.pow(shift)) : significand.divide(TWO.pow(-shift));
        return a.isNegative() ? magnitude.negate() : magnitude;
    }

    private static void assertNear(Extended ours, BigDecimal exact, Object what) {
        BigDecimal unit = TWO.pow(ours.exponent() - Extended.BIAS - 63, DIGITS);
        BigDecimal error = exact(ours).subtract(exact).abs().divide(unit, DIGITS);
        assertThat(error)
                .as("%s: %s for %s", what, ours, exact.round(new MathContext(25)))
                .isLessThan(ALLOWED);
    }

    private void compare(
            int tries,
            int fromExponent,
            int toExponent,
            Function<Extended, Extended> ours,
            Function<BigDecimal, BigDecimal> exact) {
        for (int n = 0; n < tries; n++) {
            Extended a = number(fromExponent, toExponent);
            assertNear(ours.apply(a), exact.apply(exact(a)), a);
        }
    }

    private static X87Rounding rounding() {
        return new X87Rounding(ROUND_TO_NEAREST);
    }

    // -- series -----------------------------------------------------------------------------------------------------

    /** e^x - 1. */
    private static BigDecimal expm1(BigDecimal x) {
        BigDecimal term = x;
        BigDecimal sum = x;
        for (int n = 2; isLarge(term, x); n++) {
            term = term.multiply(x, DIGITS).divide(BigDecimal.valueOf(n), DIGITS);
            sum = sum.add(term);
        }
        return sum;
    }

    private static boolean isLarge(BigDecimal term, BigDecimal first) {
        return term.abs().compareTo(first.abs().multiply(ENOUGH)) > 0;
    }

    /** ln((1 + z) / (1 - z)) / 2, or with alternating signs the inverse tangent. */
    private static BigDecimal odd(BigDecimal z, int sign) {
        BigDecimal square = z.multiply(z, DIGITS).multiply(BigDecimal.valueOf(sign));
        BigDecimal power = z;
        BigDecimal sum = z;
        for (int n = 3; isLarge(power, z); n += 2) {
            power = power.multiply(square, DIGITS);
            sum = sum.add(power.divide(BigDecimal.valueOf(n), DIGITS));
        }
        return sum;
    }

    /** log2(1 + x). */
    private static BigDecimal log2p1(BigDecimal x) {
        BigDecimal rest = x.add(BigDecimal.ONE);
        int halvings = 0;
        while (rest.compareTo(new BigDecimal("1.5")) > 0) {
            rest = rest.divide(TWO);
            halvings++;
        }
        while (rest.compareTo(new BigDecimal("0.75")) < 0) {
            rest = rest.multiply(TWO);
            halvings--;
        }
        BigDecimal z = rest.subtract(BigDecimal.ONE).divide(rest.add(BigDecimal.ONE), DIGITS);
        BigDecimal logarithm = z.signum() == 0 ? z : odd(z, 1).multiply(TWO);
        return logarithm.divide(LN_2, DIGITS).add(BigDecimal.valueOf(halvings));
    }

    /** The inverse tangent of a number not negative: arctan(t) = arctan(1/4) + arctan((t - 1/4) / (1 + t/4)). */
    private static BigDecimal arctangent(BigDecimal t) {
        if (t.compareTo(BigDecimal.ONE) > 0) {
            return PI.divide(TWO).subtract(arctangent(BigDecimal.ONE.divide(t, DIGITS)));
        }
        BigDecimal quarter = new BigDecimal("0.25");
        if (t.compareTo(quarter) <= 0) {
            return t.signum() == 0 ? t : odd(t, -1);
        }
        BigDecimal less = t.subtract(quarter).divide(t.multiply(quarter).add(BigDecimal.ONE), DIGITS);
        return odd(quarter, -1).add(arctangent(less));
    }

    /** x - x^3/3! + …, or from one on 1 - x²/2! + …; for arguments within a turn. */
    private static BigDecimal trigonometric(BigDecimal first, BigDecimal x, int from) {
        BigDecimal term = first;
        BigDecimal sum = first;
        BigDecimal square = x.multiply(x, DIGITS).negate();
        for (int n = from; isLarge(term, first); n += 2) {
            term = term.multiply(square, DIGITS).divide(BigDecimal.valueOf((long) n * (n + 1)), DIGITS);
            sum = sum.add(term);
        }
        return sum;
    }

    /** What differs from {@code x} by right angles of the x87's π, reduced to within a turn of the real π. */
    private static BigDecimal reduced(BigDecimal x) {
        BigDecimal right = REDUCING_PI.divide(TWO);
        BigDecimal count = x.divide(right, 0, RoundingMode.HALF_EVEN);
        BigDecimal rest = x.subtract(count.multiply(right));
        int quadrant = count.toBigInteger().and(BigInteger.valueOf(3)).intValue();
        return rest.add(PI.divide(TWO).multiply(BigDecimal.valueOf(quadrant)));
    }

    private static BigDecimal sine(BigDecimal x) {
        BigDecimal angle = reduced(x);
        return trigonometric(angle, angle, 2);
    }

    private static BigDecimal cosine(BigDecimal x) {
        return trigonometric(BigDecimal.ONE, reduced(x), 1);
    }

    // -- functions --------------------------------------------------------------------------------------------------

    @Test
    void sineIsWithinTheBound() {
        compare(400, -40, 3, a -> X87Transcendentals.sine(a, rounding()), X87TranscendentalsTest::sine);
        compare(200, 4, 62, a -> X87Transcendentals.sine(a, rounding()), X87TranscendentalsTest::sine);
    }

    @Test
    void cosineIsWithinTheBound() {
        compare(400, -20, 3, a -> X87Transcendentals.cosine(a, rounding()), X87TranscendentalsTest::cosine);
        compare(200, 4, 62, a -> X87Transcendentals.cosine(a, rounding()), X87TranscendentalsTest::cosine);
    }

    @Test
    void tangentIsWithinTheBound() {
        Function<BigDecimal, BigDecimal> exact = x -> sine(x).divide(cosine(x), DIGITS);
        compare(400, -40, 3, a -> X87Transcendentals.tangent(a, rounding()), exact);
        compare(200, 4, 62, a -> X87Transcendentals.tangent(a, rounding()), exact);
    }

    @Test
    void arctangentIsWithinTheBound() {
        for (int n = 0; n < 400; n++) {
            Extended y = number(-20, 20);
            Extended x = number(-20, 20);
            BigDecimal angle = arctangent(exact(y).abs().divide(exact(x).abs(), DIGITS));
            angle = x.isNegative() ? PI.subtract(angle) : angle;
            angle = y.isNegative() ? angle.negate() : angle;
            assertNear(X87Transcendentals.arctangent(y, x, rounding()), angle, y + " / " + x);
        }
    }

    @Test
    void powerIsWithinTheBound() {
        compare(500, -50, -1, a -> X87Transcendentals.powerMinusOne(a, rounding()), x -> expm1(x.multiply(LN_2)));
    }

    @Test
    void logarithmIsWithinTheBound() {
        for (int n = 0; n < 400; n++) {
            Extended x = number(n % 2 == 0 ? -1 : -300, n % 2 == 0 ? 0 : 300).absolute();
            Extended y = number(-10, 10);
            BigDecimal exact = log2p1(exact(x).subtract(BigDecimal.ONE)).multiply(exact(y));
            if (exact.signum() != 0) {
                assertNear(X87Transcendentals.logarithm(y, x, rounding()), exact, y + " log " + x);
            }
        }
    }

    @Test
    void logarithmNearOneIsWithinTheBound() {
        for (int n = 0; n < 400; n++) {
            Extended x = number(n % 2 == 0 ? -60 : -4, -3);
            Extended y = number(-10, 10);
            BigDecimal rest = exact(x);
            BigDecimal z = rest.divide(rest.add(TWO), DIGITS);
            BigDecimal exact = odd(z, 1).multiply(TWO).divide(LN_2, DIGITS).multiply(exact(y));
            assertNear(X87Transcendentals.logarithmPlusOne(y, x, rounding()), exact, y + " log 1 + " + x);
        }
    }

    /** What is close to a number but not equal is rounded to its neighbour where rounding is directed. */
    @Test
    void roundingIsDirectedEvenWhereTheDifferenceIsTiny() {
        int down = 0x37f | 1 << 10;
        Extended tiny = new Extended(1L << 63, Extended.BIAS - 200);
        Extended below = new Extended(-1L, Extended.BIAS - 201);
        assertThat(X87Transcendentals.sine(tiny, new X87Rounding(down))).isEqualTo(below);
        assertThat(X87Transcendentals.sine(tiny, rounding())).isEqualTo(tiny);
        assertThat(X87Transcendentals.cosine(tiny, new X87Rounding(down)))
                .isEqualTo(new Extended(-1L, Extended.BIAS - 1));
    }

    /** The numbers that have an exact logarithm raise no PE. */
    @Test
    void powersOfTwoHaveExactLogarithms() {
        X87Rounding r = rounding();
        Extended eight = new Extended(1L << 63, Extended.BIAS + 3);
        assertThat(X87Transcendentals.logarithm(Extended.ONE, eight, r)).isEqualTo(X87Conversions.fromInteger(3));
        assertThat(r.raised()).isZero();
    }
}
