package io.scratchvm.vmm.cpu.decode;

/** One operand of a decoded instruction. Immutable. */
public sealed interface Operand {
    /** A general register or a part of one. {@code size} 1, 2, 4 or 8 bytes; {@code high}: AH, CH, DH, BH as 0 to 3. */
    record Register(int number, int size, boolean high) implements Operand {}

    /**
     * A memory operand. The effective address is {@code base + index * scale + displacement}, cut to
     * {@code addressSize} bytes, in {@code segment}. RIP-relative operands are resolved by the decoder: no base, the
     * displacement is the offset itself.
     *
     * @param segment ES to GS as {@code Segment}'s indexes, after overrides; in 64-bit mode DS where no FS or GS
     *     override counts, SS where base is RSP or RBP
     * @param base register 0 to 15, or -1
     * @param index register 0 to 15, or -1
     * @param scale 1, 2, 4 or 8
     * @param size bytes accessed; 0 where the instruction says (LEA, INVLPG, FXSAVE…)
     */
    record Memory(int segment, int base, int index, int scale, long displacement, int addressSize, int size)
            implements Operand {}

    /** An immediate, already extended (sign or zero, as the instruction does) to 64 bits. */
    record Immediate(long value) implements Operand {}

    /** A near branch target: the new offset in CS, cut to the operand size. */
    record Target(long offset) implements Operand {}

    /** A far pointer immediate (ptr16:16, ptr16:32). */
    record FarPointer(int selector, long offset) implements Operand {}

    /** ES, CS, SS, DS, FS or GS. */
    record SegmentRegister(int number) implements Operand {}

    /** CR0 to CR15. */
    record ControlRegister(int number) implements Operand {}

    /** DR0 to DR7. */
    record DebugRegister(int number) implements Operand {}

    /** MM0 to MM7. */
    record Mmx(int number) implements Operand {}

    /** XMM0 to XMM15. */
    record Xmm(int number) implements Operand {}

    /** YMM0 to YMM15, whose lower halves the XMM registers are. */
    record Ymm(int number) implements Operand {}

    /**
     * Elements in memory, each at its own address: {@code origin} and a lane of {@code index}, signed, times
     * {@code origin}'s scale (VSIB, SDM volume 2, section 2.3.12).
     *
     * @param origin without an index; its size is that of one element
     * @param index an XMM or YMM register
     */
    record Scattered(Memory origin, Operand index) implements Operand {}

    /** ST(0) to ST(7). */
    record St(int number) implements Operand {}
}
