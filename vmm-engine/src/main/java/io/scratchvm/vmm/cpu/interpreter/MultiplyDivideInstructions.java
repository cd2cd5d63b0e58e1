package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDX;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.semantics.MultiplyDivide;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;

/** MUL, IMUL, DIV, IDIV. Flags are undefined after a division, and left alone. */
final class MultiplyDivideInstructions {
    private MultiplyDivideInstructions() {}

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case MUL -> multiplyUnsigned(x, i);
            case IMUL -> multiplySigned(x, i);
            case DIV -> divideUnsigned(x, i);
            default -> divideSigned(x, i);
        }
    }

    private static void multiplyUnsigned(Execution x, Instruction i) {
        int size = i.operandSize();
        long a = x.register(RAX, size);
        long b = x.read(i.first(), size);
        long low = a * b;
        long high = size == 8 ? MultiplyDivide.unsignedHigh(a, b) : low >>> 8 * size;
        writeWide(x, size, high, low);
        MultiplyDivide.setUnsignedFlags(x.vcpu.flags, Flags.shift(size), low, high);
    }

    private static void multiplySigned(Execution x, Instruction i) {
        int size = i.operandSize();
        int shift = Flags.shift(size);
        if (i.second() == null) {
            long a = Execution.extend(x.vcpu.gpr[RAX], size);
            long b = Execution.extend(x.read(i.first(), size), size);
            long low = MultiplyDivide.signedLow(x.vcpu.flags, shift, a, b);
            writeWide(x, size, size == 8 ? Math.multiplyHigh(a, b) : low >> 8 * size, low);
        } else {
            boolean threeOperands = i.third() != null;
            long a = x.read(threeOperands ? i.second() : i.first(), size);
            long b = x.read(threeOperands ? i.third() : i.second(), size);
            x.write(i.first(), size, MultiplyDivide.signedLow(x.vcpu.flags, shift, a, b));
        }
    }

    private static void divideUnsigned(Execution x, Instruction i) {
        int size = i.operandSize();
        long divisor = x.read(i.first(), size);
        if (size == 8) {
            long low = x.vcpu.gpr[RAX];
            long quotient = MultiplyDivide.divideUnsigned(x.vcpu.gpr[RDX], low, divisor);
            writeWide(x, size, low - quotient * divisor, quotient);
            return;
        }
        long dividend = readWide(x, size);
        long quotient = MultiplyDivide.divideUnsigned(0, dividend, divisor);
        MultiplyDivide.checkRange(quotient, quotient >>> 8 * size == 0);
        writeWide(x, size, dividend - quotient * divisor, quotient);
    }

    private static void divideSigned(Execution x, Instruction i) {
        int size = i.operandSize();
        long divisor = Execution.extend(x.read(i.first(), size), size);
        if (size == 8) {
            long low = x.vcpu.gpr[RAX];
            long quotient = MultiplyDivide.divideSigned(x.vcpu.gpr[RDX], low, divisor);
            writeWide(x, size, low - quotient * divisor, quotient);
            return;
        }
        long dividend = Execution.extend(readWide(x, size), 2 * size);
        if (divisor == 0) {
            throw Fault.of(Fault.DE);
        }
        long quotient = dividend / divisor;
        // The one quotient that Java's long cannot hold, -2^63 / -1, comes out as -2^63 and does not fit either.
        MultiplyDivide.checkRange(quotient, Execution.extend(quotient, size) == quotient);
        writeWide(x, size, dividend - quotient * divisor, quotient);
    }

    /** AX, DX:AX or EDX:EAX. */
    private static long readWide(Execution x, int size) {
        if (size == 1) {
            return x.register(RAX, 2);
        }
        return x.register(RDX, size) << 8 * size | x.register(RAX, size);
    }

    /** AH:AL, DX:AX, EDX:EAX or RDX:RAX. */
    private static void writeWide(Execution x, int size, long high, long low) {
        if (size == 1) {
            x.setRegister(RAX, 2, (high & 0xff) << 8 | low & 0xff);
        } else {
            x.setRegister(RAX, size, low);
            x.setRegister(RDX, size, high);
        }
    }
}
