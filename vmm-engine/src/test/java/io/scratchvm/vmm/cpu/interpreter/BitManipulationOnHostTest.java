package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Flags.AF;
import static io.scratchvm.vmm.cpu.state.Flags.CF;
import static io.scratchvm.vmm.cpu.state.Flags.OF;
import static io.scratchvm.vmm.cpu.state.Flags.PF;
import static io.scratchvm.vmm.cpu.state.Flags.STATUS;
import static io.scratchvm.vmm.cpu.state.Flags.ZF;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.decode.Decoder;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * LZCNT, BMI1, BMI2, ADX, CRC32 and MOVBE under random prefixes, VEX fields, operands and values, among them those that
 * make no instruction, against the CPU that the tests run on.
 */
class BitManipulationOnHostTest {
    private static final int CASES = 12_000;
    private static final int[] LEGACY_PREFIXES = {0x66, 0xf2, 0xf3};
    private static final int[] BEFORE_VEX = {0x66, 0xf2, 0xf3, 0xf0, 0x48, 0x40, 0x3e, 0x2e};
    private static final int[][] LEGACY = {
        {0x0f, 0xbc}, {0x0f, 0xbd}, {0x0f, 0xb8}, {0x0f, 0x38, 0xf0}, {0x0f, 0x38, 0xf1}, {0x0f, 0x38, 0xf6}
    };
    private static final int[] VEX_0F38 = {0xf2, 0xf3, 0xf5, 0xf6, 0xf7};

    @TempDir
    static Path directory;

    static HostCpu host;

    private Random random;
    private int bits;

