package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;

/**
 * Floating point of SSE to SSE4.1. Each reads its operands, computes under MXCSR, and writes its destination only after
 * the exceptions of all lanes are known and masked.
 */
final class SseFloatInstructions {
    private SseFloatInstructions() {}

    /** Whether {@code operation} is one of these. */
    static boolean concern(Operation operation) {
        return operation.compareTo(Operation.ADDPS) >= 0 && operation.compareTo(Operation.EXTRACTPS) <= 0;
    }

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case CVTSI2SS, CVTSI2SD -> fromGeneral(x, i);
            case CVTSS2SI, CVTSD2SI, CVTTSS2SI, CVTTSD2SI -> toGeneral(x, i);
            case COMISS, COMISD, UCOMISS, UCOMISD -> compare(x, i);
            case EXTRACTPS -> extract(x, i);
            case DPPS, DPPD -> dotProduct(x, i);
            default -> onLanes(x, i);
        }
    }

    private static void fromGeneral(Execution x, Instruction i) {
        long value = Execution.extend(x.read(i.second(), i.operandSize()), i.operandSize());
        Mxcsr mxcsr = begin(x);
        long[] xmm = x.vcpu.xmm;
        int to = index(i.first());
        long result = FloatConversions.fromInteger(i.operation(), mxcsr, xmm[to], value);
        end(x);
        xmm[to] = result;
    }

    private static void toGeneral(Execution x, Instruction i) {
        long value = SseOperands.low(x, i.second());
        long result = FloatConversions.toInteger(i.operation(), begin(x), value, 8 * i.operandSize());
        end(x);
        x.write(i.first(), i.operandSize(), result);
    }

    private static void compare(Execution x, Instruction i) {
        long b = SseOperands.low(x, i.second());
        long a = x.vcpu.xmm[index(i.first())];
        int flags = FloatComparisons.flags(FloatComparisons.relation(i.operation(), begin(x), a, b));
        end(x);
        x.vcpu.flags.set(flags);
    }

    private static void extract(Execution x, Instruction i) {
        int lane = immediate(i) & 3;
        long half = x.vcpu.xmm[index(i.second()) + (lane >> 1)];
        x.write(i.first(), 4, half >>> 32 * (lane & 1) & 0xffff_ffffL);
    }

    private static void dotProduct(Execution x, Instruction i) {
        long low = SseOperands.low(x, i.second());
        long high = high(x, i.second());
        long[] xmm = x.vcpu.xmm;
        int to = index(i.first());
        int control = immediate(i);
        Mxcsr mxcsr = begin(x);
        if (i.operation() == Operation.DPPD) {
            long product = FloatArithmetic.dotProductOfDoubles(mxcsr, control >> 4, xmm[to], xmm[to + 1], low, high);
            end(x);
            SseOperands.set(x, i.first(), (control & 1) != 0 ? product : 0, (control & 2) != 0 ? product : 0);
        } else {
            int product = FloatArithmetic.dotProductOfSingles(mxcsr, control >> 4, xmm[to], xmm[to + 1], low, high);
            end(x);
            long twice = FloatArithmetic.pair(product, product);
            SseOperands.set(
                    x,
                    i.first(),
                    FloatArithmetic.blend(control, 0, twice),
                    FloatArithmetic.blend(control >> 2, 0, twice));
        }
    }

    private static void onLanes(Execution x, Instruction i) {
        onLanes(x, i, SseOperands.low(x, i.second()), high(x, i.second()));
    }

    /** The upper half of a second operand; zero where memory holds no more than the lower one. */
    private static long high(Execution x, Operand operand) {
        if (operand instanceof Operand.Memory m) {
            return m.size() == 16 ? x.mmu.read64(x.linear(m, 16, false) + 8) : 0;
        }
        return x.vcpu.xmm[index(operand) + 1];
    }

    /** Two numbers to two doublewords of an MMX register. */
    static long toMmx(Execution x, Instruction i) {
        long low = SseOperands.low(x, i.second());
        long high = high(x, i.second());
        x.vcpu.x87.enterMmx();
        Mxcsr mxcsr = begin(x);
        long result =
                switch (i.operation()) {
                    case CVTPS2PI -> FloatConversions.singlesToIntegers(mxcsr, low);
                    case CVTTPS2PI -> FloatConversions.singlesTruncated(mxcsr, low);
                    case CVTPD2PI -> FloatConversions.doublesToIntegers(mxcsr, low, high);
                    default -> FloatConversions.doublesTruncated(mxcsr, low, high);
                };
        end(x);
        return result;
    }

    /** Computes on the first operand and the halves of the second. */
    static void onLanes(Execution x, Instruction i, long low, long high) {
        long[] xmm = x.vcpu.xmm;
        int to = index(i.first());
        Mxcsr mxcsr = begin(x);
        long resultLow = FloatLanes.low(i, mxcsr, xmm, low, high);
        long resultHigh = FloatLanes.high(i, mxcsr, xmm, low, high);
        end(x);
        xmm[to] = resultLow;
        xmm[to + 1] = resultHigh;
    }

    private static Mxcsr begin(Execution x) {
        x.floatingPoint.begin(x.vcpu.mxcsr);
        return x.floatingPoint;
    }

    private static void end(Execution x) {
        FloatingPointState.recordExceptions(x.vcpu, x.floatingPoint);
    }

    private static int immediate(Instruction i) {
        return (int) ((Operand.Immediate) i.third()).value();
    }
}
