package io.scratchvm.vmm.cpu.decode;

/** Bytes to instructions, by the opcode maps of Intel SDM volume 2, appendix A. Stateless. */
public final class Decoder {
    /** The longest instruction. A longer one is #GP(0) on a real CPU. */
    public static final int MAX_LENGTH = 15;

    private static final Row MAP = Row.escape(OneByteMap.rows());

    private Decoder() {}

    /**
     * Decodes one instruction.
     *
     * @param code holds its bytes
     * @param offset of its first byte in {@code code}
     * @param limit end of the bytes that may be looked at
     * @param address its offset in CS
     * @param codeSize default size of the code segment: 16, 32 or 64
     * @return the instruction, with {@link Operation#INVALID} where there is none; null where it does not end before
     *     {@code limit}, or is longer than {@link #MAX_LENGTH}
     */
    public static Instruction decode(byte[] code, int offset, int limit, long address, int codeSize) {
        InstructionBytes bytes = new InstructionBytes(code, offset, Math.min(limit, offset + MAX_LENGTH));
        return new Decoding(bytes, address, codeSize).instruction(MAP);
    }
}
