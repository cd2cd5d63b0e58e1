package io.scratchvm.vmm.cpu.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PCMPESTRM, PCMPESTRI, PCMPISTRM and PCMPISTRI under every control byte, on strings that have something in common. */
class StringInstructionsOnHostTest {
    private static final int STATES = 8;

    @TempDir
    static Path directory;

    static HostCpu host;

    @BeforeAll
    static void build() throws Exception {
        host = HostCpu.build(directory);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x60, 0x61, 0x62, 0x63})
    void comparesAsTheHostDoes(int opcode) throws Exception {
        Random random = new Random(opcode);
        List<HostCpu.State> before = new ArrayList<>();
        for (int control = 0; control < 256; control++) {
            for (int n = 0; n < STATES; n++) {
                before.add(state(code(opcode, control, n), random));
            }
        }
        List<HostCpu.State> after = host.execute(before);
        assertThat(after).hasSameSizeAs(before);
        TestMachine machine = new TestMachine();
        for (int n = 0; n < before.size(); n++) {
            compare(machine, before.get(n), after.get(n));
        }
    }

    /** Of xmm1 with xmm2, or with memory that is not aligned; every other one with REX.W. */
    private static byte[] code(int opcode, int control, int n) {
        int rex = n % 4 >= 2 ? 0x48 : 0x40;
        int modRm = n % 2 == 0 ? 0xca : 0x0f;
        return new byte[] {0x66, (byte) rex, 0x0f, 0x3a, (byte) opcode, (byte) modRm, (byte) control};
    }

    private static HostCpu.State state(byte[] code, Random random) {
        long[] gpr = new long[16];
        for (int register = 0; register < 16; register++) {
            gpr[register] = random.nextLong();
        }
        gpr[Vcpu.RAX] = length(random);
        gpr[Vcpu.RDX] = length(random);
        gpr[Vcpu.RDI] = HostCpu.MEMORY + 65;
        gpr[Vcpu.RSP] = HostCpu.MEMORY + 192;
        byte[] memory = text(256, random);
        long[] xmm = new long[32];
        ByteBuffer.wrap(text(256, random))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(xmm);
        return new HostCpu.State(gpr, 0x202 | random.nextInt() & Flags.STATUS, 0x1f80, 0, code, memory, xmm);
    }

    /** Around what fits, or with something in the upper half. */
    private static long length(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Integer.MIN_VALUE;
            case 1 -> Long.MIN_VALUE;
            case 2 -> random.nextInt(20) | 1L << 32;
            default -> random.nextInt(40) - 20;
        };
    }

    /** Few different characters, of both signs; now and then a zero. */
    private static byte[] text(int length, Random random) {
        byte[] characters = {1, 2, (byte) 0x80, (byte) 0xff, 0x7f, 0};
        boolean words = random.nextBoolean();
        int kinds = random.nextInt(characters.length) + 1;
        byte[] text = new byte[length];
        for (int n = 0; n < length; n++) {
            boolean zero = random.nextInt(words ? 4 : 16) == 0;
            text[n] = zero ? 0 : characters[random.nextInt(kinds)];
            if (words && random.nextInt(6) == 0) {
                text[n & -2] = 0;
            }
        }
        return text;
    }

    private static void compare(TestMachine machine, HostCpu.State before, HostCpu.State after) {
        Vcpu vcpu = machine.vcpu;
        System.arraycopy(before.gpr(), 0, vcpu.gpr, 0, 16);
        System.arraycopy(before.xmm(), 0, vcpu.xmm, 0, 32);
        vcpu.setRflags(before.rflags());
        machine.memory.write(HostCpu.MEMORY, before.memory(), 0, 256);
        machine.load(HostCpu.CODE, before.code());
        String what = HexFormat.of().formatHex(before.code());
        assertThat(machine.interpreter.run(vcpu.instructions + 1)).as(what).isEqualTo(Exit.INSTRUCTIONS);
        assertThat(after.signal()).isZero();
        assertThat(vcpu.xmm).as(what).containsExactly(after.xmm());
        assertThat(vcpu.gpr).as(what).containsExactly(after.gpr());
        assertThat(vcpu.rflags() & Flags.STATUS).as(what).isEqualTo(after.rflags() & Flags.STATUS);
    }
}
