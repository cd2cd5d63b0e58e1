package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.Shifts;
import io.scratchvm.vmm.cpu.state.Flags;

/** ROL, ROR, RCL, RCR, SHL, SHR, SAR, SHLD, SHRD. */
final class ShiftInstructions {
    private ShiftInstructions() {}

    static void execute(Execution x, Instruction i) {
        int size = i.operandSize();
        long a = x.readForWrite(i.first(), size);
        long result =
                switch (i.operation()) {
                    case SHLD, SHRD -> computeDouble(x, i, a);
                    default -> compute(x.vcpu.flags, i.operation(), Flags.shift(size), a, (int) x.read(i.second(), 1));
                };
        x.write(i.first(), size, result);
    }

    private static long computeDouble(Execution x, Instruction i, long a) {
        int shift = Flags.shift(i.operandSize());
        long b = x.read(i.second(), i.operandSize());
        int count = (int) x.read(i.third(), 1);
        return i.operation() == Operation.SHLD
                ? Shifts.shiftLeftDouble(x.vcpu.flags, shift, a, b, count)
                : Shifts.shiftRightDouble(x.vcpu.flags, shift, a, b, count);
    }

    /** Records the flags and returns the result. */
    static long compute(Flags flags, Operation operation, int shift, long a, int count) {
        return switch (operation) {
            case SHL -> Shifts.shiftLeft(flags, shift, a, count);
            case SHR -> Shifts.shiftRight(flags, shift, a, count);
            case SAR -> Shifts.shiftArithmeticRight(flags, shift, a, count);
            case ROL -> Shifts.rotateLeft(flags, shift, a, count);
            case ROR -> Shifts.rotateRight(flags, shift, a, count);
            case RCL -> Shifts.rotateCarryLeft(flags, shift, a, count);
            case RCR -> Shifts.rotateCarryRight(flags, shift, a, count);
            default -> throw new IllegalArgumentException("no shift: " + operation);
        };
    }
}
