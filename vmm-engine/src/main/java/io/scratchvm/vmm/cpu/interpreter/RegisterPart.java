package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Operand;

/** How a write of 1, 2, 4 or 8 bytes changes a general register: {@code before & kept | value & written}. */
final class RegisterPart {
    private RegisterPart() {}

    /** The bits that stay: none for 4 bytes, which clear the upper half. */
    static long kept(int size) {
        return size >= 4 ? 0 : ~written(size);
    }

    /** The bits that are written. */
    static long written(int size) {
        return -1L >>> 64 - 8 * size;
    }

    /** Whether {@code operand} is a general register but AH, CH, DH and BH. */
    static boolean isLow(Operand operand) {
        return operand instanceof Operand.Register r && !r.high();
    }
}
