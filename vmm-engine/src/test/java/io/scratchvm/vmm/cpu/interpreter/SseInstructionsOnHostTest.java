package io.scratchvm.vmm.cpu.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.decode.Decoder;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
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
 * Every MMX and SSE instruction that the decoder knows but floating point, in register and memory forms, aligned and not, against
 * the CPU that the tests run on, bit for bit.
 */
class SseInstructionsOnHostTest {
    private static final int STATES = 5;
    private static final long[] EDGES = {
        0,
        -1,
        0x8000_0000_8000_0000L,
        0x7fff_ffff_7fff_ffffL,
        0x8000_8000_8000_8000L,
        0x7fff_7fff_7fff_7fffL,
        0x8080_8080_8080_8080L,
        0x7f7f_7f7f_7f7f_7f7fL,
        0x0001_0001_0001_0001L,
        0x0101_0101_0101_0101L,
        3,
        17,
        64
    };
    private static final int REX_W = 8, REX_R = 4, REX_B = 1;

    @TempDir
    static Path directory;

    static HostCpu host;

    @BeforeAll
    static void build() throws Exception {
        host = HostCpu.build(directory);
        HostTools.requireCpuFeatures("sse4_2", "aes", "pclmulqdq");
    }

    /** The opcode maps 0F, 0F38 and 0F3A, as the byte above the opcode's last. */
    private static final int[] MAPS = {0, 0x3800, 0x3a00};

    /** An opcode: prefix (0 for none), bytes after 0F, reg field of ModRM, whether r/m is memory. */
    private record Form(int prefix, int opcode, int reg, boolean memory) {
        /** The instruction without REX, at [rdi] or with register 1. */
        byte[] encode(int rex, int register, int immediate) {
            ByteArrayOutputStream code = new ByteArrayOutputStream();
            if (prefix != 0) {
                code.write(prefix);
            }
            if (rex != 0) {
                code.write(0x40 | rex);
            }
            code.write(0x0f);
            if (opcode > 0xff) {
                code.write(opcode >> 8);
            }
            code.write(opcode);
            if (opcode != 0x77) {
                code.write(memory ? reg << 3 | 7 : 0xc0 | reg << 3 | register);
            }
            code.write(immediate);
            return Arrays.copyOf(code.toByteArray(), decode(code.toByteArray()).length());
        }

        /** Whatever follows {@code code} is zero. */
        static Instruction decode(byte[] code) {
            return Decoder.decode(Arrays.copyOf(code, 16), 0, 16, 0, 64);
        }

        Instruction instruction() {
            return decode(encode(0, 1, 0));
        }
    }

    private static List<Form> forms(int prefix, boolean mmx) {
        List<Form> forms = new ArrayList<>();
        for (int map : MAPS) {
            for (int opcode = 0; opcode < 256; opcode++) {
                for (int reg = 0; reg < 8 && !isEscape(map | opcode); reg++) {
                    addForm(forms, new Form(prefix, map | opcode, reg, false), mmx);
                    addForm(forms, new Form(prefix, map | opcode, reg, true), mmx);
                }
            }
        }
        return forms;
    }

    private static boolean isEscape(int opcode) {
        return opcode == 0x38 || opcode == 0x3a;
    }

    private static void addForm(List<Form> forms, Form form, boolean mmx) {
        Instruction instruction = form.instruction();
        if (isTested(instruction.operation())
                && usesMmx(instruction) == mmx
                && instruction.operation() != Operation.EMMS) {
            forms.add(form);
        }
    }

    /** Floating point has a test of its own. */
    private static boolean isTested(Operation operation) {
        boolean onlyWithVex = operation.compareTo(Operation.VBROADCASTSS) >= 0;
        return !onlyWithVex && operation.isVector() && !SseFloatInstructions.concern(operation);
    }

    private static boolean usesMmx(Instruction i) {
        return i.first() instanceof Operand.Mmx || i.second() instanceof Operand.Mmx;
    }

