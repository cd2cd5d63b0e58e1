package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.X87Operands.st;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.Extended;
import io.scratchvm.vmm.cpu.semantics.X87Constants;
import io.scratchvm.vmm.cpu.semantics.X87Conversions;
import io.scratchvm.vmm.cpu.semantics.X87Rounding;
import io.scratchvm.vmm.cpu.semantics.X87Stack;
import io.scratchvm.vmm.cpu.state.X87;

/** x87 loads, stores, exchanges and conditional moves. */
final class X87MoveInstructions {
    private static final int DECIMAL_INDEFINITE = 0xffff;
    private static final long DECIMAL_INDEFINITE_LOW = 0xc000_0000_0000_0000L;
    private static final long SIXTEEN_DIGITS = 10_000_000_000_000_000L;

    private X87MoveInstructions() {}

    static void execute(Execution x, Instruction i) {
        X87 x87 = x.vcpu.x87;
        X87Rounding r = new X87Rounding(x87.controlWord);
        switch (i.operation()) {
            case FLD, FILD, FBLD -> X87Stack.push(x87, loaded(x, i, r), r);
            case FST, FSTP -> store(x, i, r);
            case FIST, FISTP, FISTTP -> storeInteger(x, i, r);
            case FBSTP -> storeDecimal(x, i, r);
            case FXCH -> exchange(x87, st(i.first()), r);
            case FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ ->
                X87Stack.push(x87, x87.isEmpty(-1) ? constant(i.operation(), r) : r.stackOverflow(), r);
            default -> moveIf(x, i, r);
        }
    }

    // -- loads ------------------------------------------------------------------------------------------------------

    private static Extended loaded(Execution x, Instruction i, X87Rounding r) {
        X87 x87 = x.vcpu.x87;
        if (i.first() instanceof Operand.Memory m) {
            Extended source = i.operation() == Operation.FBLD ? decimal(x, m) : X87Operands.load(x, i, m, r);
            if (!x87.isEmpty(-1)) {
                return r.stackOverflow();
            }
            return i.operation() == Operation.FLD && m.size() < 10 ? X87Conversions.loaded(source, r) : source;
        }
        // Where the register is empty and there is no room for it, the stack underflows.
        int from = st(i.first());
        return x87.isEmpty(-1) || x87.isEmpty(from) ? X87Stack.operand(x87, from, r) : r.stackOverflow();
    }

    private static Extended decimal(Execution x, Operand.Memory m) {
        Extended bytes = X87Operands.loadExtended(x, m);
        return X87Conversions.fromDecimal(bytes.significand(), bytes.signExponent());
    }

    private static Extended constant(Operation operation, X87Rounding r) {
        return switch (operation) {
            case FLD1 -> Extended.ONE;
            case FLDL2T -> X87Constants.log2Of10(r);
            case FLDL2E -> X87Constants.log2OfE(r);
            case FLDPI -> X87Constants.pi(r);
            case FLDLG2 -> X87Constants.log10Of2(r);
            case FLDLN2 -> X87Constants.lnOf2(r);
            default -> Extended.ZERO;
        };
    }

    // -- stores -----------------------------------------------------------------------------------------------------

    private static void store(Execution x, Instruction i, X87Rounding r) {
        X87 x87 = x.vcpu.x87;
        Extended a = X87Stack.operand(x87, 0, r);
        if (i.first() instanceof Operand.Memory m) {
            requireMemory(x, m);
            storeReal(x, m, a, r);
            finishStore(x87, i.operation() == Operation.FSTP, r);
        } else if (X87Stack.replace(x87, st(i.first()), a, r) && i.operation() == Operation.FSTP) {
            x87.pop();
        }
    }

    /** Even a store that an exception stops faults where there is no memory for it. */
    private static void requireMemory(Execution x, Operand.Memory m) {
        x.mmu.checkWrite(x.linear(m, m.size(), true), m.size());
    }

