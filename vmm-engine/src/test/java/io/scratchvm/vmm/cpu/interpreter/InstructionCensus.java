package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Decoder;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which instructions there are: every opcode of every map is decoded, with every prefix that chooses among instructions,
 * and what comes of it is executed once.
 */
public final class InstructionCensus {
    /** Instructions by what they work on, and where they are encoded. */
    public enum Group {
        GENERAL("General registers, control transfer, system: one-byte opcodes"),
        GENERAL_0F("General registers, control transfer, system: opcodes after 0F, 0F38 and 0F3A"),
        GENERAL_VEX("General registers, under VEX (BMI1, BMI2)"),
        X87("x87: opcodes D8 to DF"),
        MMX("MMX registers: MMX, and what SSE, SSE2 and SSSE3 added to it"),
        SSE("XMM registers: opcodes after 0F (SSE, SSE2, SSE3)"),
        SSE4("XMM registers: opcodes after 0F38 and 0F3A (SSSE3, SSE4.1, SSE4.2)"),
        AVX("XMM and YMM registers, under VEX (AVX and later)");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /** What stands before an opcode, and the groups of what comes after: on general registers, on XMM registers. */
    private enum OpcodeMap {
        ONE_BYTE(Group.GENERAL, Group.SSE),
        TWO_BYTES(Group.GENERAL_0F, Group.SSE, 0x0f),
        THREE_BYTES_38(Group.GENERAL_0F, Group.SSE4, 0x0f, 0x38),
        THREE_BYTES_3A(Group.GENERAL_0F, Group.SSE4, 0x0f, 0x3a);

        private final Group general;
        private final Group vector;
        private final int[] escape;

        OpcodeMap(Group general, Group vector, int... escape) {
            this.general = general;
            this.vector = vector;
            this.escape = escape;
        }
    }

    /** No prefix, and the three that can be part of an opcode. */
    private static final int[][] PREFIXES = {{}, {0x66}, {0xf3}, {0xf2}};

    private static final int REX_W = 0x48;
    private static final int X87_FIRST = 0xd8, X87_LAST = 0xdf;
    private static final int VEX3 = 0xc4;
    /** Of VEX, whose R, X, B and vvvv are inverted: none of them; a register that is not that of a gather's index. */
    private static final int NO_EXTENSION = 0xe0, NO_REGISTER = 0x78, REGISTER_1 = 0x70;
    /** ModRM's r/m for memory at the address that a SIB byte of 0 says: RAX twice. */
    private static final int SIB = 4;

    private static final long CODE = 0x1_0000, DATA = 0x2_0000;
    private static final long MEMORY = 4 << 20;

    private final Map<Group, Set<Operation>> found = new EnumMap<>(Group.class);
    private final Map<Group, Set<Operation>> executed = new EnumMap<>(Group.class);

    public InstructionCensus() {
        for (Group group : Group.values()) {
            found.put(group, EnumSet.noneOf(Operation.class));
            executed.put(group, EnumSet.noneOf(Operation.class));
        }
        for (OpcodeMap map : OpcodeMap.values()) {
            takeLegacy(map);
        }
        for (int map = 1; map <= 3; map++) {
            takeVex(map);
        }
    }

    /** The mnemonics of a group's instructions that execute, in the order of {@link Operation}. */
    public List<String> names(Group group) {
        return executed.get(group).stream()
                .map(operation -> name(operation, group))
                .toList();
    }

    private static String name(Operation operation, Group group) {
        return switch (operation) {
            case JCC -> "Jcc";
            case SETCC -> "SETcc";
            case CMOVCC -> "CMOVcc";
            case CBW -> "CBW/CWDE/CDQE";
            case CWD -> "CWD/CDQ/CQO";
            case JRCXZ -> "JCXZ/JECXZ/JRCXZ";
            case JMP_FAR, CALL_FAR, RET_FAR -> operation.name().replace("_FAR", "(far)");
            default -> group == Group.AVX && !operation.name().startsWith("V") ? "V" + operation : operation.name();
        };
    }

    /** Operations that no opcode was found for. */
    public Set<Operation> unreached() {
        Set<Operation> unreached = EnumSet.complementOf(EnumSet.of(Operation.INVALID));
        found.values().forEach(unreached::removeAll);
        return unreached;
    }

    /** Those that are decoded, and always end in #UD. */
    public Set<Operation> undefined(Group group) {
        Set<Operation> undefined = EnumSet.copyOf(found.get(group));
        undefined.removeAll(executed.get(group));
        return undefined;
    }

    // -- opcodes -----------------------------------------------------------------------------------------------------

    private void takeLegacy(OpcodeMap map) {
        for (int[] prefix : PREFIXES) {
            for (int[] rex : new int[][] {{}, {REX_W}}) {
                int[] head = join(join(prefix, rex), map.escape);
                for (int opcode = 0; opcode < 256; opcode++) {
                    takeOpcode(map, join(head, opcode));
                }
            }
        }
    }

