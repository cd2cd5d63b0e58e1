package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.HostTools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Executes single instructions on the CPU that the tests run on: x86-64 Linux with gcc. */
final class HostCpu {
    static final long MEMORY = 0x6000_0800L;
    static final long CODE = 0x7000_0000L;

    /**
     * The registers and 256 bytes of memory, before or after an instruction.
     *
     * @param bits of its code, 64 or 32
     * @param x87 the first bytes of what FXSAVE stores, up to the XMM registers; MXCSR is not among them
     */
    record State(
            int bits,
            long[] gpr,
            long rflags,
            int mxcsr,
            int signal,
            byte[] code,
            byte[] memory,
            long[] xmm,
            byte[] x87,
            long[] ymm) {
        static final int X87_SIZE = 160;
        static final int SIZE = 704 + X87_SIZE + 256;

        /** With the x87 registers as FNINIT leaves them, and upper halves of YMM registers that are zero. */
        State(int bits, long[] gpr, long rflags, int mxcsr, int signal, byte[] code, byte[] memory, long[] xmm) {
            this(bits, gpr, rflags, mxcsr, signal, code, memory, xmm, new byte[X87_SIZE], new long[32]);
            x87[0] = 0x7f;
            x87[1] = 3;
        }

        /** Of 64-bit code. */
        State(long[] gpr, long rflags, int mxcsr, int signal, byte[] code, byte[] memory, long[] xmm) {
            this(64, gpr, rflags, mxcsr, signal, code, memory, xmm);
        }

        State withX87(byte[] registers) {
            return new State(bits, gpr, rflags, mxcsr, signal, code, memory, xmm, registers, ymm);
        }

        State withUpperHalves(long[] halves) {
            return new State(bits, gpr, rflags, mxcsr, signal, code, memory, xmm, x87, halves);
        }

        private void write(ByteBuffer to) {
            for (long register : gpr) {
                to.putLong(register);
            }
            to.putLong(rflags)
                    .putLong(mxcsr)
                    .putLong(signal)
                    .putInt(code.length)
                    .putInt(bits);
            to.put(code).position(to.position() + 32 - code.length);
            to.put(memory);
            for (long half : xmm) {
                to.putLong(half);
            }
            to.put(x87);
            for (long half : ymm) {
                to.putLong(half);
            }
        }

        private static State read(ByteBuffer from) {
            long[] gpr = new long[16];
            from.asLongBuffer().get(gpr);
            from.position(from.position() + 128);
            long rflags = from.getLong();
            int mxcsr = (int) from.getLong();
            int signal = (int) from.getLong();
            byte[] code = new byte[from.getInt()];
            int bits = from.getInt();
            from.get(code).position(from.position() + 32 - code.length);
            byte[] memory = new byte[256];
            from.get(memory);
            long[] xmm = new long[32];
            from.asLongBuffer().get(xmm);
            from.position(from.position() + 256);
            byte[] x87 = new byte[X87_SIZE];
            from.get(x87);
            long[] ymm = new long[32];
            from.asLongBuffer().get(ymm);
            from.position(from.position() + 256);
            return new State(bits, gpr, rflags, mxcsr, signal, code, memory, xmm, x87, ymm);
        }
    }

    private final Path program;

    private HostCpu(Path program) {
        this.program = program;
    }

    /** Builds the program that executes; the test is skipped where that cannot be. */
    static HostCpu build(Path directory) throws IOException, InterruptedException {
        HostTools.requireLinuxOnX86();
        HostTools.require("gcc");
        Path source = directory.resolve("host.c");
        Path program = directory.resolve("host");
        try (InputStream in = HostCpu.class.getResourceAsStream("host.c")) {
            Files.copy(in, source);
        }
        HostTools.run(directory, "gcc", "-static", "-no-pie", "-fno-pie", "-w", "-o", "host", "host.c");
        return new HostCpu(program);
    }

    /** The states after execution, in order. */
    List<State> execute(List<State> states) throws IOException, InterruptedException {
        Path input = program.resolveSibling("input");
        ByteBuffer in = littleEndian(new byte[states.size() * State.SIZE]);
        states.forEach(state -> state.write(in));
        Files.write(input, in.array());
        HostTools.Ending ending = HostTools.end(program.getParent(), input, program.toString());
        if (ending.status() != 0) {
            throw new IOException("the host program ended with " + ending.status());
        }
        ByteBuffer out = littleEndian(ending.output());
        List<State> results = new ArrayList<>();
        while (out.hasRemaining()) {
            results.add(State.read(out));
        }
        return results;
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
