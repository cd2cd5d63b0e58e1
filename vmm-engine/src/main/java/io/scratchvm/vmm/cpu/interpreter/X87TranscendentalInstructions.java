package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.Extended;
import io.scratchvm.vmm.cpu.semantics.X87Rounding;
import io.scratchvm.vmm.cpu.semantics.X87Stack;
import io.scratchvm.vmm.cpu.semantics.X87Transcendentals;
import io.scratchvm.vmm.cpu.state.X87;

/** F2XM1, FYL2X, FYL2XP1, FPTAN, FPATAN, FSIN, FCOS, FSINCOS. */
final class X87TranscendentalInstructions {
    private X87TranscendentalInstructions() {}

    static void execute(Execution x, Instruction i) {
        X87 x87 = x.vcpu.x87;
        X87Rounding r = new X87Rounding(x87.controlWord);
        switch (i.operation()) {
            case F2XM1 -> {
                Extended a = X87Stack.operand(x87, 0, r);
                X87Stack.replace(x87, 0, r.hasStackFault() ? a : X87Transcendentals.powerMinusOne(a, r), r);
            }
            case FYL2X, FYL2XP1, FPATAN -> withTwoOperands(x87, i.operation(), r);
            default -> ofAngle(x87, i.operation(), r);
        }
    }

    /** The result goes to ST(1), and ST(0) is popped. */
    private static void withTwoOperands(X87 x87, Operation operation, X87Rounding r) {
        Extended x = X87Stack.operand(x87, 0, r);
        Extended y = X87Stack.operand(x87, 1, r);
        Extended value = r.hasStackFault() ? Extended.INDEFINITE : compute(operation, y, x, r);
        if (X87Stack.replace(x87, 1, value, r)) {
            x87.pop();
        }
    }

    private static Extended compute(Operation operation, Extended y, Extended x, X87Rounding r) {
        return switch (operation) {
            case FYL2X -> X87Transcendentals.logarithm(y, x, r);
            case FYL2XP1 -> X87Transcendentals.logarithmPlusOne(y, x, r);
            default -> X87Transcendentals.arctangent(y, x, r);
        };
    }

    private static void ofAngle(X87 x87, Operation operation, X87Rounding r) {
        Extended a = X87Stack.operand(x87, 0, r);
        boolean pushes = operation == Operation.FSINCOS || operation == Operation.FPTAN;
        if (pushes && !r.hasStackFault() && !x87.isEmpty(-1)) {
            r.stackOverflow();
        }
        boolean outOfRange = !r.hasStackFault() && X87Transcendentals.isOutOfRange(a);
        X87Stack.setCodes(x87, X87.C2 | X87.C1, outOfRange ? X87.C2 : 0);
        if (outOfRange) {
            return;
        }
        Extended first = r.hasStackFault() ? Extended.INDEFINITE : first(operation, a, r);
        Extended pushed = r.hasStackFault() ? Extended.INDEFINITE : pushed(operation, a, first, r);
        if (X87Stack.replace(x87, 0, first, r) && pushes) {
            X87Stack.push(x87, pushed, r);
        }
    }

    private static Extended first(Operation operation, Extended a, X87Rounding r) {
        return switch (operation) {
            case FCOS -> X87Transcendentals.cosine(a, r);
            case FPTAN -> X87Transcendentals.tangent(a, r);
            default -> X87Transcendentals.sine(a, r);
        };
    }

    /** FSINCOS pushes the cosine; FPTAN a one, or the NaN that it has met. */
    private static Extended pushed(Operation operation, Extended a, Extended first, X87Rounding r) {
        return switch (operation) {
            case FSINCOS -> X87Transcendentals.cosine(a, r);
            case FPTAN -> first.isNan() ? first : Extended.ONE;
            default -> null;
        };
    }
}