    private void takeOpcode(OpcodeMap map, int[] head) {
        int opcode = head[head.length - 1];
        boolean oneByte = map == OpcodeMap.ONE_BYTE;
        if (oneByte ? isPrefix(opcode) : map == OpcodeMap.TWO_BYTES && isEscape(opcode)) {
            return;
        }
        boolean x87 = oneByte && opcode >= X87_FIRST && opcode <= X87_LAST;
        boolean only32 = oneByte && isPrefixIn64(opcode);
        for (int modRm : only32 ? Arrays.copyOf(modRms(), 8) : modRms()) {
            take(join(head, modRm), only32, x87 ? Group.X87 : map.general, map.vector);
        }
    }

    /** What is no opcode, and 0F, which begins another map's. */
    private static boolean isPrefix(int opcode) {
        return switch (opcode) {
            case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x0f -> true;
            default -> false;
        };
    }

    /** REX, and what is VEX too where it is not followed by memory in 32-bit code. */
    private static boolean isPrefixIn64(int opcode) {
        return (opcode & 0xf0) == 0x40 || opcode == VEX3 || opcode == VEX3 + 1;
    }

    /** What follows 0F and begins another map's opcodes. */
    private static boolean isEscape(int opcode) {
        return opcode == 0x38 || opcode == 0x3a;
    }

    private void takeVex(int map) {
        for (int widePrefixLength = 0; widePrefixLength < 16; widePrefixLength++) {
            int last = (widePrefixLength & 8) << 4 | widePrefixLength & 7;
            for (int opcode = 0; opcode < 256; opcode++) {
                for (int modRm : modRms()) {
                    takeVex(map, last | NO_REGISTER, opcode, modRm);
                    takeVex(map, last | REGISTER_1, opcode, modRm);
                }
            }
        }
    }

    private void takeVex(int map, int last, int opcode, int modRm) {
        take(new int[] {VEX3, NO_EXTENSION | map, last, opcode, modRm}, false, Group.GENERAL_VEX, Group.AVX);
    }

    /** Each reg with memory, and every pair of registers. */
    private static int[] modRms() {
        int[] modRms = new int[8 + 64];
        for (int reg = 0; reg < 8; reg++) {
            modRms[reg] = reg << 3 | SIB;
        }
        for (int i = 0; i < 64; i++) {
            modRms[8 + i] = 0xc0 | i;
        }
        return modRms;
    }

    private static int[] join(int[] first, int... second) {
        int[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    // -- instructions ------------------------------------------------------------------------------------------------

    /** In 64-bit code, and one-byte opcodes in 32-bit code, where some are other instructions. */
    private void take(int[] start, boolean only32, Group general, Group vector) {
        byte[] code = new byte[Decoder.MAX_LENGTH];
        for (int i = 0; i < start.length; i++) {
            code[i] = (byte) start[i];
        }
        if (!only32) {
            take(code, 64, general, vector);
        }
        if (general == Group.GENERAL) {
            take(code, 32, general, vector);
        }
    }

    private void take(byte[] code, int codeSize, Group general, Group vector) {
        Instruction i = Decoder.decode(code, 0, code.length, CODE, codeSize);
        if (i == null || i.operation() == Operation.INVALID) {
            return;
        }
        Group group = group(i, general, vector);
        found.get(group).add(i.operation());
        if (!executed.get(group).contains(i.operation()) && isDefined(i)) {
            executed.get(group).add(i.operation());
        }
    }

    private static Group group(Instruction i, Group general, Group vector) {
        boolean mmx = isMmx(i.first()) || isMmx(i.second()) || i.operation() == Operation.EMMS;
        if (mmx && vector != Group.AVX) {
            return Group.MMX;
        }
        return switch (i.operation()) {
            case LDMXCSR, STMXCSR -> vector;
            default -> i.operation().isVector() ? vector : general;
        };
    }

    private static boolean isMmx(Operand operand) {
        return operand instanceof Operand.Mmx;
    }

    /** Whether it does anything but #UD, in ring 0 and with everything enabled. UD itself is defined to be that. */
    private static boolean isDefined(Instruction i) {
        TestMachine machine = new TestMachine(MEMORY);
        Vcpu vcpu = machine.vcpu;
        vcpu.cpl = 0;
        vcpu.cr4 |= ControlRegisters.CR4_OSXMMEXCPT | ControlRegisters.CR4_OSXSAVE | ControlRegisters.CR4_FSGSBASE;
        vcpu.xcr0 = 7;
        Arrays.fill(vcpu.gpr, DATA);
        Execution execution = new Execution(vcpu, machine.mmu, new TestMachine.NoPorts(), () -> 0);
        try {
            InstructionSet.execute(execution, i);
        } catch (Fault fault) {
            return fault.vector() != Fault.UD || i.operation() == Operation.UD;
        }
        return true;
    }
}
