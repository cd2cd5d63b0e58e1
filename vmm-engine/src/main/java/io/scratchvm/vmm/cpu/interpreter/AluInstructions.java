package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.Arithmetic;
import io.scratchvm.vmm.cpu.state.Flags;

/** ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NEG, NOT. */
final class AluInstructions {
    private AluInstructions() {}

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case CMP, TEST -> compute(x.vcpu.flags, i.operation(), shift(i), first(x, i), second(x, i));
            case INC, DEC, NEG, NOT -> unary(x, i);
            default -> binary(x, i);
        }
    }

    private static void binary(Execution x, Instruction i) {
        long a = x.readForWrite(i.first(), i.operandSize());
        x.write(i.first(), i.operandSize(), compute(x.vcpu.flags, i.operation(), shift(i), a, second(x, i)));
    }

    private static void unary(Execution x, Instruction i) {
        long a = x.readForWrite(i.first(), i.operandSize());
        x.write(i.first(), i.operandSize(), compute(x.vcpu.flags, i.operation(), shift(i), a));
    }

    private static int shift(Instruction i) {
        return Flags.shift(i.operandSize());
    }

    private static long first(Execution x, Instruction i) {
        return x.read(i.first(), i.operandSize());
    }

    private static long second(Execution x, Instruction i) {
        return x.read(i.second(), i.operandSize());
    }

    /** Records the flags and returns the result, which for CMP and TEST nobody wants. */
    static long compute(Flags flags, Operation operation, int shift, long a, long b) {
        return switch (operation) {
            case ADD -> Arithmetic.add(flags, shift, a, b);
            case SUB, CMP -> Arithmetic.subtract(flags, shift, a, b);
            case AND, TEST -> Arithmetic.and(flags, shift, a, b);
            case OR -> Arithmetic.or(flags, shift, a, b);
            case XOR -> Arithmetic.xor(flags, shift, a, b);
            case ADC -> Arithmetic.addWithCarry(flags, shift, a, b);
            case SBB -> Arithmetic.subtractWithBorrow(flags, shift, a, b);
            default -> throw new IllegalArgumentException("no binary operation: " + operation);
        };
    }

    /** Records the flags (NOT changes none) and returns the result. */
    static long compute(Flags flags, Operation operation, int shift, long a) {
        return switch (operation) {
            case INC -> Arithmetic.increment(flags, shift, a);
            case DEC -> Arithmetic.decrement(flags, shift, a);
            case NEG -> Arithmetic.subtract(flags, shift, 0, a);
            case NOT -> ~a;
            default -> throw new IllegalArgumentException("no unary operation: " + operation);
        };
    }
}