    private static void storeReal(Execution x, Operand.Memory m, Extended a, X87Rounding r) {
        switch (m.size()) {
            case 4 -> storeUnlessStopped(x, m, X87Conversions.toSingle(a, r), r);
            case 8 -> storeUnlessStopped(x, m, X87Conversions.toDouble(a, r), r);
            default -> {
                if (!r.stopsStore()) {
                    X87Operands.storeExtended(x, m, a.significand(), a.signExponent());
                }
            }
        }
    }

    private static void storeUnlessStopped(Execution x, Operand.Memory m, long bits, X87Rounding r) {
        if (!r.stopsStore()) {
            x.write(m, m.size(), bits);
        }
    }

    private static void finishStore(X87 x87, boolean pops, X87Rounding r) {
        X87Stack.record(x87, r);
        if (pops && !r.stopsStore()) {
            x87.pop();
        }
    }

    private static void storeInteger(Execution x, Instruction i, X87Rounding r) {
        Operand.Memory m = (Operand.Memory) i.first();
        requireMemory(x, m);
        Extended a = X87Stack.operand(x.vcpu.x87, 0, r);
        long value = i.operation() == Operation.FISTTP
                ? X87Conversions.truncate(a, 8 * m.size(), r)
                : X87Conversions.toInteger(a, 8 * m.size(), r);
        storeUnlessStopped(x, m, value, r);
        finishStore(x.vcpu.x87, i.operation() != Operation.FIST, r);
    }

    private static void storeDecimal(Execution x, Instruction i, X87Rounding r) {
        Operand.Memory m = (Operand.Memory) i.first();
        requireMemory(x, m);
        Extended a = X87Stack.operand(x.vcpu.x87, 0, r);
        long value = X87Conversions.toDecimal(a, r);
        if (!r.stopsStore()) {
            storeDecimal(x, m, value, a.isNegative());
        }
        finishStore(x.vcpu.x87, true, r);
    }

    private static void storeDecimal(Execution x, Operand.Memory m, long magnitude, boolean negative) {
        if (magnitude < 0) {
            X87Operands.storeExtended(x, m, DECIMAL_INDEFINITE_LOW, DECIMAL_INDEFINITE);
            return;
        }
        long low = X87Conversions.digits(magnitude % SIXTEEN_DIGITS, 16);
        int high = (int) X87Conversions.digits(magnitude / SIXTEEN_DIGITS, 2);
        X87Operands.storeExtended(x, m, low, negative ? high | 0x8000 : high);
    }

    // -- among registers --------------------------------------------------------------------------------------------

    private static void exchange(X87 x87, int other, X87Rounding r) {
        Extended top = X87Stack.operand(x87, 0, r);
        Extended second = X87Stack.operand(x87, other, r);
        if (!r.stops()) {
            X87Stack.set(x87, 0, second);
            X87Stack.set(x87, other, top);
        }
        X87Stack.record(x87, r);
    }

    private static void moveIf(Execution x, Instruction i, X87Rounding r) {
        X87 x87 = x.vcpu.x87;
        X87Stack.operand(x87, 0, r);
        Extended other = X87Stack.operand(x87, st(i.second()), r);
        if (r.hasStackFault()) {
            X87Stack.replace(x87, 0, Extended.INDEFINITE, r);
        } else if (x.vcpu.flags.condition(condition(i.operation()))) {
            X87Stack.set(x87, 0, other);
        }
    }

    private static int condition(Operation operation) {
        return switch (operation) {
            case FCMOVB -> 2;
            case FCMOVNB -> 3;
            case FCMOVE -> 4;
            case FCMOVNE -> 5;
            case FCMOVBE -> 6;
            case FCMOVNBE -> 7;
            case FCMOVU -> 10;
            case FCMOVNU -> 11;
            default -> throw new IllegalArgumentException("no conditional move: " + operation);
        };
    }
}
