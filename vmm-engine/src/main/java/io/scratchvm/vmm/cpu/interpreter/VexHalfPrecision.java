package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.lower;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.pair;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.upper;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Binary16;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import java.util.Arrays;

/** F16C: VCVTPH2PS and VCVTPS2PH, between four or eight numbers of half precision and as many of single precision. */
final class VexHalfPrecision extends VexOperation {
    private final Instruction i;

    VexHalfPrecision(Instruction i) {
        this.i = i;
    }

    @Override
    void perform(Execution x) {
        VexLane lane = x.vexLane();
        VexOperands.read(x, i.second(), lane.a);
        if (i.operation() == Operation.VCVTPH2PS) {
            widen(x, lane);
        } else {
            narrow(x, lane);
        }
    }

    private void widen(Execution x, VexLane lane) {
        Mxcsr mxcsr = x.floatingPoint;
        mxcsr.begin(x.vcpu.mxcsr);
        for (int n = 0; n < VexOperands.size(i.first()) / 8; n++) {
            int two = (int) (lane.a[n >> 1] >>> 32 * (n & 1));
            lane.result[n] = pair(Binary16.toBinary32(mxcsr, two), Binary16.toBinary32(mxcsr, two >>> 16));
        }
        FloatingPointState.recordExceptions(x.vcpu, mxcsr);
        VexOperands.write(x, i.first(), lane.result);
    }

    private void narrow(Execution x, VexLane lane) {
        Mxcsr mxcsr = x.floatingPoint;
        Binary16.begin(mxcsr, x.vcpu.mxcsr, (int) ((Operand.Immediate) i.third()).value());
        Arrays.fill(lane.result, 0);
        for (int n = 0; n < VexOperands.size(i.second()) / 8; n++) {
            int low = Binary16.fromBinary32(mxcsr, lower(lane.a[n]));
            int high = Binary16.fromBinary32(mxcsr, upper(lane.a[n]));
            lane.result[n >> 1] |= (low | (long) high << 16) << 32 * (n & 1);
        }
        if (i.first() instanceof Operand.Memory m) {
            x.mmu.checkWrite(x.linear(m, m.size(), true), m.size());
        }
        FloatingPointState.recordExceptions(x.vcpu, mxcsr);
        if (i.first() instanceof Operand.Memory m) {
            VexOperands.store(x, m, x.linear(m, m.size(), true), lane.result);
        } else {
            VexOperands.write(x, i.first(), lane.result);
        }
    }
}
