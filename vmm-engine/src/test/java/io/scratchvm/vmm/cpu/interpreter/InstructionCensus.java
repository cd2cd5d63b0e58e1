package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Encodings;
import io.scratchvm.vmm.cpu.decode.Encodings.Encoded;
import io.scratchvm.vmm.cpu.decode.Encodings.Encoding;
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
import java.util.Random;
import java.util.Set;

/**
 * Which instructions there are: every encoding of 64-bit and 32-bit code is tried in several forms, of which one at
 * least is to execute.
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

    private static final int X87_FIRST = 0xd8, X87_LAST = 0xdf;
    /** Of each encoding: enough for memory and registers, and for registers that are not to be the same. */
    private static final int FORMS = 64;

    private static final long CODE = 0x1_0000, DATA = 0x2_0000;
    private static final long MEMORY = 4 << 20;

    private final Map<Group, Set<Operation>> found = new EnumMap<>(Group.class);
    private final Map<Group, Set<Operation>> executed = new EnumMap<>(Group.class);

    public InstructionCensus() {
        for (Group group : Group.values()) {
            found.put(group, EnumSet.noneOf(Operation.class));
            executed.put(group, EnumSet.noneOf(Operation.class));
        }
        Encodings.in64BitCode().forEach(this::take);
        Encodings.in32BitCode().forEach(this::take);
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

    private void take(Encoding encoding) {
        Random random = new Random(0);
        for (int form = 0; form < FORMS; form++) {
            Encoded encoded = encoding.random(random, CODE);
            if (encoded != null) {
                take(encoded.instruction(), group(encoding, encoded.instruction()));
            }
        }
    }

    private void take(Instruction i, Group group) {
        found.get(group).add(i.operation());
        if (!executed.get(group).contains(i.operation()) && isDefined(i)) {
            executed.get(group).add(i.operation());
        }
    }

    private static Group group(Encoding encoding, Instruction i) {
        boolean vector = isVector(i.operation());
        if (encoding.isVex()) {
            return vector ? Group.AVX : Group.GENERAL_VEX;
        }
        if (isMmx(i.first()) || isMmx(i.second()) || i.operation() == Operation.EMMS) {
            return Group.MMX;
        }
        int first = encoding.opcode().get(0);
        return switch (encoding.opcode().size()) {
            case 1 -> first >= X87_FIRST && first <= X87_LAST ? Group.X87 : Group.GENERAL;
            case 2 -> vector ? Group.SSE : Group.GENERAL_0F;
            default -> vector ? Group.SSE4 : Group.GENERAL_0F;
        };
    }

    private static boolean isVector(Operation operation) {
        return operation.isVector() || operation == Operation.LDMXCSR || operation == Operation.STMXCSR;
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
