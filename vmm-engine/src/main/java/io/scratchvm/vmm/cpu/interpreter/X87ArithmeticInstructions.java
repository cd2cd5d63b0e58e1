package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.X87Operands.st;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.Extended;
import io.scratchvm.vmm.cpu.semantics.X87Arithmetic;
import io.scratchvm.vmm.cpu.semantics.X87Conversions;
import io.scratchvm.vmm.cpu.semantics.X87Rounding;
import io.scratchvm.vmm.cpu.semantics.X87Scaling;
import io.scratchvm.vmm.cpu.semantics.X87Stack;
import io.scratchvm.vmm.cpu.state.X87;

/** x87 instructions that compute exactly or round correctly. */
final class X87ArithmeticInstructions {
    private static final int REMAINDER_CODES = X87.C3 | X87.C2 | X87.C1 | X87.C0;

    private X87ArithmeticInstructions() {}

    static void execute(Execution x, Instruction i) {
        X87 x87 = x.vcpu.x87;
        X87Rounding r = new X87Rounding(x87.controlWord);
        switch (i.operation()) {
            case FCHS, FABS, FSQRT, FRNDINT -> X87Stack.replace(x87, 0, unary(x87, i.operation(), r), r);
            case FSCALE -> scale(x87, r);
            case FXTRACT -> extract(x87, r);
            case FPREM, FPREM1 -> remainder(x87, i.operation() == Operation.FPREM1, r);
            default -> binary(x, i, r);
        }
    }

    /** With one operand in memory, or two registers. */
    private static void binary(Execution x, Instruction i, X87Rounding r) {
        X87 x87 = x.vcpu.x87;
        boolean memory = i.first() instanceof Operand.Memory;
        int destination = memory ? 0 : st(i.first());
        Extended a = X87Stack.operand(x87, destination, r);
        Extended b = X87Operands.source(x, i, memory ? i.first() : i.second(), r);
        Extended value = r.hasStackFault() ? Extended.INDEFINITE : compute(i.operation(), a, b, r);
        if (X87Stack.replace(x87, destination, value, r) && pops(i.operation())) {
            x87.pop();
        }
    }

    private static Extended compute(Operation operation, Extended a, Extended b, X87Rounding r) {
        return switch (operation) {
            case FADD, FADDP, FIADD -> X87Arithmetic.add(a, b, r);
            case FSUB, FSUBP, FISUB -> X87Arithmetic.subtract(a, b, r);
            case FSUBR, FSUBRP, FISUBR -> X87Arithmetic.subtract(b, a, r);
            case FMUL, FMULP, FIMUL -> X87Arithmetic.multiply(a, b, r);
            case FDIV, FDIVP, FIDIV -> X87Arithmetic.divide(a, b, r);
            default -> X87Arithmetic.divide(b, a, r);
        };
    }

    private static boolean pops(Operation operation) {
        return switch (operation) {
            case FADDP, FSUBP, FSUBRP, FMULP, FDIVP, FDIVRP -> true;
            default -> false;
        };
    }

    private static Extended unary(X87 x87, Operation operation, X87Rounding r) {
        Extended a = X87Stack.operand(x87, 0, r);
        if (r.hasStackFault()) {
            return a;
        }
        return switch (operation) {
            case FCHS -> a.negated();
            case FABS -> a.absolute();
            case FSQRT -> X87Arithmetic.squareRoot(a, r);
            default -> X87Conversions.roundToInteger(a, r);
        };
    }

    private static void scale(X87 x87, X87Rounding r) {
        Extended a = X87Stack.operand(x87, 0, r);
        Extended b = X87Stack.operand(x87, 1, r);
        X87Stack.replace(x87, 0, r.hasStackFault() ? Extended.INDEFINITE : X87Scaling.scale(a, b, r), r);
    }

    /** The exponent goes where the number was, the significand on top of it. */
    private static void extract(X87 x87, X87Rounding r) {
        Extended a = X87Stack.operand(x87, 0, r);
        if (!r.hasStackFault() && !x87.isEmpty(-1)) {
            r.stackOverflow();
        }
        boolean fault = r.hasStackFault();
        Extended exponent = fault ? Extended.INDEFINITE : X87Scaling.exponent(a, r);
        if (!r.stops()) {
            X87Stack.set(x87, 0, exponent);
        }
        X87Stack.push(x87, fault ? Extended.INDEFINITE : X87Scaling.significand(a), r);
    }

    private static void remainder(X87 x87, boolean nearest, X87Rounding r) {
        Extended a = X87Stack.operand(x87, 0, r);
        Extended b = X87Stack.operand(x87, 1, r);
        if (r.hasStackFault()) {
            X87Stack.replace(x87, 0, Extended.INDEFINITE, r);
            return;
        }
        X87Scaling.Remainder result = nearest ? X87Scaling.nearest(a, b, r) : X87Scaling.truncating(a, b, r);
        if (X87Stack.replace(x87, 0, result.value(), r)) {
            X87Stack.setCodes(x87, REMAINDER_CODES, result.codes());
        }
    }
}
