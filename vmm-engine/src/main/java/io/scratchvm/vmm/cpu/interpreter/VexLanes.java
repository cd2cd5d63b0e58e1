package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import java.util.Arrays;

/**
 * The VEX form of an SSE instruction that writes a vector register: what the instruction does, to each lane of 16
 * bytes. The destination's old value is that of the source that VEX adds.
 */
final class VexLanes extends VexOperation {
    private final Operand destination;
    /** What VEX adds, or null. */
    private final Operand source;
    /** The other source; null where that is an immediate. */
    private final Operand other;
    /** The mask of a variable blend, or null. */
    private final Operand mask;

    /** The instruction without VEX, for each lane. */
    private final Instruction[] instructions;

    /** How far apart the lanes of {@link #other} are: 16 bytes, fewer where it is widened, 0 for a shift's count. */
    private final int distance;

    private final boolean narrows;

    VexLanes(Instruction i) {
        destination = i.first();
        boolean shiftsByImmediate = isShift(i.operation()) && i.third() instanceof Operand.Immediate;
        boolean hasSource = shiftsByImmediate || i.third() != null && !(i.third() instanceof Operand.Immediate);
        source = hasSource ? i.second() : null;
        other = shiftsByImmediate ? null : hasSource ? i.third() : i.second();
        Operand last = hasSource ? i.fourth() : i.third();
        mask = last instanceof Operand.Immediate ? null : last;
        narrows = narrows(i.operation());
        distance = distance(i.operation());
        boolean wide = destination instanceof Operand.Ymm || narrows && bytes(other) == 32;
        instructions = new Instruction[wide ? 2 : 1];
        for (int lane = 0; lane < instructions.length; lane++) {
            Operand second = shiftsByImmediate ? i.third() : secondOf(i);
            instructions[lane] = withoutVex(i, second, mask != null ? VexLane.MASK : immediate(i, last, lane));
        }
    }

    private static int bytes(Operand operand) {
        return operand instanceof Operand.Memory m ? m.size() : VexOperands.size(operand);
    }

    private static boolean isShift(Operation operation) {
        return switch (operation) {
            case PSLLW, PSLLD, PSLLQ, PSRLW, PSRLD, PSRLQ, PSRAW, PSRAD, PSLLDQ, PSRLDQ -> true;
            default -> false;
        };
    }

    private static boolean narrows(Operation operation) {
        return switch (operation) {
            case CVTPD2PS, CVTPD2DQ, CVTTPD2DQ -> true;
            default -> false;
        };
    }

    private static int distance(Operation operation) {
        return switch (operation) {
            case PSLLW, PSLLD, PSLLQ, PSRLW, PSRLD, PSRLQ, PSRAW, PSRAD -> 0;
            case PMOVSXBW, PMOVSXWD, PMOVSXDQ, PMOVZXBW, PMOVZXWD, PMOVZXDQ, CVTPS2PD, CVTDQ2PD -> 8;
            case PMOVSXBD, PMOVSXWQ, PMOVZXBD, PMOVZXWQ -> 4;
            case PMOVSXBQ, PMOVZXBQ -> 2;
            default -> 16;
        };
    }

    /** Where the instruction without VEX finds its second operand. */
    private Operand secondOf(Instruction i) {
        return switch (i.operation()) {
            case MOVD, CVTSI2SS, CVTSI2SD, PINSRD -> new Operand.Register(0, i.operandSize(), false);
            case PINSRB, PINSRW -> new Operand.Register(0, 4, false);
            default -> VexLane.SOURCE;
        };
    }

    /** The immediate as it is for a lane: some have bits for each. */
    private Operand immediate(Instruction i, Operand operand, int lane) {
        if (!(operand instanceof Operand.Immediate immediate)) {
            return null;
        }
        long value = immediate.value();
        return switch (i.operation()) {
            case BLENDPS -> new Operand.Immediate(value >> 4 * lane);
            case MPSADBW -> new Operand.Immediate(value >> 3 * lane);
            case BLENDPD, SHUFPD -> new Operand.Immediate(value >> 2 * lane);
            // A single in memory is the one to insert.
            case INSERTPS -> other instanceof Operand.Memory ? new Operand.Immediate(value & 0x3f) : immediate;
            default -> immediate;
        };
    }

    private static Instruction withoutVex(Instruction i, Operand second, Operand third) {
        Operation operation =
                switch (i.operation()) {
                    // From memory, half a register: as from another one.
                    case MOVLPS, MOVLPD -> Operation.MOVSD;
                    case MOVHPS, MOVHPD -> Operation.MOVLHPS;
                    default -> i.operation();
                };
        return new Instruction(
                operation,
                i.address(),
                i.length(),
                i.operandSize(),
                i.addressSize(),
                i.condition(),
                i.segment(),
                i.repeat(),
                i.lock(),
                VexLane.DESTINATION,
                second,
                third,
                null,
                true);
    }

    @Override
    void perform(Execution x) {
        VexLane lane = x.vexLane();
        readOperands(x, lane);
        lane.begin(x.vcpu);
        for (int n = 0; n < instructions.length; n++) {
            lane.set(VexLane.DESTINATION, lane.a[2 * n], lane.a[2 * n + 1]);
            lane.set(VexLane.MASK, lane.c[2 * n], lane.c[2 * n + 1]);
            setOther(lane, n * distance);
            lane.execute(instructions[n]);
            int to = narrows ? n : 2 * n;
            lane.result[to + 1] = lane.high();
            lane.result[to] = lane.low();
        }
        if (instructions.length == 1) {
            lane.endAlone(x.vcpu);
        } else {
            lane.end(x.vcpu);
        }
        VexOperands.write(x, destination, lane.result);
    }

    private void readOperands(Execution x, VexLane lane) {
        if (source != null) {
            VexOperands.read(x, source, lane.a);
        } else {
            Arrays.fill(lane.a, 0);
        }
        if (mask != null) {
            VexOperands.read(x, mask, lane.c);
        }
        if (other != null) {
            VexOperands.read(x, other, lane.b);
            lane.setGeneral(lane.b[0]);
        }
    }

    private static void setOther(VexLane lane, int at) {
        int quadword = at >> 3;
        lane.set(VexLane.SOURCE, lane.b[quadword] >>> 8 * (at & 7), lane.b[quadword + 1]);
    }
}
