package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.lower;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.upper;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.withLower;
import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Binary32;
import io.scratchvm.vmm.cpu.floatingpoint.Binary64;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;

/**
 * What each floating-point instruction that writes an XMM register puts into its halves. {@code low} and {@code high}
 * are the second operand's; the first operand's are {@code a} and {@code b}.
 */
final class FloatLanes {
    private FloatLanes() {}

    /** The lower half of the result. */
    static long low(Instruction i, Mxcsr mxcsr, long[] xmm, long low, long high) {
        Operation operation = i.operation();
        int to = index(i.first());
        long a = xmm[to];
        return switch (operation) {
            case ADDSS,
                    SUBSS,
                    MULSS,
                    DIVSS,
                    MINSS,
                    MAXSS,
                    SQRTSS,
                    RCPSS,
                    RSQRTSS,
                    ADDSD,
                    SUBSD,
                    MULSD,
                    DIVSD,
                    MINSD,
                    MAXSD,
                    SQRTSD -> FloatArithmetic.scalar(operation, mxcsr, a, low);
            case ADDPS, SUBPS, MULPS, DIVPS, MINPS, MAXPS, SQRTPS, RCPPS, RSQRTPS ->
                FloatArithmetic.packed(operation, mxcsr, a, low);
            case ADDPD, SUBPD, MULPD, DIVPD, MINPD, MAXPD, SQRTPD -> FloatArithmetic.packed(operation, mxcsr, a, low);
            case CMPSS, CMPSD, CMPPS, CMPPD -> FloatComparisons.mask(operation, mxcsr, predicate(i), a, low);
            case ADDSUBPS -> FloatArithmetic.subtractAdd(mxcsr, a, low);
            case ADDSUBPD -> Binary64.subtract(mxcsr, a, low);
            case HADDPS -> FloatArithmetic.sums(mxcsr, a, xmm[to + 1]);
            case HADDPD -> Binary64.add(mxcsr, a, xmm[to + 1]);
            case HSUBPS -> FloatArithmetic.differences(mxcsr, a, xmm[to + 1]);
            case HSUBPD -> Binary64.subtract(mxcsr, a, xmm[to + 1]);
            case BLENDPS -> FloatArithmetic.blend(immediate(i), a, low);
            case BLENDPD -> (immediate(i) & 1) != 0 ? low : a;
            case BLENDVPS -> FloatArithmetic.blendBySigns(xmm[0], a, low);
            case BLENDVPD -> xmm[0] < 0 ? low : a;
            case INSERTPS -> FloatArithmetic.insert(immediate(i), 0, a, inserted(i, low, high));
            default -> convertedLow(i, mxcsr, a, low, high);
        };
    }

    private static long convertedLow(Instruction i, Mxcsr mxcsr, long a, long low, long high) {
        return switch (i.operation()) {
            case CVTSS2SD, CVTSD2SS -> FloatConversions.scalar(i.operation(), mxcsr, a, low);
            case CVTPS2PD -> Binary64.fromBinary32(mxcsr, lower(low));
            case CVTPD2PS -> FloatConversions.doublesToSingles(mxcsr, low, high);
            case CVTPI2PS, CVTDQ2PS -> FloatConversions.integersToSingles(mxcsr, low);
            case CVTPI2PD, CVTDQ2PD -> Binary64.fromInteger(mxcsr, lower(low));
            case CVTPS2DQ -> FloatConversions.singlesToIntegers(mxcsr, low);
            case CVTTPS2DQ -> FloatConversions.singlesTruncated(mxcsr, low);
            case CVTPD2DQ -> FloatConversions.doublesToIntegers(mxcsr, low, high);
            case CVTTPD2DQ -> FloatConversions.doublesTruncated(mxcsr, low, high);
            case ROUNDPS -> FloatConversions.roundSingles(mxcsr, low, immediate(i));
            case ROUNDPD, ROUNDSD -> Binary64.roundToIntegral(mxcsr, low, immediate(i));
            case ROUNDSS -> withLower(a, Binary32.roundToIntegral(mxcsr, lower(low), immediate(i)));
            default -> throw new IllegalArgumentException("no floating point: " + i.operation());
        };
    }

    /** The upper half of the result, which scalar operations leave alone. */
    static long high(Instruction i, Mxcsr mxcsr, long[] xmm, long low, long high) {
        Operation operation = i.operation();
        long b = xmm[index(i.first()) + 1];
        return switch (operation) {
            case ADDPS, SUBPS, MULPS, DIVPS, MINPS, MAXPS, SQRTPS, RCPPS, RSQRTPS ->
                FloatArithmetic.packed(operation, mxcsr, b, high);
            case ADDPD, SUBPD, MULPD, DIVPD, MINPD, MAXPD, SQRTPD -> FloatArithmetic.packed(operation, mxcsr, b, high);
            case CMPPS, CMPPD -> FloatComparisons.mask(operation, mxcsr, predicate(i), b, high);
            case ADDSUBPS -> FloatArithmetic.subtractAdd(mxcsr, b, high);
            case ADDSUBPD -> Binary64.add(mxcsr, b, high);
            case HADDPS -> FloatArithmetic.sums(mxcsr, low, high);
            case HADDPD -> Binary64.add(mxcsr, low, high);
            case HSUBPS -> FloatArithmetic.differences(mxcsr, low, high);
            case HSUBPD -> Binary64.subtract(mxcsr, low, high);
            case BLENDPS -> FloatArithmetic.blend(immediate(i) >> 2, b, high);
            case BLENDPD -> (immediate(i) & 2) != 0 ? high : b;
            case BLENDVPS -> FloatArithmetic.blendBySigns(xmm[1], b, high);
            case BLENDVPD -> xmm[1] < 0 ? high : b;
            case INSERTPS -> FloatArithmetic.insert(immediate(i), 2, b, inserted(i, low, high));
            case CVTPS2PD -> Binary64.fromBinary32(mxcsr, upper(low));
            case CVTPI2PD, CVTDQ2PD -> Binary64.fromInteger(mxcsr, upper(low));
            case CVTDQ2PS -> FloatConversions.integersToSingles(mxcsr, high);
            case CVTPS2DQ -> FloatConversions.singlesToIntegers(mxcsr, high);
            case CVTTPS2DQ -> FloatConversions.singlesTruncated(mxcsr, high);
            case CVTPD2PS, CVTPD2DQ, CVTTPD2DQ -> 0;
            case ROUNDPS -> FloatConversions.roundSingles(mxcsr, high, immediate(i));
            case ROUNDPD -> Binary64.roundToIntegral(mxcsr, high, immediate(i));
            default -> b;
        };
    }

    /** The single that INSERTPS inserts: of a register, the one that its immediate chooses. */
    private static int inserted(Instruction i, long low, long high) {
        if (i.second() instanceof Operand.Memory) {
            return lower(low);
        }
        int lane = immediate(i) >> 6;
        return lower((lane < 2 ? low : high) >>> 32 * (lane & 1));
    }

    /** Of a comparison; VEX has four times as many. */
    private static int predicate(Instruction i) {
        return immediate(i) & (i.vex() ? 31 : 7);
    }

    private static int immediate(Instruction i) {
        return (int) ((Operand.Immediate) i.third()).value();
    }
}
