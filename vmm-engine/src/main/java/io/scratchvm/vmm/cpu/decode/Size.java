package io.scratchvm.vmm.cpu.decode;

/** How an instruction's operand size follows from the code segment, 66 and REX.W (SDM volume 1, section 3.6). */
enum Size {
    BYTE,
    WORD,
    /** 2, 4 or 8. */
    V,
    /** As V, but never 8. */
    Z,
    /** 4, or 8 with REX.W. */
    Y,
    /** As V, but 8 by default in 64-bit code, where 4 cannot be had ("d64"). */
    D64,
    /** As V, but always 8 in 64-bit code ("f64"). */
    F64,
    /** 8 in 64-bit code, else 4. */
    NATIVE;

    /** The operand size in bytes. */
    int bytes(int codeSize, boolean operandSizePrefix, boolean rexW) {
        return switch (this) {
            case BYTE -> 1;
            case WORD -> 2;
            case V -> rexW ? 8 : word(codeSize, operandSizePrefix);
            case Z -> rexW ? 4 : word(codeSize, operandSizePrefix);
            case Y -> rexW ? 8 : 4;
            case D64 -> codeSize != 64 ? word(codeSize, operandSizePrefix) : operandSizePrefix && !rexW ? 2 : 8;
            case F64 -> codeSize != 64 ? word(codeSize, operandSizePrefix) : 8;
            case NATIVE -> codeSize == 64 ? 8 : 4;
        };
    }

    private static int word(int codeSize, boolean operandSizePrefix) {
        return codeSize == 16 == operandSizePrefix ? 4 : 2;
    }
}
