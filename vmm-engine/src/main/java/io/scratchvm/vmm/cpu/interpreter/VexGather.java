package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.Fault;
import java.util.Arrays;

/** VPGATHERDD and its kin: the elements that a mask's signs choose, each from an address of its own. */
final class VexGather extends VexOperation {
    private final Operand destination;
    private final Operand.Memory origin;
    private final Operand indexes;
    private final Operand mask;
    private final int bytes;
    private final int indexBytes;
    private final int count;

    VexGather(Instruction i) {
        destination = i.first();
        Operand.Scattered elements = (Operand.Scattered) i.second();
        origin = elements.origin();
        indexes = elements.index();
        mask = i.third();
        bytes = origin.size();
        indexBytes = switch (i.operation()) {
            case VPGATHERDD, VPGATHERDQ, VGATHERDPS, VGATHERDPD -> 4;
            default -> 8;
        };
        count = Math.min(VexOperands.size(destination) / bytes, VexOperands.size(indexes) / indexBytes);
    }

    /** What has been gathered stays where an element faults, and leaves the mask, so that the rest can follow. */
    @Override
    void perform(Execution x) {
        VexLane lane = x.vexLane();
        VexOperands.read(x, destination, lane.result);
        VexOperands.read(x, mask, lane.a);
        VexOperands.read(x, indexes, lane.b);
        try {
            gather(x, lane);
        } catch (Fault fault) {
            VexOperands.writePart(x, destination, lane.result);
            VexOperands.writePart(x, mask, lane.a);
            throw fault;
        }
        Arrays.fill(lane.a, 0);
        for (int n = count * bytes / 8; n < 4; n++) {
            lane.result[n] = 0;
        }
        VexOperands.write(x, destination, lane.result);
        VexOperands.write(x, mask, lane.a);
    }

    private void gather(Execution x, VexLane lane) {
        for (int n = 0; n < count; n++) {
            if (VexMaskedMove.has(lane.a, bytes, n)) {
                long index = Execution.extend(VexMaskedMove.get(lane.b, indexBytes, n), indexBytes);
                long offset = Execution.cut(x.effective(origin) + index * origin.scale(), origin.addressSize());
                long linear = x.linear(origin.segment(), offset, bytes, false);
                VexMaskedMove.set(lane.result, bytes, n, x.mmu.read(linear, bytes));
            }
            VexMaskedMove.set(lane.a, bytes, n, 0);
        }
    }
}
