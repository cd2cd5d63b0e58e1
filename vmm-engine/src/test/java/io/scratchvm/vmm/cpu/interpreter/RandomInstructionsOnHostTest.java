package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Flags.DF;
import static io.scratchvm.vmm.cpu.state.Flags.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.cpu.decode.Decoder;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random bytes that decode to instructions of ring 3, one to four in a row, from random states, against the CPU that
 * the tests run on: prefixes, encodings and neighbours that nobody would think of. Only the first of a row may touch
 * memory, because its address is arranged. The system properties {@code random.seed} and {@code random.sequences} ask
 * for others and for more.
 */
class RandomInstructionsOnHostTest {
    private static final int SEQUENCES = Integer.getInteger("random.sequences", 20_000);
    private static final long SEED = Long.getLong("random.seed", 1);
    private static final int MOST_BYTES = 32;
    private static final int HLT = 0xf4;
    private static final int[] PREFIXES = {0x66, 0x66, 0x67, 0xf2, 0xf3, 0x2e, 0x36, 0xf0};

    /**
     * A state and what may be compared after it.
     *
     * @param defined status flags that the SDM defines after the whole sequence
     */
    private record Case(HostCpu.State before, int defined) {}

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);

    /** The last {@link #candidate}, and random bytes after it. */
    private final byte[] bytes = new byte[Decoder.MAX_LENGTH];

    private int candidateLength;
    private boolean hostHasAvx;

    @Test
    void agreesWithTheHost() throws Exception {
        HostCpu host = HostCpu.build(directory);
        hostHasAvx = HostTools.cpuFeatures().containsAll(List.of("avx", "avx2", "fma", "f16c"));
        List<Case> cases = new ArrayList<>();
        while (cases.size() < SEQUENCES) {
            cases.add(sequence());
        }
        List<HostCpu.State> after =
                host.execute(cases.stream().map(Case::before).toList());
        assertThat(after).hasSameSizeAs(cases);
        TestMachine machine = new TestMachine();
        machine.vcpu.cr4 |= ControlRegisters.CR4_OSXSAVE;
        machine.vcpu.xcr0 = ControlRegisters.XCR0_X87 | ControlRegisters.XCR0_SSE | ControlRegisters.XCR0_AVX;
        for (int n = 0; n < cases.size(); n++) {
            compare(machine, cases.get(n), after.get(n));
        }
    }

    // -- making ------------------------------------------------------------------------------------------------------

    private Case sequence() {
        byte[] code = new byte[MOST_BYTES];
        long[] gpr = new long[16];
        for (int register = 0; register < 16; register++) {
            gpr[register] = random.nextLong() >> random.nextInt(2) * random.nextInt(64);
        }
        DefinedFlags flags = new DefinedFlags();
        Instruction first = candidate();
        while (!arrange(first, gpr) || !flags.take(first)) {
            first = candidate();
        }
        int length = append(code, 0);
        for (int more = random.nextInt(4); more > 0; more--) {
            Instruction i = candidate();
            if (length + i.length() <= MOST_BYTES && !touchesMemory(i) && flags.take(i)) {
                length = append(code, length);
            }
        }
        byte[] memory = new byte[256];
        random.nextBytes(memory);
        long[] xmm = random.longs(32).toArray();
        long[] ymm = random.longs(32).toArray();
        long rflags = 0x202 | random.nextInt() & (STATUS | DF);
        HostCpu.State state = new HostCpu.State(gpr, rflags, 0x1f80, 0, Arrays.copyOf(code, length), memory, xmm)
                .withUpperHalves(ymm);
        return new Case(state, flags.defined);
    }

    private int append(byte[] code, int at) {
        System.arraycopy(bytes, 0, code, at, candidateLength);
        return at + candidateLength;
    }

    private Instruction candidate() {
        while (true) {
            random.nextBytes(bytes);
            int at = 0;
            while (at < 4 && random.nextInt(3) == 0) {
                bytes[at++] = (byte) PREFIXES[random.nextInt(PREFIXES.length)];
            }
            if (random.nextBoolean()) {
                bytes[at++] = (byte) (0x40 | random.nextInt(16));
            }
            int escape = random.nextInt(16);
            if (escape < 8) {
                bytes[at++] = 0x0f;
            } else if (escape == 8) {
                bytes[at] = (byte) (0xc4 | random.nextInt(2));
            } else if (bytes[at] == (byte) 0xc8) {
                makeEnterSmall(at);
            }
            Instruction i = Decoder.decode(bytes, 0, bytes.length, HostCpu.CODE, 64);
            if (i != null && isTested(i, isPrefixed())) {
                candidateLength = i.length();
                return i;
            }
        }
    }

    /** Whether there is LOCK, F2 or F3, by which newer CPUs make other instructions of some. */
    private boolean isPrefixed() {
        for (byte b : bytes) {
            switch (b & 0xff) {
                case 0xf0, 0xf2, 0xf3 -> {
                    return true;
                }
                case 0x26, 0x2e, 0x36, 0x3e, 0x66, 0x67 -> {}
                default -> {
                    if ((b & 0xf0) != 0x40) {
                        return false;
                    }
                }
            }
        }
        return false;
    }

    private void makeEnterSmall(int at) {
        bytes[at + 1] &= 0x1f;
        bytes[at + 2] = 0;
        bytes[at + 3] &= 3;
    }

    private boolean isTested(Instruction i, boolean prefixed) {
        if (isForeign(i.first()) || isForeign(i.second()) || i.segment() >= Segment.FS) {
            return false;
        }
        return switch (i.operation()) {
            case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NEG, NOT -> true;
            case ROL, ROR, RCL, RCR, SHL, SHR, SAR, MUL, IMUL, DIV, IDIV, POPCNT, BT, BTS, BTR, BTC -> true;
            case MOV, MOVZX, MOVSX, MOVSXD, LEA, CMOVCC, SETCC, XLAT, CBW, CWD, XCHG, XADD, CMPXCHG -> true;
            case PUSH, POP, LEAVE, CLC, STC, CMC, CLD, STD, LAHF, SAHF -> true;
            case MOVS, CMPS, STOS, LODS, SCAS, LFENCE, SFENCE, MFENCE, PREFETCH -> true;
            case LZCNT, TZCNT, ANDN, BEXTR, BLSI, BLSMSK, BLSR, BZHI, MULX, PDEP, PEXT -> true;
            case RORX, SARX, SHLX, SHRX, ADCX, ADOX, CRC32, MOVBE -> true;
            case ENTER -> value(i.first()) < 32 && value(i.second()) < 4;
            case SHLD, SHRD, BSWAP -> i.operandSize() > 2;
            // Their destination is undefined where the source is zero.
            case BSF, BSR -> !prefixed && i.second() instanceof Operand.Memory;
            case CMPXCHG8B, CMPXCHG16B -> !prefixed;
            // 0F 0D of a register is #UD on AMD's CPUs.
            case NOP -> !prefixed && i.first() instanceof Operand.Memory;
            // Every CPU has its own.
            case RCPPS, RCPSS, RSQRTPS, RSQRTSS -> false;
            default -> i.operation().isVector() && (!i.vex() || hostHasAvx);
        };
    }

    private static long value(Operand immediate) {
        return ((Operand.Immediate) immediate).value();
    }

    /** Registers whose content the two sides do not share, and addresses that cannot be arranged. */
    private static boolean isForeign(Operand operand) {
        return operand instanceof Operand.SegmentRegister
                || operand instanceof Operand.ControlRegister
                || operand instanceof Operand.DebugRegister
                || operand instanceof Operand.Scattered
                || operand instanceof Operand.Mmx;
    }

    private static boolean touchesMemory(Instruction i) {
        return switch (i.operation()) {
            case LEA -> false;
            case PUSH, POP, ENTER, LEAVE, XLAT, MOVS, CMPS, STOS, LODS, SCAS, MASKMOVDQU -> true;
            default -> hasMemory(i.first(), i.second()) || hasMemory(i.third(), i.fourth());
        };
    }

    private static boolean hasMemory(Operand one, Operand other) {
        return one instanceof Operand.Memory || other instanceof Operand.Memory;
    }

    /** Sets registers so that {@code i} stays in the shared memory; false where that cannot be. */
    private boolean arrange(Instruction i, long[] gpr) {
        gpr[Vcpu.RSP] = HostCpu.MEMORY + 128;
        switch (i.operation()) {
            case MOVS, CMPS, STOS, LODS, SCAS -> {
                gpr[Vcpu.RSI] = address(i);
                gpr[Vcpu.RDI] = address(i);
                gpr[Vcpu.RCX] = random.nextInt(4) | above(i);
            }
            case MASKMOVDQU -> gpr[Vcpu.RDI] = address(i);
            case XLAT -> gpr[Vcpu.RBX] = HostCpu.MEMORY | above(i);
            case ENTER, LEAVE -> gpr[Vcpu.RBP] = HostCpu.MEMORY + 160;
            default -> {
                return arrange(i, i.first(), gpr)
                        && arrange(i, i.second(), gpr)
                        && arrange(i, i.third(), gpr)
                        && arrange(i, i.fourth(), gpr);
            }
        }
        return true;
    }

    private boolean arrange(Instruction i, Operand operand, long[] gpr) {
        if (!(operand instanceof Operand.Memory m) || !touchesMemory(i)) {
            return true;
        }
        if (m.base() < 0 || m.base() == m.index()) {
            return false;
        }
        if (i.second() instanceof Operand.Register r && isBitTest(i)) {
            if (r.number() == m.base() || r.number() == m.index()) {
                return false;
            }
            gpr[r.number()] = random.nextInt(512) - 256;
        }
        long index = m.index() < 0 ? 0 : gpr[m.index()] * m.scale();
        gpr[m.base()] = address(i) - index - m.displacement();
        return true;
    }

    private static boolean isBitTest(Instruction i) {
        return switch (i.operation()) {
            case BT, BTS, BTR, BTC -> true;
            default -> false;
        };
    }

    private long address(Instruction i) {
        long address = HostCpu.MEMORY + 64 + random.nextInt(100);
        return (random.nextBoolean() ? address & -16 : address) + above(i);
    }

    /** What a 32-bit address leaves out of account. */
    private long above(Instruction i) {
        return i.addressSize() == 4 ? (long) random.nextInt() << 32 : 0;
    }

    // -- comparing ---------------------------------------------------------------------------------------------------

    private static void compare(TestMachine machine, Case c, HostCpu.State after) {
        HostCpu.State before = c.before;
        Vcpu vcpu = machine.vcpu;
        System.arraycopy(before.gpr(), 0, vcpu.gpr, 0, 16);
        System.arraycopy(before.xmm(), 0, vcpu.xmm, 0, 32);
        System.arraycopy(before.ymm(), 0, vcpu.ymm, 0, 32);
        vcpu.setRflags(before.rflags());
        vcpu.mxcsr = before.mxcsr();
        machine.memory.write(HostCpu.MEMORY, before.memory(), 0, 256);
        long end = HostCpu.CODE + before.code().length;
        machine.memory.write(end, HLT, 1);
        machine.load(HostCpu.CODE, before.code());
        machine.interpreter.run(vcpu.instructions + 100);

        String what = describe(before);
        Fault fault = machine.interpreter.fault();
        assertThat(vcpu.rip == end ? 0 : signal(fault))
                .as(what + " signal, " + fault)
                .isEqualTo(after.signal());
        assertThat(vcpu.gpr).as(what + " registers").containsExactly(after.gpr());
        byte[] memory = new byte[256];
        machine.memory.read(HostCpu.MEMORY, memory, 0, 256);
        assertThat(memory).as(what + " memory").isEqualTo(after.memory());
        if (after.signal() == 0) {
            assertThat(vcpu.xmm).as(what + " XMM registers").containsExactly(after.xmm());
            assertThat(vcpu.ymm).as(what + " upper halves").containsExactly(after.ymm());
            int defined = c.defined | DF;
            assertThat(vcpu.rflags() & defined).as(what + " flags").isEqualTo(after.rflags() & defined);
        }
    }

    private static int signal(Fault fault) {
        return switch (fault.vector()) {
            case Fault.DE -> 8;
            case Fault.UD -> 4;
            case Fault.SS -> 7;
            default -> 11;
        };
    }

    private static String describe(HostCpu.State before) {
        StringBuilder text = new StringBuilder(HexFormat.of().formatHex(before.code()));
        for (int at = 0; at < before.code().length; ) {
            Instruction i = Decoder.decode(before.code(), at, before.code().length, HostCpu.CODE + at, 64);
            text.append('\n').append(i);
            at += i.length();
        }
        for (long register : before.gpr()) {
            text.append(' ').append(Long.toHexString(register));
        }
        return text + " rflags " + Long.toHexString(before.rflags());
    }

    /** Which status flags the SDM defines as a sequence goes on. */
    private static final class DefinedFlags {
        private int defined = STATUS;

        /** Takes {@code i} into account; false, and not taken, where it would look at an undefined flag. */
        boolean take(Instruction i) {
            if (defined != STATUS && looksAtFlags(i)) {
                return false;
            }
            defined = (defined | written(i)) & ~undefined(i);
            return true;
        }

        private static boolean looksAtFlags(Instruction i) {
            return switch (i.operation()) {
                case ADC, SBB, RCL, RCR, SETCC, CMOVCC, CMC, LAHF, ADCX, ADOX -> true;
                default -> false;
            };
        }

        private static int written(Instruction i) {
            return switch (i.operation()) {
                case ADD, ADC, SUB, SBB, CMP, NEG, XADD, CMPXCHG, POPCNT -> STATUS;
                case AND, OR, XOR, TEST -> STATUS & ~Flags.AF;
                case INC, DEC -> STATUS & ~Flags.CF;
                case SAHF -> STATUS & ~Flags.OF;
                case LZCNT, TZCNT -> Flags.CF | Flags.ZF;
                case ANDN, BLSI, BLSMSK, BLSR, BZHI -> STATUS & ~(Flags.AF | Flags.PF);
                case BEXTR -> Flags.CF | Flags.ZF | Flags.OF;
                case CLC, STC, CMC, BT, BTS, BTR, BTC -> Flags.CF;
                case MUL, IMUL -> Flags.CF | Flags.OF;
                default -> 0;
            };
        }

        private static int undefined(Instruction i) {
            return switch (i.operation()) {
                case AND, OR, XOR, TEST -> Flags.AF;
                case LZCNT, TZCNT -> STATUS & ~(Flags.CF | Flags.ZF);
                case ANDN, BLSI, BLSMSK, BLSR, BZHI -> Flags.AF | Flags.PF;
                case BEXTR -> Flags.AF | Flags.PF | Flags.SF;
                case ROL, ROR, RCL, RCR -> isByOne(i) ? 0 : Flags.OF;
                case SHL, SHR, SAR -> Flags.AF | (isByOne(i) ? 0 : Flags.OF | (i.operandSize() < 4 ? Flags.CF : 0));
                case SHLD, SHRD -> Flags.AF | Flags.OF;
                case MUL, IMUL -> Flags.SF | Flags.ZF | Flags.AF | Flags.PF;
                case DIV, IDIV -> STATUS;
                case BT, BTS, BTR, BTC -> Flags.OF | Flags.SF | Flags.AF | Flags.PF;
                case BSF, BSR -> STATUS & ~Flags.ZF;
                default -> 0;
            };
        }

        private static boolean isByOne(Instruction i) {
            return i.second() instanceof Operand.Immediate count && count.value() == 1;
        }
    }
}
