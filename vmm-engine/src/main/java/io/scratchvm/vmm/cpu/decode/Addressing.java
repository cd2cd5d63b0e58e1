package io.scratchvm.vmm.cpu.decode;

/** The addressing forms of ModRM and SIB (Intel SDM volume 2, section 2.1.5, tables 2-1 to 2-3, and section 2.2.1). */
final class Addressing {
    /** Segment registers by their encoding. */
    static final int SS = 2, DS = 3, FS = 4, GS = 5;

    private static final int NONE = -1, RSP = 4, RBP = 5;

    /** BX+SI, BX+DI, BP+SI, BP+DI, SI, DI, BP, BX. */
    private static final int[] BASE_16 = {3, 3, 5, 5, 6, 7, 5, 3};

    private static final int[] INDEX_16 = {6, 7, 6, 7, NONE, NONE, NONE, NONE};

    private final InstructionBytes bytes;
    private final int mod;
    private final int rm;
    private final int addressSize;

    private int base = NONE;
    private int index = NONE;
    private int scale = 1;
    private long displacement;
    private boolean ripRelative;

    Addressing(InstructionBytes bytes, int modRm, int addressSize) {
        this.bytes = bytes;
        this.mod = modRm >> 6;
        this.rm = modRm & 7;
        this.addressSize = addressSize;
    }

    /** Cuts an offset to {@code size} bytes: 2, 4 or 8. */
    static long cut(long offset, int size) {
        return size == 8 ? offset : offset & (1L << 8 * size) - 1;
    }

    void read16() {
        if (mod == 0 && rm == 6) {
            displacement = bytes.signed(2);
            return;
        }
        base = BASE_16[rm];
        index = INDEX_16[rm];
        readDisplacement(2);
    }

    /** Reads a form of 32-bit or 64-bit addressing; {@code rexX} and {@code rexB} are 0 or 8. */
    void read32(boolean in64, int rexX, int rexB) {
        if (rm == RSP) {
            readSib(rexX, rexB);
            dropStackPointer();
        } else if (mod == 0 && rm == RBP) {
            ripRelative = in64;
            displacement = bytes.signed(4);
        } else {
            base = rm | rexB;
            readDisplacement(4);
        }
    }

    /** RSP cannot be an index: in its place there is none. */
    private void dropStackPointer() {
        if (index == RSP) {
            index = NONE;
            scale = 1;
        }
    }

    /** Reads a form whose index is a vector register, which there is only with an SIB byte. */
    void readVector(int rexX, int rexB) {
        readSib(rexX, rexB);
    }

    int index() {
        return index;
    }

    boolean hasSib() {
        return mod != 3 && rm == RSP;
    }

    private void readSib(int rexX, int rexB) {
        int sib = bytes.unsignedByte();
        scale = 1 << (sib >> 6);
        index = sib >> 3 & 7 | rexX;
        if (mod == 0 && (sib & 7) == RBP) {
            displacement = bytes.signed(4);
        } else {
            base = sib & 7 | rexB;
            readDisplacement(4);
        }
    }

    private void readDisplacement(int full) {
        if (mod != 0) {
            displacement = bytes.signed(mod == 1 ? 1 : full);
        }
    }

    /**
     * The operand.
     *
     * @param segmentOverride a segment register or -1
     * @param next offset of the next instruction, for RIP-relative forms
     * @param size bytes accessed
     */
    Operand operand(int segmentOverride, long next, int size) {
        int segment = segmentOverride >= 0 ? segmentOverride : base == RSP || base == RBP ? SS : DS;
        long offset = ripRelative ? cut(next + displacement, addressSize) : displacement;
        return new Operand.Memory(segment, base, index, scale, offset, addressSize, size);
    }

    /** The operand of {@link #readVector}: elements of {@code size} bytes. */
    Operand scattered(int segmentOverride, int size, boolean wideIndex) {
        int register = index;
        index = NONE;
        Operand.Memory origin = (Operand.Memory) operand(segmentOverride, 0, size);
        return new Operand.Scattered(origin, wideIndex ? new Operand.Ymm(register) : new Operand.Xmm(register));
    }
}
