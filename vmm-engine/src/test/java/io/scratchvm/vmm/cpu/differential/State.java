package io.scratchvm.vmm.cpu.differential;

import io.scratchvm.vmm.cpu.state.X87;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * All that a sequence of instructions can change, and the sequence: as the bytes of {@code struct state} in
 * {@code native.c}. Mutable.
 */
final class State {
    /** Two pages, after which nothing is mapped; the window of them that a state holds; where the code is. */
    static final long PAGES = 0x10_0000, WINDOW = PAGES + 0xf80, END_OF_PAGES = PAGES + 0x2000, CODE = 0x11_0000;

    /** {@code END_SIZE}: the bytes before the end of the pages, zero at first, that are not in a state. */
    static final int WINDOW_SIZE = 256, END_SIZE = 64, MOST_CODE = 104;

    static final int SIZE = 1344, WORDS = SIZE / 8;

    private static final State PLAIN = plain();

    /** Where things are. */
    private static final int RFLAGS = 128, RIP = 136, SIGNAL = 144, LENGTH = 148, CODE_AT = 152, MEMORY = 256;

    /** The area of XSAVE. */
    static final int VECTORS = 512, VECTORS_SIZE = 832;

    /** In that area. */
    static final int CONTROL_WORD = 0,
            STATUS_WORD = 2,
            TAGS = 4,
            LAST_OPCODE = 6,
            LAST_INSTRUCTION = 8,
            LAST_DATA = 16,
            MXCSR = 24,
            MXCSR_MASK = 28,
            ST = 32,
            XMM = 160,
            RESERVED = 416,
            COMPONENTS = 512,
            YMM = 576;

    static final String[] REGISTERS = {
        "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"
    };

    private final ByteBuffer bytes;

    State() {
        this(new byte[SIZE]);
    }

    State(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** All zero, control registers as usual. */
    static State plain() {
        State state = new State();
        state.setRflags(0x202);
        state.setMxcsr(0x1f80);
        state.setVectorWord(CONTROL_WORD, X87.INITIAL_CONTROL_WORD);
        state.setVector(COMPONENTS, GuestCpu.components());
        return state;
    }

    State copy() {
        return new State(bytes().clone());
    }

    /** Not a copy. */
    byte[] bytes() {
        return bytes.array();
    }

    /** The 8-byte words that are all there is. */
    long word(int n) {
        return bytes.getLong(8 * n);
    }

    void setWord(int n, long value) {
        bytes.putLong(8 * n, value);
    }

    /** Makes words as they are in a plain state; false where they are already. */
    boolean clear(int first, int end) {
        int from = 8 * first;
        int to = 8 * end;
        boolean clears = !Arrays.equals(bytes(), from, to, PLAIN.bytes(), from, to);
        System.arraycopy(PLAIN.bytes(), from, bytes(), from, to - from);
        return clears;
    }

    /** The words that are not as in a plain state, but for the code. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < WORDS; n++) {
            boolean isCode = n >= SIGNAL / 8 && n < MEMORY / 8;
            if (!isCode && word(n) != PLAIN.word(n)) {
                text.append(name(n)).append(String.format(" %016x, ", word(n)));
            }
        }
        return text.append(String.format("RFLAGS %x, MXCSR %x", rflags(), mxcsr()))
                .toString();
    }

    private static String name(int word) {
        int at = 8 * word;
        return word < 16 ? REGISTERS[word] : at < VECTORS ? "memory+" + (at - MEMORY) : "XSAVE+" + (at - VECTORS);
    }

    long gpr(int register) {
        return word(register);
    }

    void setGpr(int register, long value) {
        setWord(register, value);
    }

    long rflags() {
        return bytes.getLong(RFLAGS);
    }

    void setRflags(long rflags) {
        bytes.putLong(RFLAGS, rflags);
    }

    long rip() {
        return bytes.getLong(RIP);
    }

    void setRip(long rip) {
        bytes.putLong(RIP, rip);
    }

    /** 0, or what the sequence raised. */
    int signal() {
        return bytes.getInt(SIGNAL);
    }

    void setSignal(int signal) {
        bytes.putInt(SIGNAL, signal);
    }

    byte[] code() {
        return Arrays.copyOfRange(bytes(), CODE_AT, CODE_AT + bytes.getInt(LENGTH));
    }

    void setCode(byte[] code) {
        Arrays.fill(bytes(), CODE_AT, CODE_AT + MOST_CODE, (byte) 0);
        System.arraycopy(code, 0, bytes(), CODE_AT, code.length);
        bytes.putInt(LENGTH, code.length);
    }

    byte[] memory() {
        return Arrays.copyOfRange(bytes(), MEMORY, MEMORY + WINDOW_SIZE);
    }

    void setMemory(byte[] memory) {
        System.arraycopy(memory, 0, bytes(), MEMORY, WINDOW_SIZE);
    }

    byte[] vectors() {
        return Arrays.copyOfRange(bytes(), VECTORS, VECTORS + VECTORS_SIZE);
    }

    void setVectors(byte[] vectors) {
        System.arraycopy(vectors, 0, bytes(), VECTORS, VECTORS_SIZE);
    }

    long vector(int at) {
        return bytes.getLong(VECTORS + at);
    }

    void setVector(int at, long value) {
        bytes.putLong(VECTORS + at, value);
    }

    int vectorWord(int at) {
        return bytes.getShort(VECTORS + at) & 0xffff;
    }

    void setVectorWord(int at, int value) {
        bytes.putShort(VECTORS + at, (short) value);
    }

    /** Clears what makers' CPUs save differently: where the last x87 instruction was, and which bits MXCSR has. */
    void forgetPointers() {
        setVectorWord(LAST_OPCODE, 0);
        setVector(LAST_INSTRUCTION, 0);
        setVector(LAST_DATA, 0);
        bytes.putInt(VECTORS + MXCSR_MASK, 0);
    }

    int mxcsr() {
        return bytes.getInt(VECTORS + MXCSR);
    }

    void setMxcsr(int mxcsr) {
        bytes.putInt(VECTORS + MXCSR, mxcsr);
    }
}
