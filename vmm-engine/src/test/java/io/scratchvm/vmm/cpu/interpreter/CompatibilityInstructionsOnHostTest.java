package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Flags.AF;
import static io.scratchvm.vmm.cpu.state.Flags.CF;
import static io.scratchvm.vmm.cpu.state.Flags.DF;
import static io.scratchvm.vmm.cpu.state.Flags.OF;
import static io.scratchvm.vmm.cpu.state.Flags.PF;
import static io.scratchvm.vmm.cpu.state.Flags.SF;
import static io.scratchvm.vmm.cpu.state.Flags.STATUS;
import static io.scratchvm.vmm.cpu.state.Flags.ZF;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only 32-bit code has, or has otherwise than 64-bit code, against the CPU that the tests run on. */
class CompatibilityInstructionsOnHostTest {
    private static final int STATES = 40;
    private static final int LOGIC = STATUS & ~AF;

    @TempDir
    static Path directory;

    static HostCpu host;

    @BeforeAll
    static void build() throws Exception {
        host = HostCpu.build(directory);
    }

    /** Each with and without an operand-size prefix. */
    @ParameterizedTest
    @CsvSource({
        "aam, d40a",
        "aam 7, d407",
        "aam 0, d400",
        "aad, d50a",
        "aad 16, d510",
        "inc ax, 40",
        "inc bx, 43",
        "dec cx, 49",
        "dec dx, 4a",
        "push ax, 50",
        "push sp, 54",
        "pop ax, 58",
        "pop sp, 5c",
        "pusha, 60",
        "popa, 61",
        "push imm, 6855aa55aa",
        "push imm8, 6a80",
        "push [edi], ff37",
        "pop [edi], 8f07",
        "pop [esp+4], 8f442404",
        "push ds, 1e",
        "push ss, 16",
        "leave, c9",
        "enter 8 0, c8080000",
        "enter 4 2, c8040002",
        "salc, d6",
        "lea 16-bit [bx+si], 678d00",
        "lea 16-bit [bp+di+1], 678d4301",
        "lea 16-bit [disp], 678d063412",
        "lea [eax+ecx*8+4], 8d44c804",
        "lea [disp+edx*2], 8d045544332211",
        "add [edi] eax, 0107",
        "adc eax [esi], 1306",
        "sub al imm, 2c90",
        "cmp [edi] imm, 813f11223344",
        "xor eax imm, 3544332211",
        "and bh [edi], 223f",
        "mov eax moffs, a120080060",
        "mov moffs eax, a320080060",
        "mul ecx, f7e1",
        "div cl, f6f1",
        "idiv ecx, f7f9",
        "imul eax ecx, 0fafc1",
        "movsb, a4",
        "movs, a5",
        "stos, ab",
        "lods, ad",
        "scas, af",
        "cmps, a7",
        "shl eax 3, c1e003",
        "shrd [edi] eax 5, 0fac0705",
        "bts [edi] ecx small, 0fab0f",
        "movsx eax [edi], 0fbe07",
        "movzx eax [edi], 0fb707",
        "bswap eax, 0fc8",
        "cwd, 99",
        "cbw, 98",
        "cmpxchg8b [edi], 0fc70f",
        "xlat, d7",
        "bound, 6207",
        "bound in range, 623e"
    })
    void doesWhatTheHostDoes(String name, String hex) throws Exception {
        Random random = new Random(name.hashCode());
        List<HostCpu.State> before = new ArrayList<>();
        for (int n = 0; n < STATES; n++) {
            boolean word = n % 2 == 1;
            before.add(state(name, HexFormat.of().parseHex(word ? "66" + cut(name, hex) : hex), random));
        }
        compare(name, before, definedFlags(name));
    }

    /** An immediate of four bytes has two after the prefix. */
    private static String cut(String name, String hex) {
        return name.equals("push imm") || name.equals("cmp [edi] imm") || name.equals("xor eax imm")
                ? hex.substring(0, hex.length() - 4)
                : hex;
    }

    private static int definedFlags(String name) {
        return switch (name.split(" ")[0]) {
            case "aam", "aad" -> SF | ZF | PF;
            case "xor", "and" -> LOGIC;
            case "mul", "imul" -> CF | OF;
            case "div", "idiv" -> 0;
            case "shl", "shrd" -> LOGIC & ~OF;
            case "bts" -> CF | ZF;
            default -> STATUS;
        };
    }

