package io.scratchvm.vmm.cpu.decode;

import java.util.Locale;

/** Decoded instructions as GNU objdump writes them with {@code -M intel}, prefixes that name nothing left out. */
public final class IntelSyntax {
    private static final String[] CONDITIONS = {
        "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
    };
    private static final String[] PREDICATES = {
        "eq",
        "lt",
        "le",
        "unord",
        "neq",
        "nlt",
        "nle",
        "ord",
        "eq_uq",
        "nge",
        "ngt",
        "false",
        "neq_oq",
        "ge",
        "gt",
        "true",
        "eq_os",
        "lt_oq",
        "le_oq",
        "unord_s",
        "neq_us",
        "nlt_uq",
        "nle_uq",
        "ord_s",
        "eq_us",
        "nge_uq",
        "ngt_uq",
        "false_os",
        "neq_os",
        "ge_oq",
        "gt_oq",
        "true_us"
    };
    private static final String[] LEGACY = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    private static final String[] LOW_BYTES = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
    private static final String[] HIGH_BYTES = {"ah", "ch", "dh", "bh"};
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};
    private static final int RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7;

    private final Instruction instruction;

    private IntelSyntax(Instruction instruction) {
        this.instruction = instruction;
    }

    public static String of(Instruction instruction) {
        if (instruction.operation() == Operation.INVALID) {
            return "(bad)";
        }
        IntelSyntax syntax = new IntelSyntax(instruction);
        String text = (syntax.prefix() + syntax.mnemonic() + " " + syntax.operands()).trim();
        return text.replace("[0xffffffff", "[0x"); // objdump is not of one mind about these
    }

    /** The V of what has a form without VEX, too. */
    private String prefix() {
        boolean onlyWithVex = instruction.operation().compareTo(Operation.VBROADCASTSS) >= 0;
        boolean vector = instruction.operation().isVector() && !onlyWithVex;
        boolean control = instruction.operation() == Operation.LDMXCSR || instruction.operation() == Operation.STMXCSR;
        return instruction.vex() && (vector || control) ? "v" : "";
    }

    private String mnemonic() {
        int size = instruction.operandSize();
        return switch (instruction.operation()) {
            case JCC -> "j" + CONDITIONS[instruction.condition()];
            case SETCC -> "set" + CONDITIONS[instruction.condition()];
            case CMOVCC -> "cmov" + CONDITIONS[instruction.condition()];
            case CBW -> size == 2 ? "cbw" : size == 4 ? "cwde" : "cdqe";
            case CWD -> size == 2 ? "cwd" : size == 4 ? "cdq" : "cqo";
            case JRCXZ -> instruction.addressSize() == 2 ? "jcxz" : instruction.addressSize() == 4 ? "jecxz" : "jrcxz";
            case MOVD -> size == 8 ? "movq" : "movd";
            case PINSRD -> size == 8 ? "pinsrq" : "pinsrd";
            case PEXTRD -> size == 8 ? "pextrq" : "pextrd";
            case JMP_FAR -> "jmp";
            case CALL_FAR -> "call";
            case RET_FAR -> "retf";
            case FXSAVE, FXRSTOR, XSAVE, XRSTOR, XSAVEOPT -> name() + (size == 8 ? "64" : "");
            case CMPPS, CMPPD, CMPSS, CMPSD -> comparison();
            case UD -> instruction.first() == null ? "ud2" : "ud";
            default -> isFused() ? name().substring(0, name().length() - 2) + order() + suffix() : name();
        };
    }

    private String suffix() {
        return name().substring(name().length() - 2);
    }

    private boolean isFused() {
        Operation operation = instruction.operation();
        return operation.compareTo(Operation.VFMADDPS) >= 0 && operation.compareTo(Operation.VZEROUPPER) < 0;
    }

    /** The order of what is multiplied and added, by where the destination stands again. */
    private int order() {
        Operand destination = instruction.first();
        return destination.equals(instruction.third()) ? 213 : destination.equals(instruction.second()) ? 132 : 231;
    }

    /** The first eight predicates have names, and all that VEX has. */
    private String comparison() {
        String suffix = name().substring(3);
        return isNamedComparison() ? "cmp" + PREDICATES[number()] + suffix : name();
    }

    private boolean isNamedComparison() {
        return switch (instruction.operation()) {
            case CMPPS, CMPPD, CMPSS, CMPSD -> number() < (instruction.vex() ? 32 : 8);
            default -> false;
        };
    }

    private int number() {
        return (int) ((Operand.Immediate) predicate()).value();
    }

    private String name() {
        return instruction.operation().name().toLowerCase(Locale.ROOT);
    }

    private String operands() {
        String source = pointer(instruction.operandSize()) + implied(instruction.segment(), RSI);
        String destination = pointer(instruction.operandSize()) + implied(0, RDI);
        return switch (instruction.operation()) {
            case MOVS -> destination + "," + source;
            case CMPS -> source + "," + destination;
            case STOS -> destination + "," + register(0, instruction.operandSize());
            case LODS -> register(0, instruction.operandSize()) + "," + source;
            case SCAS -> register(0, instruction.operandSize()) + "," + destination;
            case INS -> destination + ",dx";
            case OUTS -> "dx," + source;
            case XLAT -> pointer(1) + implied(instruction.segment(), RBX);
            default -> explicitOperands();
        };
    }

    /** Memory at an implied register, whose segment objdump always writes. */
    private String implied(int segment, int base) {
        return SEGMENTS[segment] + ":[" + register(base, instruction.addressSize()) + "]";
    }

    private String explicitOperands() {
        StringBuilder text = new StringBuilder();
        Operand predicate = isNamedComparison() ? predicate() : null;
        for (Operand operand : operandsOf(instruction)) {
            if (operand != null && operand != predicate) {
                text.append(text.isEmpty() ? "" : ",").append(operand(operand));
            }
        }
        return text.toString();
    }

    private Operand[] operandsOf(Instruction i) {
        if (i.operation().isX87()) {
            return new Operand[] {i.first(), i.second()};
        }
        if (isFused()) {
            return switch (order()) {
                case 132 -> new Operand[] {i.first(), i.fourth(), i.third()};
                case 213 -> new Operand[] {i.first(), i.second(), i.fourth()};
                default -> new Operand[] {i.first(), i.second(), i.third()};
            };
        }
        return new Operand[] {i.first(), i.second(), i.third(), i.fourth()};
    }

    /** The immediate of a comparison, its last operand. */
    private Operand predicate() {
        return instruction.vex() ? instruction.fourth() : instruction.third();
    }

    private String operand(Operand operand) {
        if (operand instanceof Operand.Register r) {
            return r.high() ? HIGH_BYTES[r.number()] : register(r.number(), r.size());
        } else if (operand instanceof Operand.Memory m) {
            return memory(m);
        } else if (operand instanceof Operand.Immediate immediate) {
            return "0x" + Long.toHexString(Addressing.cut(immediate.value(), Math.max(2, instruction.operandSize())));
        } else if (operand instanceof Operand.Target target) {
            return "0x" + Long.toHexString(target.offset());
        } else if (operand instanceof Operand.FarPointer far) {
            return "0x" + Integer.toHexString(far.selector()) + ":0x" + Long.toHexString(far.offset());
        } else if (operand instanceof Operand.SegmentRegister s) {
            return SEGMENTS[s.number()];
        } else if (operand instanceof Operand.ControlRegister c) {
            return "cr" + c.number();
        } else if (operand instanceof Operand.DebugRegister d) {
            return "dr" + d.number();
        } else if (operand instanceof Operand.Mmx mmx) {
            return "mm" + mmx.number();
        } else if (operand instanceof Operand.Xmm xmm) {
            return "xmm" + xmm.number();
        } else if (operand instanceof Operand.Ymm ymm) {
            return "ymm" + ymm.number();
        } else if (operand instanceof Operand.Scattered elements) {
            return scattered(elements);
        } else if (operand instanceof Operand.St st) {
            return st.number() == 0 ? "st" : "st(" + st.number() + ")";
        }
        throw new AssertionError(operand);
    }

    private static String register(int number, int size) {
        if (number >= 8) {
            return "r" + number + (size == 1 ? "b" : size == 2 ? "w" : size == 4 ? "d" : "");
        }
        return switch (size) {
            case 1 -> LOW_BYTES[number];
            case 2 -> LEGACY[number];
            case 4 -> "e" + LEGACY[number];
            default -> "r" + LEGACY[number];
        };
    }

    /** objdump writes the vector of indexes as any other index. */
    private String scattered(Operand.Scattered elements) {
        Operand.Memory m = elements.origin();
        String index = operand(elements.index()) + "*" + m.scale();
        String text = memory(m);
        int at = text.indexOf('[') + 1;
        if (m.base() < 0) {
            String displacement = text.substring(at, text.length() - 1);
            return text.substring(0, at) + index + (displacement.equals("0x0") ? "" : "+" + displacement) + "]";
        }
        at += register(m.base(), m.addressSize()).length();
        return text.substring(0, at) + "+" + index + text.substring(at);
    }

    private String memory(Operand.Memory m) {
        boolean unsized = m.size() == 0 || instruction.operation() == Operation.LDDQU;
        StringBuilder text = new StringBuilder(unsized ? farPointer() : pointer(m.size()));
        if (m.segment() != (m.base() == RSP || m.base() == RBP ? Addressing.SS : Addressing.DS)) {
            text.append(SEGMENTS[m.segment()]).append(':');
        }
        text.append('[');
        String plus = "";
        if (m.base() >= 0) {
            text.append(register(m.base(), m.addressSize()));
            plus = "+";
        }
        if (m.index() >= 0) {
            text.append(plus).append(register(m.index(), m.addressSize()));
            text.append(m.addressSize() == 2 ? "" : "*" + m.scale());
            plus = "+";
        }
        return text.append(displacement(m, plus)).append(']').toString();
    }

    private String farPointer() {
        return switch (instruction.operation()) {
            case LDS, LES, LFS, LGS, LSS -> "FAR PTR ";
            case INVLPG -> "BYTE PTR ";
            case BOUND -> instruction.operandSize() == 2 ? "DWORD PTR " : "QWORD PTR ";
            case JMP_FAR, CALL_FAR ->
                switch (instruction.operandSize()) {
                    case 2 -> "DWORD PTR ";
                    case 4 -> "FWORD PTR ";
                    default -> "TBYTE PTR ";
                };
            default -> "";
        };
    }

    private static String displacement(Operand.Memory m, String plus) {
        long value = m.displacement();
        if (plus.isEmpty()) {
            return "0x" + Long.toHexString(Addressing.cut(value, m.addressSize()));
        }
        return value < 0 ? "-0x" + Long.toHexString(-value) : value > 0 ? "+0x" + Long.toHexString(value) : "";
    }

    private static String pointer(int size) {
        return switch (size) {
            case 1 -> "BYTE PTR ";
            case 2 -> "WORD PTR ";
            case 4 -> "DWORD PTR ";
            case 8 -> "QWORD PTR ";
            case 10 -> "TBYTE PTR ";
            case 16 -> "XMMWORD PTR ";
            case 32 -> "YMMWORD PTR ";
            default -> "";
        };
    }
}
