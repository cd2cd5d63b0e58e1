package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;

/**
 * A step with a register that it changes and, if there is a second operand, another register or an immediate. Both
 * kinds of second operand are reached alike, without a branch: {@code gpr[source] & mask | immediate}.
 */
abstract class RegisterStep extends Step {
    final int shift;
    final int destination;
    private final int source;
    private final long mask;
    private final long immediate;
    private final long kept;
    private final long written;

    RegisterStep(Instruction i) {
        shift = Flags.shift(i.operandSize());
        destination = ((Operand.Register) i.first()).number();
        boolean register = i.second() instanceof Operand.Register;
        source = register ? ((Operand.Register) i.second()).number() : destination;
        mask = register ? -1 : 0;
        immediate = i.second() instanceof Operand.Immediate n ? n.value() : 0;
        kept = RegisterPart.kept(i.operandSize());
        written = RegisterPart.written(i.operandSize());
    }

    /** Whether a step can have these operands. */
    static boolean fits(Instruction i) {
        return RegisterPart.isLow(i.first())
                && (RegisterPart.isLow(i.second()) || i.second() instanceof Operand.Immediate);
    }

    final long second(long[] gpr) {
        return gpr[source] & mask | immediate;
    }

    /** Writes the operand's size of {@code value} to the register, which holds {@code before}. */
    final void write(Vcpu vcpu, long before, long value) {
        vcpu.gpr[destination] = before & kept | value & written;
    }
}
