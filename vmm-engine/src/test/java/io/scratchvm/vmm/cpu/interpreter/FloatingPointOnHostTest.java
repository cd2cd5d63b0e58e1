package io.scratchvm.vmm.cpu.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

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
 * Every floating-point instruction of SSE to SSE4.1 in register and memory forms, on special and random numbers, in all
 * rounding modes, with and without FTZ, DAZ, masks and flags, against the CPU that the tests run on: registers, flags,
 * MXCSR, signals. The system properties {@code float.seed} and {@code float.states} ask for others and for more.
 */
class FloatingPointOnHostTest {
    private static final int STATES = Integer.getInteger("float.states", 120);
    private static final long SEED = Long.getLong("float.seed", 1);
    private static final int REX_W = 8, REX_R = 4, REX_B = 1;

    @TempDir
    static Path directory;

    static HostCpu host;

    @BeforeAll
    static void build() throws Exception {
        host = HostCpu.build(directory);
    }

    /** A prefix (0 for none), the opcode after 0F with 38 or 3A before it (0 for neither), whether r/m is memory. */
    private record Form(int prefix, int escape, int opcode, boolean memory) {
        /** The instruction at [rdi] or on registers {@code reg} and {@code register}. */
        byte[] encode(int rex, int reg, int register, int immediate) {
            ByteArrayOutputStream code = new ByteArrayOutputStream();
            if (prefix != 0) {
                code.write(prefix);
            }
            if (rex != 0) {
                code.write(0x40 | rex);
            }
            code.write(0x0f);
            if (escape != 0) {
                code.write(escape);
            }
            code.write(opcode);
            code.write(memory ? reg << 3 | 7 : 0xc0 | reg << 3 | register);
            code.write(immediate);
            return Arrays.copyOf(code.toByteArray(), decode(code.toByteArray()).length());
        }

        static Instruction decode(byte[] code) {
            return Decoder.decode(Arrays.copyOf(code, 16), 0, 16, 0, 64);
        }

        Instruction instruction() {
            return decode(encode(0, 2, 1, 0));
        }
    }

    private static List<Form> forms() {
        List<Form> forms = new ArrayList<>();
        for (int prefix : new int[] {0, 0x66, 0xf3, 0xf2}) {
            for (int escape : new int[] {0, 0x38, 0x3a}) {
                for (int opcode = 0; opcode < 256; opcode++) {
                    for (boolean memory : new boolean[] {false, true}) {
                        Form form = new Form(prefix, escape, opcode, memory);
                        boolean escapes = escape == 0 && (opcode == 0x38 || opcode == 0x3a);
                        if (!escapes
                                && SseFloatInstructions.concern(
                                        form.instruction().operation())) {
                            forms.add(form);
                        }
                    }
                }
            }
        }
        return forms;
    }

    private static boolean usesMmx(Instruction i) {
        return i.first() instanceof Operand.Mmx || i.second() instanceof Operand.Mmx;
    }

    /** What the SDM bounds and every CPU chooses for itself. */
    private static boolean isApproximate(Instruction i) {
        return switch (i.operation()) {
            case RCPPS, RCPSS, RSQRTPS, RSQRTSS -> true;
            default -> false;
        };
    }

    @Test
    void everyOperationIsTried() {
        Set<Operation> tried = EnumSet.noneOf(Operation.class);
        forms().forEach(form -> tried.add(form.instruction().operation()));
        Set<Operation> all = EnumSet.noneOf(Operation.class);
        for (Operation operation : Operation.values()) {
            if (SseFloatInstructions.concern(operation)) {
                all.add(operation);
            }
        }
        assertThat(tried).isEqualTo(all);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void doesWhatTheHostDoes(boolean memory) throws Exception {
        Random random = new Random(SEED);
        FloatingPointNumbers numbers = new FloatingPointNumbers(random);
        List<HostCpu.State> before = new ArrayList<>();
        for (Form form : forms()) {
            Instruction instruction = form.instruction();
            if (form.memory == memory && !usesMmx(instruction) && !isApproximate(instruction)) {
                for (int n = 0; n < STATES; n++) {
                    int rex = random.nextInt(2) * REX_W | random.nextInt(2) * REX_R;
                    rex |= memory ? 0 : random.nextInt(2) * REX_B;
                    byte[] code = form.encode(rex, random.nextInt(8), random.nextInt(8), random.nextInt(256));
                    before.add(state(code, n == 0 ? 4 : 0, random, numbers));
                }
            }
        }
        new VectorComparison(host).compare(before, 1);
    }

    @Test
    void mmxFormsDoWhatTheHostDoes() throws Exception {
        Random random = new Random(SEED);
        FloatingPointNumbers numbers = new FloatingPointNumbers(random);
        List<HostCpu.State> before = new ArrayList<>();
        for (Form form : forms()) {
            if (usesMmx(form.instruction())) {
                for (int n = 0; n < STATES; n++) {
                    int reg = random.nextInt(8);
                    int register = random.nextInt(8);
                    byte[] code = form.encode(0, reg, register, 0);
                    int mmx = form.instruction().first() instanceof Operand.Mmx ? reg : register;
                    before.add(state(betweenXmm(code, mmx), n == 0 ? 4 : 0, random, numbers));
                }
            }
        }
        new VectorComparison(host).compare(before, 4);
    }

    /** MOVDQ2Q of the MMX register that the code uses, the code, MOVQ2DQ back, EMMS. */
    private static byte[] betweenXmm(byte[] code, int mmx) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(new byte[] {(byte) 0xf2, 0x0f, (byte) 0xd6, (byte) (0xc0 | mmx << 3)});
        whole.writeBytes(code);
        whole.writeBytes(new byte[] {(byte) 0xf3, 0x0f, (byte) 0xd6, (byte) (0xf8 | mmx)});
        whole.writeBytes(new byte[] {0x0f, 0x77});
        return whole.toByteArray();
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
        long[] xmm = new long[32];
        for (int half = 0; half < 32; half++) {
            xmm[half] = numbers.half();
        }
        return new HostCpu.State(gpr, 0x202 | random.nextInt() & Flags.STATUS, numbers.mxcsr(), 0, code, memory, xmm);
    }
}