    @Test
    void decimalAdjustmentsAgreeForEveryByteAndCarry() throws Exception {
        int[] opcodes = {0x27, 0x2f, 0x37, 0x3f};
        int[] defined = {LOGIC & ~OF | AF, LOGIC & ~OF | AF, AF | CF, AF | CF};
        for (int n = 0; n < opcodes.length; n++) {
            List<HostCpu.State> before = new ArrayList<>();
            for (int value = 0; value < 1024; value++) {
                HostCpu.State state = state("decimal", new byte[] {(byte) opcodes[n]}, new Random(value));
                state.gpr()[Vcpu.RAX] = state.gpr()[Vcpu.RAX] & ~0xffL | value & 0xff;
                long rflags = 0x202 | (value & 0x100) >> 8 | (value & 0x200) >> 5;
                before.add(new HostCpu.State(
                        32, state.gpr(), rflags, 0x1f80, 0, state.code(), state.memory(), state.xmm()));
            }
            compare("decimal " + Integer.toHexString(opcodes[n]), before, defined[n]);
        }
    }

    private static HostCpu.State state(String name, byte[] code, Random random) {
        long[] gpr = new long[16];
        for (int register = 0; register < 8; register++) {
            gpr[register] = random.nextInt() >>> random.nextInt(2) * random.nextInt(32) & 0xffff_ffffL;
        }
        gpr[Vcpu.RSI] = HostCpu.MEMORY + 64;
        gpr[Vcpu.RDI] = HostCpu.MEMORY + 96;
        gpr[Vcpu.RSP] = HostCpu.MEMORY + 128;
        gpr[Vcpu.RBP] = HostCpu.MEMORY + 160;
        switch (name) {
            case "xlat" -> gpr[Vcpu.RBX] = HostCpu.MEMORY - 128;
            case "bts [edi] ecx small" -> gpr[Vcpu.RCX] = random.nextInt(512) - 256 & 0xffff_ffffL;
            case "div cl", "idiv ecx" -> gpr[Vcpu.RDX] = random.nextInt(3) - 1 & 0xffff_ffffL;
            default -> {}
        }
        byte[] memory = new byte[256];
        random.nextBytes(memory);
        if (name.equals("xlat")) {
            gpr[Vcpu.RAX] = gpr[Vcpu.RAX] & ~0xffL | 0x80;
        }
        return new HostCpu.State(
                32, gpr, 0x202 | random.nextInt() & (STATUS | DF), 0x1f80, 0, code, memory, new long[32]);
    }

    private static void compare(String name, List<HostCpu.State> before, int defined) throws Exception {
        List<HostCpu.State> after = host.execute(before);
        assertThat(after).hasSameSizeAs(before);
        TestMachine machine = new TestMachine();
        machine.vcpu.segments[Segment.CS] = new Segment(0x23, 0, 0xffff_ffffL, 0xc0fb);
        for (int n = 0; n < before.size(); n++) {
            compare(name, machine, before.get(n), after.get(n), defined | DF);
        }
    }

    private static void compare(
            String name, TestMachine machine, HostCpu.State before, HostCpu.State after, int defined) {
        Vcpu vcpu = machine.vcpu;
        System.arraycopy(before.gpr(), 0, vcpu.gpr, 0, 16);
        vcpu.setRflags(before.rflags());
        machine.memory.write(HostCpu.MEMORY, before.memory(), 0, 256);
        machine.load(HostCpu.CODE, before.code());
        Exit exit = machine.interpreter.run(vcpu.instructions + 1);

        String what = name + " " + HexFormat.of().formatHex(before.code());
        if (after.signal() != 0) {
            assertThat(exit).as(what).isEqualTo(Exit.FAULT);
            boolean divides = machine.interpreter.fault().vector() == Fault.DE;
            assertThat(divides ? 8 : 11).as(what).isEqualTo(after.signal());
        } else {
            assertThat(exit).as(what).isEqualTo(Exit.INSTRUCTIONS);
        }
        for (int register = 0; register < 8; register++) {
            assertThat(vcpu.gpr[register] & 0xffff_ffffL)
                    .as(what + " register " + register)
                    .isEqualTo(after.gpr()[register] & 0xffff_ffffL);
        }
        byte[] memory = new byte[256];
        machine.memory.read(HostCpu.MEMORY, memory, 0, 256);
        assertThat(memory).as(what).isEqualTo(after.memory());
        assertThat(vcpu.rflags() & defined).as(what + " flags").isEqualTo(after.rflags() & defined);
    }
}
