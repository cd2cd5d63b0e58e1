package io.scratchvm.vmm.cpu.decode;

/**
 * The bytes of one instruction, read from first to last. Past the end they are zero and {@link #exhausted} becomes
 * true, so that the decoder need ask only once.
 */
final class InstructionBytes {
    private final byte[] code;
    private final int start;
    private final int end;
    private int position;
    private boolean exhausted;

    InstructionBytes(byte[] code, int start, int end) {
        this.code = code;
        this.start = start;
        this.end = end;
        this.position = start;
    }

    boolean exhausted() {
        return exhausted;
    }

    /** The number of bytes read. */
    int length() {
        return position - start;
    }

    /** The next byte, 0 to 255. */
    int unsignedByte() {
        if (position >= end) {
            exhausted = true;
            return 0;
        }
        return code[position++] & 0xff;
    }

    /** The next {@code size} bytes (1, 2, 4 or 8), little-endian, sign-extended. */
    long signed(int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (long) unsignedByte() << 8 * i;
        }
        int unused = 64 - 8 * size;
        return value << unused >> unused;
    }
}
