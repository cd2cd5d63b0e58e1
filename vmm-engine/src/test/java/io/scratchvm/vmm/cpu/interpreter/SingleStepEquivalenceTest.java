package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.R14;
import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RCX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDI;
import static io.scratchvm.vmm.cpu.state.Vcpu.RSI;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.state.VcpuState;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the interpreter does for speed gives the states that one instruction at a time gives, flags included. */
class SingleStepEquivalenceTest {
    private static final long CODE = 0x10_0000;
    private static final long DATA = 0x11_0000;
    private static final long NOWHERE = 1L << 40;

    /** ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST of two registers. */
    private static final int[] BINARY = {0x01, 0x09, 0x11, 0x19, 0x21, 0x29, 0x31, 0x39, 0x85};

    private final ByteArrayOutputStream code = new ByteArrayOutputStream();

    @RepeatedTest(200)
    void blocks(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        for (int n = 0; n < 24; n++) {
            addInstruction(random);
        }
        add(0x45, 0x8b, 0x36); // mov r14d, [r14], which faults
        TestMachine stepped = machine(random.nextLong());
        TestMachine whole = machine(stepped.vcpu.gpr[RAX]);
        while (stepped.interpreter.run(stepped.vcpu.instructions + 1) == Exit.INSTRUCTIONS) {
            continue;
        }
        assertThat(whole.interpreter.run(Long.MAX_VALUE)).isEqualTo(Exit.FAULT);
        assertThat(VcpuState.of(whole.vcpu)).isEqualTo(VcpuState.of(stepped.vcpu));
    }

    private void add(int... bytes) {
        for (int b : bytes) {
            code.write(b);
        }
    }

    /** An instruction on EAX to EDI without ESP, RAX to RDI or AX to DI. */
    private void addInstruction(Random random) {
        int operands = 0xc0 | register(random) << 3 | register(random);
        int kind = random.nextInt(12);
        if (kind == 8) {
            add(0x70 | random.nextInt(16), 0x00); // jcc to the next instruction
            return;
        }
        if (kind == 9) {
            add(0x0f, 0x90 | random.nextInt(16), 0xc0 | random.nextInt(4)); // setcc al to bl
            return;
        }
        if (kind == 10 && random.nextInt(4) == 0) {
            add(0x45, 0x8b, 0x36); // mov r14d, [r14]
            return;
        }
        int[] prefixes = {0x48, 0x40, 0x66};
        add(prefixes[random.nextInt(prefixes.length)]);
        switch (kind) {
            case 0, 1, 2 -> add(BINARY[random.nextInt(BINARY.length)], operands);
            case 3 -> add(0x83, operands, random.nextInt()); // the same with an immediate
            case 4, 5 ->
                add(0xc1, operands & ~0x38 | new int[] {0, 1, 4, 5, 7}[random.nextInt(5)] << 3, random.nextInt());
            case 6 -> add(0xff, operands & ~0x30); // inc, dec
            case 7 -> add(0xf7, operands & ~0x38 | 2 + random.nextInt(2) << 3); // not, neg
            case 10 -> add(0x0f, 0xaf, operands); // imul
            default -> add(0x89, operands); // mov
        }
    }

    private static int register(Random random) {
        int number = random.nextInt(7);
        return number < 4 ? number : number + 1 & 7;
    }

    private TestMachine machine(long seed) {
        TestMachine machine = new TestMachine().load(CODE, code.toByteArray());
        long value = seed;
        for (int n = 0; n < 16; n++) {
            machine.vcpu.gpr[n] = value;
            value = value * 6364136223846793005L + 1442695040888963407L;
        }
        machine.vcpu.gpr[R14] = NOWHERE;
        return machine;
    }

    /** REP of: MOVSB, MOVSQ, STOSD; over page ends, onto itself, with a few of the slices in which runs are cut. */
    @ParameterizedTest
    @CsvSource({
        "a4, 0xff0, 0x2000, 9000", "a4, 0x000, 0x0001, 5000", "a4, 0x100, 0x0007, 9000", "a4, 0x123, -0x0003, 9000",
        "48a5, 0xff3, 0x2005, 1500", "48a5, 0x000, 0x000c, 1500", "48a5, 0x008, 0x0004, 900",
                "48a5, 0x200, -0x0008, 900",
        "ab, 0xffe, 0x2001, 3000", "48ab, 0xff8, 0x0000, 2000", "66ab, 0xfff, 0x0000, 3000", "aa, 0x001, 0x0000, 10000"
    })
    void repetitions(String operation, int source, int distance, int count) {
        add(0xf3);
        for (int n = 0; n < operation.length(); n += 2) {
            add(Integer.parseInt(operation.substring(n, n + 2), 16));
        }
        if (operation.startsWith("66")) {
            code.reset();
            add(0x66, 0xf3, 0xab);
        }
        add(0x45, 0x8b, 0x36);
        TestMachine stepped = repetition(source, distance, count);
        TestMachine whole = repetition(source, distance, count);
        while (stepped.interpreter.run(stepped.vcpu.instructions + 1) == Exit.INSTRUCTIONS) {
            continue;
        }
        Exit exit = Exit.INSTRUCTIONS;
        for (long slice = 1; exit == Exit.INSTRUCTIONS; slice = slice * 3 + 1) {
            exit = whole.interpreter.run(whole.vcpu.instructions + slice);
        }
        assertThat(VcpuState.of(whole.vcpu)).isEqualTo(VcpuState.of(stepped.vcpu));
        assertThat(data(whole)).isEqualTo(data(stepped));
    }

    private TestMachine repetition(int source, int distance, int count) {
        TestMachine machine = machine(1);
        byte[] data = new byte[0x8000];
        new Random(1).nextBytes(data);
        machine.memory.write(DATA, data, 0, data.length);
        machine.vcpu.gpr[RSI] = DATA + source;
        machine.vcpu.gpr[RDI] = DATA + source + distance;
        machine.vcpu.gpr[RCX] = count;
        return machine;
    }

    private static byte[] data(TestMachine machine) {
        byte[] data = new byte[0x8000];
        machine.memory.read(DATA - 0x1000, data, 0, data.length);
        return data;
    }
}
