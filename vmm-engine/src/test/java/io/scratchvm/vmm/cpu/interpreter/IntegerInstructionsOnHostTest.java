package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Flags.AF;
import static io.scratchvm.vmm.cpu.state.Flags.CF;
import static io.scratchvm.vmm.cpu.state.Flags.DF;
import static io.scratchvm.vmm.cpu.state.Flags.OF;
import static io.scratchvm.vmm.cpu.state.Flags.STATUS;
import static io.scratchvm.vmm.cpu.state.Flags.ZF;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every integer family, in all widths and forms of 64-bit code, against the CPU that the tests run on. */
class IntegerInstructionsOnHostTest {
    private static final int STATES = 24;
    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0x8000,
        0xffff,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0x0f0f_0f0f_0f0f_0f0fL
    };

    @TempDir
    static Path directory;

    static HostCpu host;

    @BeforeAll
    static void build() throws Exception {
        host = HostCpu.build(directory);
    }

    /** How a form's operands are encoded after its opcode. */
    enum Operands {
        NONE,
        /** A ModRM byte whose reg field is another operand. */
        MODRM,
        /** A ModRM byte whose reg field belongs to the opcode. */
        DIGIT
    }

    /**
     * Forms of an instruction.
     *
     * @param name for messages
     * @param opcode bytes, escape bytes included
     * @param digit of {@link Operands#DIGIT}
     * @param immediate bytes: 0 to 2; 4 stands for the operand size, at most 4
     * @param widths a bit for each operand size, 1, 2, 4, 8
     * @param memory 0 registers only, 1 both, 2 memory only
     * @param defined flags that the SDM defines
     */
    record Form(
            String name,
            int[] opcode,
            Operands operands,
            int digit,
            int immediate,
            int widths,
            int memory,
            int defined) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final int ALL = 15, WIDE = 14, BYTE = 1, NOT_WORD = 12;
    private static final int LOGIC = STATUS & ~AF;

    static Stream<Form> forms() {
        List<Form> forms = new ArrayList<>();
        String[] arithmetic = {"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"};
        for (int n = 0; n < 8; n++) {
            int defined = n == 1 || n == 4 || n == 6 ? LOGIC : STATUS;
            forms.add(modrm(arithmetic[n] + " rm8, r8", BYTE, defined, n << 3));
            forms.add(modrm(arithmetic[n] + " rm, r", WIDE, defined, n << 3 | 1));
            forms.add(modrm(arithmetic[n] + " r8, rm8", BYTE, defined, n << 3 | 2));
            forms.add(modrm(arithmetic[n] + " r, rm", WIDE, defined, n << 3 | 3));
            forms.add(none(arithmetic[n] + " al, imm8", BYTE, 1, defined, n << 3 | 4));
            forms.add(none(arithmetic[n] + " rax, imm", WIDE, 4, defined, n << 3 | 5));
            forms.add(digit(arithmetic[n] + " rm8, imm8", BYTE, n, 1, defined, 0x80));
            forms.add(digit(arithmetic[n] + " rm, imm", WIDE, n, 4, defined, 0x81));
            forms.add(digit(arithmetic[n] + " rm, imm8", WIDE, n, 1, defined, 0x83));
        }
        forms.add(modrm("test rm8, r8", BYTE, LOGIC, 0x84));
        forms.add(modrm("test rm, r", WIDE, LOGIC, 0x85));
        forms.add(digit("test rm8, imm8", BYTE, 0, 1, LOGIC, 0xf6));
        forms.add(digit("test rm, imm", WIDE, 0, 4, LOGIC, 0xf7));
        forms.add(none("test al, imm8", BYTE, 1, LOGIC, 0xa8));
        forms.add(none("test rax, imm", WIDE, 4, LOGIC, 0xa9));
        String[] unary = {"not", "neg", "mul", "imul", "div", "idiv"};
        int[] unaryFlags = {STATUS, STATUS, CF | OF, CF | OF, 0, 0};
        for (int n = 0; n < 6; n++) {
            forms.add(digit(unary[n] + " rm8", BYTE, n + 2, 0, unaryFlags[n], 0xf6));
            forms.add(digit(unary[n] + " rm", WIDE, n + 2, 0, unaryFlags[n], 0xf7));
        }
        forms.add(digit("inc rm8", BYTE, 0, 0, STATUS, 0xfe));
        forms.add(digit("inc rm", WIDE, 0, 0, STATUS, 0xff));
        forms.add(digit("dec rm8", BYTE, 1, 0, STATUS, 0xfe));
        forms.add(digit("dec rm", WIDE, 1, 0, STATUS, 0xff));
        forms.add(modrm("imul r, rm", WIDE, CF | OF, 0x0f, 0xaf));
        forms.add(new Form("imul r, rm, imm", new int[] {0x69}, Operands.MODRM, 0, 4, WIDE, 1, CF | OF));
        forms.add(new Form("imul r, rm, imm8", new int[] {0x6b}, Operands.MODRM, 0, 1, WIDE, 1, CF | OF));
        String[] shifts = {"rol", "ror", "rcl", "rcr", "shl", "shr", "sal", "sar"};
        for (int n = 0; n < 8; n++) {
            // CF and OF depend on the count: see definedAfterShift.
            forms.add(digit(shifts[n] + " rm8, 1", BYTE, n, 0, n < 4 ? STATUS : LOGIC, 0xd0));
            forms.add(digit(shifts[n] + " rm, 1", WIDE, n, 0, n < 4 ? STATUS : LOGIC, 0xd1));
            forms.add(digit(shifts[n] + " rm8, imm8", BYTE, n, 1, n < 4 ? STATUS : LOGIC, 0xc0));
            forms.add(digit(shifts[n] + " rm, imm8", WIDE, n, 1, n < 4 ? STATUS : LOGIC, 0xc1));
            forms.add(digit(shifts[n] + " rm8, cl", BYTE, n, 0, n < 4 ? STATUS : LOGIC, 0xd2));
            forms.add(digit(shifts[n] + " rm, cl", WIDE, n, 0, n < 4 ? STATUS : LOGIC, 0xd3));
        }
        forms.add(new Form("shld rm, r, imm8", new int[] {0x0f, 0xa4}, Operands.MODRM, 0, 1, NOT_WORD, 1, LOGIC));
        forms.add(modrm("shld rm, r, cl", NOT_WORD, LOGIC, 0x0f, 0xa5));
        forms.add(new Form("shrd rm, r, imm8", new int[] {0x0f, 0xac}, Operands.MODRM, 0, 1, NOT_WORD, 1, LOGIC));
        forms.add(modrm("shrd rm, r, cl", NOT_WORD, LOGIC, 0x0f, 0xad));
        String[] bits = {"bt", "bts", "btr", "btc"};
        for (int n = 0; n < 4; n++) {
            forms.add(new Form(
                    bits[n] + " r, r", new int[] {0x0f, 0xa3 + 8 * n}, Operands.MODRM, 0, 0, WIDE, 0, CF | ZF));
            forms.add(digit(bits[n] + " rm, imm8", WIDE, n + 4, 1, CF | ZF, 0x0f, 0xba));
        }
        forms.add(modrm("bsf r, rm", WIDE, ZF, 0x0f, 0xbc));
        forms.add(modrm("bsr r, rm", WIDE, ZF, 0x0f, 0xbd));
        forms.add(modrm("popcnt r, rm", WIDE, STATUS, 0xf3, 0x0f, 0xb8));
        for (int register = 0; register < 8; register++) {
            if (register != Vcpu.RSP) {
                forms.add(none("bswap r" + register, NOT_WORD, 0, STATUS, 0x0f, 0xc8 + register));
            }
        }
        forms.add(modrm("mov rm8, r8", BYTE, STATUS, 0x88));
        forms.add(modrm("mov rm, r", WIDE, STATUS, 0x89));
        forms.add(modrm("mov r8, rm8", BYTE, STATUS, 0x8a));
        forms.add(modrm("mov r, rm", WIDE, STATUS, 0x8b));
        forms.add(digit("mov rm8, imm8", BYTE, 0, 1, STATUS, 0xc6));
        forms.add(digit("mov rm, imm", WIDE, 0, 4, STATUS, 0xc7));
        forms.add(none("mov ch, imm8", BYTE, 1, STATUS, 0xb5));
        forms.add(modrm("movzx r, rm8", WIDE, STATUS, 0x0f, 0xb6));
        forms.add(modrm("movzx r, rm16", WIDE, STATUS, 0x0f, 0xb7));
        forms.add(modrm("movsx r, rm8", WIDE, STATUS, 0x0f, 0xbe));
        forms.add(modrm("movsx r, rm16", WIDE, STATUS, 0x0f, 0xbf));
        forms.add(modrm("movsxd r, rm32", NOT_WORD, STATUS, 0x63));
        forms.add(new Form("lea", new int[] {0x8d}, Operands.MODRM, 0, 0, WIDE, 2, STATUS));
        forms.add(modrm("xchg rm8, r8", BYTE, STATUS, 0x86));
        forms.add(modrm("xchg rm, r", WIDE, STATUS, 0x87));
        forms.add(none("xchg rax, rbx", WIDE, 0, STATUS, 0x93));
        forms.add(modrm("xadd rm8, r8", BYTE, STATUS, 0x0f, 0xc0));
        forms.add(modrm("xadd rm, r", WIDE, STATUS, 0x0f, 0xc1));
        forms.add(modrm("cmpxchg rm8, r8", BYTE, STATUS, 0x0f, 0xb0));
        forms.add(modrm("cmpxchg rm, r", WIDE, STATUS, 0x0f, 0xb1));
        forms.add(new Form("cmpxchg8b/16b", new int[] {0x0f, 0xc7}, Operands.DIGIT, 1, 0, NOT_WORD, 2, STATUS));
        for (int condition = 0; condition < 16; condition++) {
            forms.add(modrm("cmov" + condition, WIDE, STATUS, 0x0f, 0x40 + condition));
            forms.add(digit("set" + condition, BYTE, 0, 0, STATUS, 0x0f, 0x90 + condition));
        }
        forms.add(none("cbw", WIDE, 0, STATUS, 0x98));
        forms.add(none("cwd", WIDE, 0, STATUS, 0x99));
        forms.add(none("lahf", BYTE, 0, STATUS, 0x9f));
        forms.add(none("sahf", BYTE, 0, STATUS, 0x9e));
        forms.add(none("cmc", BYTE, 0, STATUS, 0xf5));
        forms.add(none("clc", BYTE, 0, STATUS, 0xf8));
        forms.add(none("stc", BYTE, 0, STATUS, 0xf9));
        forms.add(none("cld", BYTE, 0, STATUS, 0xfc));
        forms.add(none("std", BYTE, 0, STATUS, 0xfd));
        forms.add(none("push imm8", NOT_WORD, 1, STATUS, 0x6a));
        forms.add(none("push imm", WIDE, 4, STATUS, 0x68));
        forms.add(none("push rsp", NOT_WORD, 0, STATUS, 0x54));
        forms.add(none("pop rsp", NOT_WORD, 0, STATUS, 0x5c));
        forms.add(none("pop rax", 14, 0, STATUS, 0x58));
        forms.add(digit("push rm", 14, 6, 0, STATUS, 0xff));
        forms.add(digit("pop rm", 14, 0, 0, STATUS, 0x8f));
        forms.add(none("pushfq", 8, 0, STATUS, 0x9c));
        forms.add(none("leave", 14, 0, STATUS, 0xc9));
        forms.add(new Form("enter 16, 0", new int[] {0xc8, 16, 0, 0}, Operands.NONE, 0, 0, 14, 0, STATUS));
        forms.add(new Form("enter 8, 3", new int[] {0xc8, 8, 0, 3}, Operands.NONE, 0, 0, 14, 0, STATUS));
        forms.add(none("xlat", BYTE, 0, STATUS, 0xd7));
        for (int opcode : new int[] {0xa4, 0xa6, 0xaa, 0xac, 0xae}) {
            forms.add(none("string byte " + Integer.toHexString(opcode), BYTE, 0, STATUS, opcode));
            forms.add(none("string " + Integer.toHexString(opcode + 1), WIDE, 0, STATUS, opcode + 1));
        }
        return forms.stream();
    }

    private static Form modrm(String name, int widths, int defined, int... opcode) {
        return new Form(name, opcode, Operands.MODRM, 0, 0, widths, 1, defined);
    }

    private static Form digit(String name, int widths, int digit, int immediate, int defined, int... opcode) {
        return new Form(name, opcode, Operands.DIGIT, digit, immediate, widths, 1, defined);
    }

    private static Form none(String name, int widths, int immediate, int defined, int... opcode) {
        return new Form(name, opcode, Operands.NONE, 0, immediate, widths, 0, defined);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void doesWhatTheHostDoes(Form form) throws Exception {
        Random random = new Random(form.name.hashCode());
        List<HostCpu.State> before = new ArrayList<>();
        for (int width = 1; width <= 8; width *= 2) {
            for (int n = 0; n < STATES && (form.widths & width) != 0; n++) {
                before.add(state(form, width, n, random));
            }
        }
        List<HostCpu.State> after = host.execute(before);
        assertThat(after).hasSameSizeAs(before);
        TestMachine machine = new TestMachine();
        for (int n = 0; n < before.size(); n++) {
            compare(form, machine, before.get(n), after.get(n));
        }
    }

    private static HostCpu.State state(Form form, int width, int n, Random random) {
        long[] gpr = new long[16];
        for (int register = 0; register < 16; register++) {
            gpr[register] = value(random);
        }
        if (form.name.startsWith("div") || form.name.startsWith("idiv")) {
            gpr[Vcpu.RDX] = n % 2 == 0 ? gpr[Vcpu.RAX] >> 63 : random.nextInt(16);
        }
        gpr[Vcpu.RSI] = HostCpu.MEMORY + 64;
        gpr[Vcpu.RDI] = HostCpu.MEMORY + 96;
        gpr[Vcpu.RSP] = HostCpu.MEMORY + 128;
        gpr[Vcpu.RBP] = HostCpu.MEMORY + 160;
        if (form.name.equals("xlat")) {
            gpr[Vcpu.RBX] = HostCpu.MEMORY;
        }
        byte[] memory = new byte[256];
        random.nextBytes(memory);
        for (int at = 64; at < 128; at += 8) {
            putLong(memory, at, value(random));
        }
        if (form.name.startsWith("cmpxchg") && n % 2 == 0) {
            putLong(memory, 96, gpr[Vcpu.RAX]);
            putLong(memory, width == 4 ? 100 : 104, gpr[Vcpu.RDX]);
        }
        boolean direction = form.name.startsWith("string") && n % 3 == 0;
        long rflags = 0x202 | random.nextLong() & STATUS | (direction ? DF : 0);
        return new HostCpu.State(gpr, rflags, 0x1f80, 0, encode(form, width, n, random), memory, new long[32]);
    }

    private static void putLong(byte[] memory, int at, long value) {
        for (int i = 0; i < 8; i++) {
            memory[at + i] = (byte) (value >>> 8 * i);
        }
    }

    private static long value(Random random) {
        return random.nextInt(3) == 0 ? random.nextLong() : EDGES[random.nextInt(EDGES.length)];
    }

    private static byte[] encode(Form form, int width, int n, Random random) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        if (width == 2) {
            code.write(0x66);
        }
        int at = 0;
        if (form.opcode[0] == 0xf3) {
            code.write(0xf3);
            at = 1;
        }
        boolean inMemory = form.memory == 2 || form.memory == 1 && n % 2 == 1;
        boolean rex = width == 8 || n % 4 >= 2;
        if (rex) {
            // REX.R and, for a register operand, REX.B at random.
            boolean modrm = form.operands == Operands.MODRM;
            int extension = form.operands == Operands.NONE || inMemory ? 0 : random.nextInt(2);
            code.write(0x40 | (width == 8 ? 8 : 0) | (modrm ? random.nextInt(2) << 2 : 0) | extension);
        }
        while (at < form.opcode.length) {
            code.write(form.opcode[at++]);
        }
        if (form.operands != Operands.NONE) {
            int reg = form.operands == Operands.DIGIT ? form.digit : register(random);
            // Memory at [rdi], registers but RSP: of byte registers, AH to BH but where REX makes RSP of AH.
            code.write(inMemory ? reg << 3 | 7 : 0xc0 | reg << 3 | register(random));
        }
        int bytes = form.immediate == 4 ? Math.min(width, 4) : form.immediate;
        for (int i = 0; i < bytes; i++) {
            code.write(random.nextInt(256));
        }
        return code.toByteArray();
    }

    /** Any but RSP, whose value both sides must be able to push to. */
    private static int register(Random random) {
        int register = random.nextInt(7);
        return register >= Vcpu.RSP ? register + 1 : register;
    }

    private static void compare(Form form, TestMachine machine, HostCpu.State before, HostCpu.State after) {
        Vcpu vcpu = machine.vcpu;
        System.arraycopy(before.gpr(), 0, vcpu.gpr, 0, 16);
        vcpu.setRflags(before.rflags());
        machine.memory.write(HostCpu.MEMORY, before.memory(), 0, 256);
        machine.load(HostCpu.CODE, before.code());
        Exit exit = machine.interpreter.run(vcpu.instructions + 1);

        String what = form + " " + java.util.HexFormat.of().formatHex(before.code()) + " from "
                + java.util.Arrays.toString(before.gpr()) + " rflags " + Long.toHexString(before.rflags());
        if (after.signal() != 0) {
            assertThat(exit).as(what).isEqualTo(Exit.FAULT);
            assertThat(signal(machine.interpreter.fault())).as(what).isEqualTo(after.signal());
        } else {
            assertThat(exit).as(what).isEqualTo(Exit.INSTRUCTIONS);
            assertThat(vcpu.rip).as(what).isEqualTo(HostCpu.CODE + before.code().length);
        }
        assertThat(vcpu.gpr).as(what).containsExactly(after.gpr());
        byte[] memory = new byte[256];
        machine.memory.read(HostCpu.MEMORY, memory, 0, 256);
        assertThat(memory).as(what).isEqualTo(after.memory());
        int defined = DF | definedAfterShift(form, before);
        assertThat(vcpu.rflags() & defined).as(what + " flags").isEqualTo(after.rflags() & defined);
    }

    /** OF is defined for a count of one, CF while the count is within the operand; neither changes for zero. */
    private static int definedAfterShift(Form form, HostCpu.State before) {
        int opcode = form.opcode[0] == 0x0f && form.opcode.length > 1 ? 0x0f00 | form.opcode[1] : form.opcode[0];
        boolean immediate = opcode == 0xc0 || opcode == 0xc1 || opcode == 0x0fa4 || opcode == 0x0fac;
        boolean byCl = opcode == 0xd2 || opcode == 0xd3 || opcode == 0x0fa5 || opcode == 0x0fad;
        if (!immediate && !byCl) {
            return form.defined;
        }
        byte[] code = before.code();
        boolean word = code[0] == 0x66;
        boolean quad = (code[0] & 0xf8) == 0x48;
        int bits = (opcode & 0xff01) == 0xc0 || opcode == 0xd2 ? 8 : word ? 16 : quad ? 64 : 32;
        int count = (immediate ? code[code.length - 1] : (int) before.gpr()[Vcpu.RCX]) & (quad ? 63 : 31);
        if (count == 0) {
            return STATUS;
        }
        boolean rotate = opcode < 0x0f00 && form.digit < 4;
        int defined = count == 1 ? form.defined : form.defined & ~OF;
        return count > bits && !rotate ? defined & ~CF : defined;
    }

    private static int signal(Fault fault) {
        return switch (fault.vector()) {
            case Fault.DE -> 8;
            case Fault.UD -> 4;
            default -> 11;
        };
    }
}