    @BeforeAll
    static void build() throws Exception {
        host = HostCpu.build(directory);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 32})
    void doesWhatTheHostDoes(int codeSize) throws Exception {
        bits = codeSize;
        random = new Random(codeSize);
        List<HostCpu.State> before = new ArrayList<>();
        Set<Operation> tried = EnumSet.noneOf(Operation.class);
        while (before.size() < CASES) {
            byte[] code = random.nextInt(4) == 0 ? legacy() : vex();
            Operation operation = decode(code).operation();
            // Their destination is undefined where the source is zero.
            if (operation != Operation.BSF && operation != Operation.BSR) {
                tried.add(operation);
                before.add(state(Arrays.copyOf(code, decode(code).length())));
            }
        }
        assertThat(tried).hasSize(21).contains(Operation.INVALID);
        List<HostCpu.State> after = host.execute(before);
        assertThat(after).hasSameSizeAs(before);
        TestMachine machine = new TestMachine();
        if (bits == 32) {
            machine.vcpu.segments[Segment.CS] = new Segment(0x23, 0, 0xffff_ffffL, 0xc0fb);
        }
        for (int n = 0; n < before.size(); n++) {
            compare(machine, before.get(n), after.get(n));
        }
    }

    private Instruction decode(byte[] code) {
        return Decoder.decode(Arrays.copyOf(code, 16), 0, 16, HostCpu.CODE, bits);
    }

    // -- making ------------------------------------------------------------------------------------------------------

    private byte[] legacy() {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        while (code.size() < 6 && random.nextInt(5) < 3) {
            code.write(LEGACY_PREFIXES[random.nextInt(3)]);
        }
        if (bits == 64 && random.nextBoolean()) {
            code.write(0x40 | random.nextInt(16) & 0xe);
        }
        for (int part : LEGACY[random.nextInt(LEGACY.length)]) {
            code.write(part);
        }
        writeModRm(code);
        return code.toByteArray();
    }

    private byte[] vex() {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        while (code.size() < 4 && random.nextInt(8) == 0) {
            int prefix = BEFORE_VEX[random.nextInt(BEFORE_VEX.length)];
            code.write(bits == 32 && prefix >> 4 == 4 ? 0x66 : prefix);
        }
        boolean map3A = random.nextInt(7) == 0;
        code.write(0xc4);
        // R, X and B as they come; of an inverted B, memory stays at RDI.
        int extensions = bits == 32 ? 0xc0 | random.nextInt(2) << 5 : random.nextInt(4) << 6 | 0x20;
        code.write(extensions | (random.nextInt(40) == 0 ? noMap() : map3A ? 3 : 2));
        boolean noRegister = random.nextInt(8) != 0 && (map3A || random.nextInt(12) == 0);
        int vvvv = noRegister ? 0xf : random.nextInt(16);
        boolean length256 = random.nextInt(10) == 0;
        int prefix = map3A && random.nextInt(8) != 0 ? 3 : random.nextInt(4);
        code.write(random.nextInt(2) << 7 | vvvv << 3 | (length256 ? 4 : 0) | prefix);
        code.write(map3A ? 0xf0 : VEX_0F38[random.nextInt(VEX_0F38.length)]);
        writeModRm(code);
        code.write(random.nextInt(256));
        return code.toByteArray();
    }

    /** Maps that no instruction is in; map 0F has AVX's. */
    private int noMap() {
        return random.nextBoolean() ? 0 : 4 + random.nextInt(28);
    }

    private void writeModRm(ByteArrayOutputStream code) {
        int reg = random.nextInt(8) << 3;
        code.write(random.nextInt(3) == 0 ? reg | 7 : 0xc0 | reg | random.nextInt(8));
    }

    private HostCpu.State state(byte[] code) {
        long[] gpr = new long[16];
        for (int register = 0; register < 16; register++) {
            gpr[register] = bits == 32 ? value() & 0xffff_ffffL : value();
        }
        gpr[Vcpu.RDI] = HostCpu.MEMORY + 96;
        gpr[Vcpu.RSP] = HostCpu.MEMORY + 128;
        byte[] memory = new byte[256];
        random.nextBytes(memory);
        long value = value();
        for (int n = 0; n < 8; n++) {
            memory[96 + n] = (byte) (value >>> 8 * n);
        }
        long rflags = 0x202 | random.nextInt() & STATUS;
        return new HostCpu.State(bits, gpr, rflags, 0x1f80, 0, code, memory, new long[32]);
    }

    private long value() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> random.nextInt(70);
            case 2 -> random.nextInt(70) | random.nextInt(70) << 8;
            case 3 -> -1L << random.nextInt(64);
            default -> random.nextLong();
        };
    }

    // -- comparing ---------------------------------------------------------------------------------------------------

    private void compare(TestMachine machine, HostCpu.State before, HostCpu.State after) {
        Vcpu vcpu = machine.vcpu;
        System.arraycopy(before.gpr(), 0, vcpu.gpr, 0, 16);
        vcpu.setRflags(before.rflags());
        machine.memory.write(HostCpu.MEMORY, before.memory(), 0, 256);
        machine.load(HostCpu.CODE, before.code());
        Exit exit = machine.interpreter.run(vcpu.instructions + 1);

        Instruction instruction = decode(before.code());
        String what = bits + ": " + HexFormat.of().formatHex(before.code()) + " " + instruction + " from "
                + Arrays.toString(before.gpr());
        if (after.signal() != 0) {
            assertThat(exit).as(what).isEqualTo(Exit.FAULT);
            assertThat(machine.interpreter.fault().vector()).as(what).isEqualTo(Fault.UD);
            assertThat(after.signal()).as(what).isEqualTo(4);
        } else {
            assertThat(exit).as(what).isEqualTo(Exit.INSTRUCTIONS);
        }
        int registers = bits == 32 ? 8 : 16;
        long mask = bits == 32 ? 0xffff_ffffL : -1;
        for (int register = 0; register < registers; register++) {
            assertThat(vcpu.gpr[register] & mask)
                    .as(what + " register " + register)
                    .isEqualTo(after.gpr()[register] & mask);
        }
        byte[] memory = new byte[256];
        machine.memory.read(HostCpu.MEMORY, memory, 0, 256);
        assertThat(memory).as(what).isEqualTo(after.memory());
        int defined = defined(instruction.operation());
        assertThat(vcpu.rflags() & defined).as(what + " flags").isEqualTo(after.rflags() & defined);
    }

    private static int defined(Operation operation) {
        return switch (operation) {
            case LZCNT, TZCNT -> CF | ZF;
            case ANDN, BLSI, BLSMSK, BLSR, BZHI -> STATUS & ~(AF | PF);
            case BEXTR -> CF | ZF | OF;
            default -> STATUS;
        };
    }
}
