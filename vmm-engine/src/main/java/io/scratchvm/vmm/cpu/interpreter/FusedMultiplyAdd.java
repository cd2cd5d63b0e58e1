package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.lower;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.pair;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.upper;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.withLower;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Binary32;
import io.scratchvm.vmm.cpu.floatingpoint.Binary64;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;

/** FMA: the second operand times the third, the product negated or not, plus or minus the fourth. */
final class FusedMultiplyAdd extends VexOperation {
    private final Operand destination;
    private final Operand first;
    private final Operand second;
    private final Operand added;
    private final boolean doubles;
    private final boolean scalar;
    private final boolean negatesProduct;
    /** Whether the addend is subtracted in the elements at even places, and in those at odd ones. */
    private final boolean subtractsEven;

    private final boolean subtractsOdd;

    /** Whether {@code operation} is one of these. */
    static boolean concerns(Operation operation) {
        return operation.compareTo(Operation.VFMADDPS) >= 0 && operation.compareTo(Operation.VFMSUBADDPD) <= 0;
    }

    FusedMultiplyAdd(Instruction i) {
        destination = i.first();
        first = i.second();
        second = i.third();
        added = i.fourth();
        Operation operation = i.operation();
        scalar = switch (operation) {
            case VFMADDSS, VFMSUBSS, VFNMADDSS, VFNMSUBSS, VFMADDSD, VFMSUBSD, VFNMADDSD, VFNMSUBSD -> true;
            default -> false;
        };
        doubles = switch (operation) {
            case VFMADDPD, VFMSUBPD, VFNMADDPD, VFNMSUBPD, VFMADDSUBPD, VFMSUBADDPD -> true;
            case VFMADDSD, VFMSUBSD, VFNMADDSD, VFNMSUBSD -> true;
            default -> false;
        };
        negatesProduct = switch (operation) {
            case VFNMADDPS, VFNMADDPD, VFNMADDSS, VFNMADDSD, VFNMSUBPS, VFNMSUBPD, VFNMSUBSS, VFNMSUBSD -> true;
            default -> false;
        };
        boolean subtracts =
                switch (operation) {
                    case VFMSUBPS, VFMSUBPD, VFMSUBSS, VFMSUBSD, VFNMSUBPS, VFNMSUBPD, VFNMSUBSS, VFNMSUBSD -> true;
                    default -> false;
                };
        subtractsEven = subtracts || operation == Operation.VFMADDSUBPS || operation == Operation.VFMADDSUBPD;
        subtractsOdd = subtracts || operation == Operation.VFMSUBADDPS || operation == Operation.VFMSUBADDPD;
    }

    @Override
    void perform(Execution x) {
        VexLane lane = x.vexLane();
        VexOperands.read(x, first, lane.a);
        VexOperands.read(x, second, lane.b);
        VexOperands.read(x, added, lane.c);
        VexOperands.read(x, destination, lane.result);
        Mxcsr mxcsr = x.floatingPoint;
        mxcsr.begin(x.vcpu.mxcsr);
        compute(mxcsr, lane);
        FloatingPointState.recordExceptions(x.vcpu, mxcsr);
        VexOperands.write(x, destination, lane.result);
    }

    private void compute(Mxcsr mxcsr, VexLane lane) {
        int quadwords = scalar ? 1 : VexOperands.size(destination) / 8;
        for (int n = 0; n < quadwords; n++) {
            long result = quadword(mxcsr, n & 1, lane.a[n], lane.b[n], lane.c[n]);
            lane.result[n] = scalar ? merged(lane.result[n], result) : result;
        }
    }

    boolean isScalar() {
        return scalar;
    }

    /** Of the lower quadword of 16 bytes or the upper one, {@code half} 0 or 1: {@code a} times {@code b} plus {@code c}. */
    long quadword(Mxcsr mxcsr, int half, long a, long b, long c) {
        if (doubles) {
            return ofDoubles(mxcsr, a, b, c, half == 0 ? subtractsEven : subtractsOdd);
        }
        int low = ofSingles(mxcsr, lower(a), lower(b), lower(c), subtractsEven);
        return scalar ? low : pair(low, ofSingles(mxcsr, upper(a), upper(b), upper(c), subtractsOdd));
    }

    /** The lowest quadword of a scalar's destination, which was {@code before}. */
    long merged(long before, long result) {
        return doubles ? result : withLower(before, lower(result));
    }

    private long ofDoubles(Mxcsr mxcsr, long a, long b, long c, boolean subtracts) {
        return Binary64.multiplyAdd(
                mxcsr, negatesProduct ? Binary64.negated(a) : a, b, subtracts ? Binary64.negated(c) : c);
    }

    private int ofSingles(Mxcsr mxcsr, int a, int b, int c, boolean subtracts) {
        return Binary32.multiplyAdd(
                mxcsr, negatesProduct ? Binary32.negated(a) : a, b, subtracts ? Binary32.negated(c) : c);
    }
}
