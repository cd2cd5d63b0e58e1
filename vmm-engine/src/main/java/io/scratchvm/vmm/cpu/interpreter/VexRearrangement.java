package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.PackedShifts;
import io.scratchvm.vmm.cpu.semantics.Shuffles;
import java.util.Arrays;

/** Broadcasts, permutations across lanes, shifts of each lane by a count of its own: what SSE has not. */
final class VexRearrangement extends VexOperation {
    private final Operation operation;
    private final Operand destination;
    private final Operand first;
    private final Operand second;
    private final int immediate;

    VexRearrangement(Instruction i) {
        operation = i.operation();
        destination = i.first();
        boolean hasTwo = i.third() != null && !(i.third() instanceof Operand.Immediate);
        first = i.second();
        second = hasTwo ? i.third() : i.second();
        Operand last = hasTwo ? i.fourth() : i.third();
        immediate = last instanceof Operand.Immediate value ? (int) value.value() : 0;
    }

    @Override
    void perform(Execution x) {
        VexLane lane = x.vexLane();
        VexOperands.read(x, first, lane.a);
        VexOperands.read(x, second, lane.b);
        compute(lane.result, lane.a, lane.b);
        if (destination instanceof Operand.Memory m) {
            VexOperands.store(x, m, x.linear(m, m.size(), true), lane.result);
        } else {
            VexOperands.write(x, destination, lane.result);
        }
    }

    private void compute(long[] result, long[] a, long[] b) {
        switch (operation) {
            case VPBROADCASTB -> Arrays.fill(result, (b[0] & 0xff) * 0x0101_0101_0101_0101L);
            case VPBROADCASTW -> Arrays.fill(result, (b[0] & 0xffff) * 0x0001_0001_0001_0001L);
            case VBROADCASTSS, VPBROADCASTD -> Arrays.fill(result, Shuffles.doublewords(b[0], 0, 0));
            case VBROADCASTSD, VPBROADCASTQ -> Arrays.fill(result, b[0]);
            case VBROADCASTF128, VBROADCASTI128 -> setLanes(result, b, 0, b, 0);
            case VINSERTF128, VINSERTI128 -> insertLane(result, a, b);
            case VEXTRACTF128, VEXTRACTI128 -> setLanes(result, b, immediate & 1, b, 0);
            case VPERM2F128, VPERM2I128 -> chooseLanes(result, a, b);
            default -> {
                for (int n = 0; n < 4; n++) {
                    result[n] = quadword(n, a, b);
                }
            }
        }
    }

    private static void setLanes(long[] result, long[] low, int lowLane, long[] high, int highLane) {
        result[0] = low[2 * lowLane];
        result[1] = low[2 * lowLane + 1];
        result[2] = high[2 * highLane];
        result[3] = high[2 * highLane + 1];
    }

    private void insertLane(long[] result, long[] a, long[] b) {
        if ((immediate & 1) == 0) {
            setLanes(result, b, 0, a, 1);
        } else {
            setLanes(result, a, 0, b, 0);
        }
    }

    /** VPERM2F128: each lane from four, or zero. */
    private void chooseLanes(long[] result, long[] a, long[] b) {
        setLanes(
                result,
                (immediate & 2) == 0 ? a : b,
                immediate & 1,
                (immediate & 0x20) == 0 ? a : b,
                immediate >> 4 & 1);
        if ((immediate & 8) != 0) {
            Arrays.fill(result, 0, 2, 0);
        }
        if ((immediate & 0x80) != 0) {
            Arrays.fill(result, 2, 4, 0);
        }
    }

    /** Quadword {@code n} of the result. */
    private long quadword(int n, long[] a, long[] b) {
        return switch (operation) {
            case VPERMQ, VPERMPD -> b[immediate >> 2 * n & 3];
            case VPERMD, VPERMPS -> doubleword(b, (int) a[n] & 7) | doubleword(b, (int) (a[n] >>> 32) & 7) << 32;
            case VPBLENDD -> blended(n, a[n], b[n]);
            case VPERMILPS, VPERMILPD -> permuted(n, a, b);
            case VPSLLVD -> PackedShifts.leftEach(32, a[n], b[n]);
            case VPSLLVQ -> PackedShifts.left(64, a[n], b[n]);
            case VPSRLVD -> PackedShifts.rightEach(32, a[n], b[n]);
            case VPSRLVQ -> PackedShifts.right(64, a[n], b[n]);
            default -> PackedShifts.rightArithmeticEach(32, a[n], b[n]);
        };
    }

    private static long doubleword(long[] vector, int index) {
        return Shuffles.lane(32, vector[index >> 1], index & 1);
    }

    private long blended(int n, long a, long b) {
        int choice = immediate >> 2 * n;
        long mask = ((choice & 1) != 0 ? 0xffff_ffffL : 0) | ((choice & 2) != 0 ? 0xffff_ffffL << 32 : 0);
        return a & ~mask | b & mask;
    }

    /** VPERMILPS, VPERMILPD: within lanes, by the immediate or by the second source. */
    private long permuted(int n, long[] a, long[] b) {
        int lane = n & 2;
        boolean byImmediate = first == second;
        if (operation == Operation.VPERMILPD) {
            int choice = byImmediate ? immediate >> n & 1 : (int) b[n] >> 1 & 1;
            return a[lane + choice];
        }
        int order = byImmediate ? immediate >> 4 * (n & 1) : (int) (b[n] & 3 | b[n] >>> 32 - 2 & 0xc);
        return Shuffles.doublewords(a[lane], a[lane + 1], order);
    }
}
