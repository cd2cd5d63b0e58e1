package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.SseOperands.index;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.Aes;
import io.scratchvm.vmm.cpu.semantics.CarrylessProduct;

/** AES-NI and PCLMULQDQ. */
final class SseCryptographyInstructions {
    private SseCryptographyInstructions() {}

    static void execute(Execution x, Instruction i) {
        long low = SseOperands.low(x, i.second());
        compute(x, i, low, SseOperands.high(x, i.second()));
    }

    /** Computes on the first operand, {@code a} and {@code b}, and the second, for rounds of AES the key. */
    private static void compute(Execution x, Instruction i, long low, long high) {
        long a = x.vcpu.xmm[index(i.first())];
        long b = x.vcpu.xmm[index(i.first()) + 1];
        switch (i.operation()) {
            case AESENC -> set(x, i, Aes.encrypt(0, a, b) ^ low, Aes.encrypt(1, a, b) ^ high);
            case AESENCLAST -> set(x, i, Aes.encryptLast(0, a, b) ^ low, Aes.encryptLast(1, a, b) ^ high);
            case AESDEC -> set(x, i, Aes.decrypt(0, a, b) ^ low, Aes.decrypt(1, a, b) ^ high);
            case AESDECLAST -> set(x, i, Aes.decryptLast(0, a, b) ^ low, Aes.decryptLast(1, a, b) ^ high);
            case AESIMC -> set(x, i, Aes.unmixed(low), Aes.unmixed(high));
            case AESKEYGENASSIST -> set(x, i, Aes.assistKey(low, immediate(i)), Aes.assistKey(high, immediate(i)));
            default -> {
                long first = (immediate(i) & 1) == 0 ? a : b;
                long second = (immediate(i) & 0x10) == 0 ? low : high;
                set(x, i, CarrylessProduct.low(first, second), CarrylessProduct.high(first, second));
            }
        }
    }

    private static void set(Execution x, Instruction i, long low, long high) {
        SseOperands.set(x, i.first(), low, high);
    }

    private static int immediate(Instruction i) {
        return (int) ((Operand.Immediate) i.third()).value();
    }
}