    @Test
    void everyOperationIsTried() {
        Set<Operation> tried = EnumSet.of(Operation.EMMS);
        for (int prefix : new int[] {0, 0x66, 0xf3, 0xf2}) {
            forms(prefix, false).forEach(form -> tried.add(form.instruction().operation()));
            forms(prefix, true).forEach(form -> tried.add(form.instruction().operation()));
        }
        Set<Operation> all = EnumSet.noneOf(Operation.class);
        for (Operation operation : Operation.values()) {
            if (isTested(operation)) {
                all.add(operation);
            }
        }
        assertThat(tried).isEqualTo(all);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x66, 0xf3, 0xf2})
    void sseDoesWhatTheHostDoes(int prefix) throws Exception {
        Random random = new Random(prefix);
        List<HostCpu.State> before = new ArrayList<>();
        for (Form form : forms(prefix, false)) {
            for (int n = 0; n < STATES; n++) {
                int rex = random.nextInt(2) * REX_W | random.nextInt(2) * REX_R;
                rex |= form.memory ? 0 : random.nextInt(2) * REX_B;
                byte[] code = form.encode(rex, random.nextInt(8), immediate(random));
                before.add(state(code, n == STATES - 1 ? 4 : 0, random));
            }
        }
        new VectorComparison(host).compare(before, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0xf3, 0xf2})
    void mmxDoesWhatTheHostDoes(int prefix) throws Exception {
        Random random = new Random(prefix);
        List<HostCpu.State> before = new ArrayList<>();
        for (Form form : forms(prefix, true)) {
            for (int n = 0; n < STATES; n++) {
                int register = random.nextInt(8);
                byte[] code = form.encode(random.nextInt(2) * REX_W, register, immediate(random));
                before.add(state(betweenXmm(code, form.reg, register), n, random));
            }
        }
        new VectorComparison(host).compare(before, 6);
    }

    /** MOVDQ2Q of the registers that the code uses, the code, MOVQ2DQ back, EMMS. */
    private static byte[] betweenXmm(byte[] code, int first, int second) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(new byte[] {(byte) 0xf2, 0x0f, (byte) 0xd6, (byte) (0xc0 | first << 3)});
        whole.writeBytes(new byte[] {(byte) 0xf2, 0x0f, (byte) 0xd6, (byte) (0xc1 | second << 3)});
        whole.writeBytes(code);
        whole.writeBytes(new byte[] {(byte) 0xf3, 0x0f, (byte) 0xd6, (byte) (0xd0 | first)});
        whole.writeBytes(new byte[] {(byte) 0xf3, 0x0f, (byte) 0xd6, (byte) (0xd8 | second)});
        whole.writeBytes(new byte[] {0x0f, 0x77});
        return whole.toByteArray();
    }

    private static int immediate(Random random) {
        return random.nextInt(random.nextBoolean() ? 24 : 256);
    }

    private static HostCpu.State state(byte[] code, int misalignment, Random random) {
        long[] gpr = new long[16];
        for (int register = 0; register < 16; register++) {
            gpr[register] = random.nextLong();
        }
        if (random.nextBoolean()) {
            // Lengths of strings.
            gpr[Vcpu.RAX] = random.nextInt(40) - 20;
            gpr[Vcpu.RDX] = random.nextInt(40) - 20;
        }
        gpr[Vcpu.RDI] = HostCpu.MEMORY + 64 + misalignment;
        gpr[Vcpu.RSP] = HostCpu.MEMORY + 192;
        byte[] memory = new byte[256];
        ByteBuffer values = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            values.putLong(value(random));
        }
        long[] xmm = new long[32];
        for (int half = 0; half < 32; half++) {
            xmm[half] = value(random);
        }
        return new HostCpu.State(gpr, 0x202 | random.nextInt() & Flags.STATUS, 0x1f80, 0, code, memory, xmm);
    }

    private static long value(Random random) {
        return random.nextInt(3) != 0 ? random.nextLong() : EDGES[random.nextInt(EDGES.length)];
    }

    // -- availability (SDM volume 3, tables 13-1 and 14-1) ----------------------------------------------------------

    private static final int[] PXOR_XMM = {0x66, 0x0f, 0xef, 0xc0};
    private static final int[] PXOR_MMX = {0x0f, 0xef, 0xc0};

    private static int faultOf(int[] code, long cr0, boolean osfxsr) {
        TestMachine machine = new TestMachine();
        machine.vcpu.cr0 |= cr0;
        machine.vcpu.cr4 &= osfxsr ? -1 : ~ControlRegisters.CR4_OSFXSR;
        machine.load(HostCpu.CODE, code);
        return machine.interpreter.run(1) == Exit.FAULT
                ? machine.interpreter.fault().vector()
                : -1;
    }

    @Test
    void controlRegistersDisableThem() {
        assertThat(faultOf(PXOR_XMM, 0, true)).isEqualTo(-1);
        assertThat(faultOf(PXOR_XMM, 0, false)).isEqualTo(Fault.UD);
        assertThat(faultOf(PXOR_XMM, ControlRegisters.CR0_EM, true)).isEqualTo(Fault.UD);
        assertThat(faultOf(PXOR_XMM, ControlRegisters.CR0_TS, true)).isEqualTo(Fault.NM);
        assertThat(faultOf(PXOR_XMM, ControlRegisters.CR0_TS, false)).isEqualTo(Fault.UD);
        assertThat(faultOf(PXOR_MMX, 0, false)).isEqualTo(-1);
        assertThat(faultOf(PXOR_MMX, ControlRegisters.CR0_EM, true)).isEqualTo(Fault.UD);
        assertThat(faultOf(PXOR_MMX, ControlRegisters.CR0_TS, true)).isEqualTo(Fault.NM);
    }

    @Test
    void mmxTakesTheX87RegistersAndEmmsGivesThemBack() {
        TestMachine machine = new TestMachine();
        machine.vcpu.x87.statusWord = 0x3800;
        machine.load(HostCpu.CODE, 0x0f, 0x6e, 0xd8, 0x0f, 0x77);
        machine.vcpu.gpr[Vcpu.RAX] = 0x1234_5678_9abc_def0L;
        machine.interpreter.run(1);
        assertThat(machine.vcpu.x87.significand[3]).isEqualTo(0x9abc_def0L);
        assertThat(machine.vcpu.x87.signExponent[3]).isEqualTo(0xffff);
        assertThat(machine.vcpu.x87.tagWord).isZero();
        assertThat(machine.vcpu.x87.statusWord).isZero();
        machine.interpreter.run(2);
        assertThat(machine.vcpu.x87.tagWord).isEqualTo(0xffff);
    }

    @Test
    void aStoreThatFaultsOnItsSecondPageStoresNothing() {
        TestMachine machine = new TestMachine();
        long lastPage = (1L << 31) - 4096;
        machine.load(HostCpu.CODE, 0x0f, 0x11, 0x07);
        machine.vcpu.gpr[Vcpu.RDI] = lastPage + 4096 - 8;
        machine.vcpu.xmm[0] = -1;
        assertThat(machine.interpreter.run(1)).isEqualTo(Exit.FAULT);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.PF);
        assertThat(machine.interpreter.fault().address()).isEqualTo(lastPage + 4096);
        assertThat(machine.memory.read64(lastPage + 4096 - 8)).isZero();
    }
}
