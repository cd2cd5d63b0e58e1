package io.scratchvm.vmm.cpu.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.cpu.decode.Decoder;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every instruction on vector registers that the decoder knows under a VEX prefix (AVX, AVX2, FMA, F16C), in register
 * and memory forms, aligned and not, under random MXCSRs, against the CPU that the tests run on, bit for bit.
 */
class VexInstructionsOnHostTest {
    private static final int STATES = Integer.getInteger("vmm.test.vex.states", 6);
    private static final long SEED = Long.getLong("vmm.test.vex.seed", 1);
    private static final int RDI = 7, SIB = 4;

    @TempDir
    static Path directory;

    static HostCpu host;

    @BeforeAll
    static void build() throws Exception {
        host = HostCpu.build(directory);
        HostTools.requireCpuFeatures("avx", "avx2", "fma", "f16c", "aes", "pclmulqdq");
    }

    /** An opcode: map, VEX.pp, VEX.L, VEX.W, whether VEX.vvvv names a register, ModRM.reg, whether r/m is memory. */
    private record Form(
            int map, int prefix, boolean wide, boolean w, boolean source, int opcode, int reg, boolean memory) {
        /** The instruction with registers from {@code random}; memory at RDI, or indexed from there. */
        byte[] encode(Random random) {
            int extendsReg = random.nextInt(2);
            int extendsRm = memory || scattered() ? 0 : random.nextInt(2);
            int vvvv = source ? random.nextInt(16) : 0;
            int middle = group() ? reg : random.nextInt(8);
            return encode(random, extendsReg, extendsRm, vvvv, middle);
        }

        private boolean group() {
            return map == 1 && (opcode >= 0x71 && opcode <= 0x73 || opcode == 0xae);
        }

        private boolean scattered() {
            return map == 2 && opcode >= 0x90 && opcode <= 0x93;
        }

        private byte[] encode(Random random, int r, int b, int vvvv, int middle) {
            ByteArrayOutputStream code = new ByteArrayOutputStream();
            int x = random.nextInt(2);
            code.write(0xc4);
            code.write((~r & 1) << 7 | (~(scattered() ? x : 0) & 1) << 6 | (~b & 1) << 5 | map);
            code.write((w ? 0x80 : 0) | (~vvvv & 15) << 3 | (wide ? 4 : 0) | prefix);
            code.write(opcode);
            if (map == 1 && opcode == 0x77) {
                return code.toByteArray();
            }
            if (scattered()) {
                code.write(middle << 3 | SIB);
                code.write(random.nextInt(4) << 6 | random.nextInt(8) << 3 | RDI);
            } else {
                code.write(memory ? middle << 3 | RDI : 0xc0 | middle << 3 | random.nextInt(8));
            }
            code.write(random.nextInt(random.nextBoolean() ? 32 : 256));
            return Arrays.copyOf(code.toByteArray(), decode(code.toByteArray()).length());
        }

        static Instruction decode(byte[] code) {
            return Decoder.decode(Arrays.copyOf(code, 16), 0, 16, 0, 64);
        }

        /** With three registers that differ, as gathers want them. */
        Instruction instruction() {
            return decode(encode(new Random(5), 0, 0, source ? 9 : 0, group() ? reg : 1));
        }
    }

    private static List<Form> forms() {
        List<Form> forms = new ArrayList<>();
        for (int map = 1; map <= 3; map++) {
            for (int prefix = 0; prefix < 4; prefix++) {
                for (int bits = 0; bits < 16; bits++) {
                    for (int opcode = 0; opcode < 256; opcode++) {
                        addForms(forms, map, prefix, bits, opcode);
                    }
                }
            }
        }
        return forms;
    }

    private static void addForms(List<Form> forms, int map, int prefix, int bits, int opcode) {
        boolean isGroup = map == 1 && (opcode >= 0x71 && opcode <= 0x73 || opcode == 0xae);
        for (int reg = 0; reg < (isGroup ? 8 : 1); reg++) {
            Form form = new Form(
                    map, prefix, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, opcode, reg, (bits & 8) != 0);
            if (form.instruction().operation().isVector()) {
                forms.add(form);
            }
        }
    }

    /** What the SDM bounds and every CPU chooses for itself. */
    private static boolean isApproximate(Operation operation) {
        return switch (operation) {
            case RCPPS, RCPSS, RSQRTPS, RSQRTSS -> true;
            default -> false;
        };
    }

    @Test
    void everyOperationIsTried() {
        Set<Operation> tried = EnumSet.noneOf(Operation.class);
        forms().forEach(form -> tried.add(form.instruction().operation()));
        Set<Operation> onlyWithVex = EnumSet.range(Operation.VBROADCASTSS, Operation.VZEROALL);
        assertThat(tried).containsAll(onlyWithVex).contains(Operation.PADDB, Operation.ADDPS, Operation.PCMPISTRI);
        assertThat(tried).hasSizeGreaterThan(290);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void doesWhatTheHostDoes(int map) throws Exception {
        Random random = new Random(SEED + map);
        FloatingPointNumbers numbers = new FloatingPointNumbers(random);
        List<HostCpu.State> before = new ArrayList<>();
        for (Form form : forms()) {
            if (form.map == map && !isApproximate(form.instruction().operation())) {
                for (int n = 0; n < STATES; n++) {
                    before.add(state(form.encode(random), n == 0 ? 4 : 0, random, numbers));
                }
            }
        }
        new VectorComparison(host).compare(before, 1);
    }

    private static HostCpu.State state(byte[] code, int misalignment, Random random, FloatingPointNumbers numbers) {
        long[] gpr = new long[16];
        for (int register = 0; register < 16; register++) {
            gpr[register] = random.nextLong() >> random.nextInt(64);
        }
        gpr[Vcpu.RDI] = HostCpu.MEMORY + 64 + misalignment;
        gpr[Vcpu.RSP] = HostCpu.MEMORY + 192;
        byte[] memory = new byte[256];
        ByteBuffer values = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            values.putLong(numbers.half());
        }
        long[] xmm = numbers(numbers);
        long[] ymm = numbers(numbers);
        if (Form.decode(code).second() instanceof Operand.Scattered elements) {
            setIndexes(elements, Form.decode(code).operation(), xmm, ymm, random);
        }
        long rflags = 0x202 | random.nextInt() & Flags.STATUS;
        return new HostCpu.State(gpr, rflags, numbers.mxcsr(), 0, code, memory, xmm).withUpperHalves(ymm);
    }

    private static long[] numbers(FloatingPointNumbers numbers) {
        long[] halves = new long[32];
        for (int half = 0; half < 32; half++) {
            halves[half] = numbers.half();
        }
        return halves;
    }

    /** Indexes of elements that are in memory. Where one is not, CPUs differ in how far they have got. */
    private static void setIndexes(
            Operand.Scattered elements, Operation operation, long[] xmm, long[] ymm, Random random) {
        boolean quadwords = operation.name().contains("Q")
                        && operation.name().indexOf('Q') == operation.name().length() - 2
                || operation.name().startsWith("VGATHERQ");
        int register = VexOperands.number(elements.index());
        for (int n = 0; n < 4; n++) {
            long value = quadwords ? index(random) : index(random) & 0xffff_ffffL | index(random) << 32;
            (n < 2 ? xmm : ymm)[2 * register + (n & 1)] = value;
        }
    }

    private static long index(Random random) {
        return random.nextInt(23) - 8;
    }
}
