package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RCX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDI;
import static io.scratchvm.vmm.cpu.state.Vcpu.RSI;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;

/** Many iterations of REP MOVS and REP STOS at once, where they lie within pages whose translations are at hand. */
final class StringRuns {
    private StringRuns() {}

    /**
     * Executes and counts iterations of {@code i}: {@code most} at most, all but the last one that RCX and the end of
     * the run allow, and none where the next one may fault, change code, or do anything else that is out of the way.
     *
     * @return how many
     */
    static int run(Execution x, Instruction i, int most) {
        if (!isPlain(x, i)) {
            return 0;
        }
        Vcpu vcpu = x.vcpu;
        // Neither difference is above 2^63: RCX is not zero here, and the run has not ended.
        long allowed = Math.min(
                x.until - 1 - vcpu.instructions,
                Long.compareUnsigned(vcpu.gpr[RCX], most) > 0 ? most : vcpu.gpr[RCX] - 1);
        int bytes = (int) Math.min(allowed, most) * i.operandSize();
        int done = i.operation() == Operation.MOVS
                ? x.mmu.copy(vcpu.gpr[RSI], vcpu.gpr[RDI], bytes, i.operandSize())
                : x.mmu.fill(vcpu.gpr[RDI], vcpu.gpr[RAX], bytes, i.operandSize());
        return account(vcpu, i, done);
    }

    private static boolean isPlain(Execution x, Instruction i) {
        boolean moves = i.operation() == Operation.MOVS && i.segment() < Segment.FS;
        return (moves || i.operation() == Operation.STOS)
                && i.addressSize() == 8
                && (x.vcpu.systemFlags & Flags.DF) == 0;
    }

    private static int account(Vcpu vcpu, Instruction i, int bytes) {
        int iterations = bytes / i.operandSize();
        vcpu.gpr[RDI] += bytes;
        vcpu.gpr[RSI] += i.operation() == Operation.MOVS ? bytes : 0;
        vcpu.gpr[RCX] -= iterations;
        vcpu.instructions += iterations;
        return iterations;
    }
}
