package io.scratchvm.vmm.cpu.decode;

import io.scratchvm.vmm.cpu.decode.Instruction.Repeat;

/**
 * The decoding of one instruction: prefixes, the walk through the opcode maps, ModRM and the operands (Intel SDM volume
 * 2, chapter 2).
 */
final class Decoding {
    private static final int REX_W = 8, REX_R = 4, REX_X = 2, REX_B = 1;

    private final InstructionBytes bytes;
    private final long address;
    private final int codeSize;

    private boolean operandSizePrefix;
    private boolean addressSizePrefix;
    private boolean lock;
    /** F2, F3 or 0. */
    private int repeatPrefix;
    /** Of a prefix that counts, or -1. */
    private int segmentOverride = -1;
    /** The low four bits of a REX prefix that counts; {@link #hasRex} where they may all be zero. */
    private int rex;

    private boolean hasRex;

    /** Whether a VEX prefix stands for REX, the mandatory prefix and the escape bytes. */
    private boolean hasVex;

    /**
     * VEX.vvvv, VEX.L, VEX.W and VEX.pp: a register, whether vectors have 32 bytes, an opcode's extension, the
     * alternative of {@link Row.Choice#PREFIX}.
     */
    private int vexRegister;

    private boolean vexLong;
    private boolean vexW;
    private int vexPrefix;

    /** The last opcode byte. */
    private int opcode;
    /** -1 until it is read. */
    private int modRm = -1;

    private int operandSize;
    private boolean valid = true;

    Decoding(InstructionBytes bytes, long address, int codeSize) {
        this.bytes = bytes;
        this.address = address;
        this.codeSize = codeSize;
    }

    /** The instruction that {@code map} gives; null where bytes are missing. */
    Instruction instruction(Row map) {
        opcode = prefixes();
        Row row = leaf(map.alternatives[opcode]);
        operandSize = row.size.bytes(codeSize, operandSizePrefix, rexBit(REX_W));
        Operand first = operand(row.first, row);
        Operand second = operand(row.second, row);
        Operand third = operand(row.third, row);
        Operand fourth = operand(row.fourth, row);
        if (bytes.exhausted()) {
            return null;
        }
        if (hasVex && vexRegister != 0 && !row.usesVvvv()) {
            valid = false;
        }
        if (lock && !(first instanceof Operand.Memory && lockable(row.operation))) {
            valid = false;
        }
        return new Instruction(
                valid ? row.operation : Operation.INVALID,
                address,
                bytes.length(),
                operandSize,
                addressSize(),
                condition(row.operation),
                segmentOverride >= 0 ? segmentOverride : Addressing.DS,
                repeat(row.operation),
                lock,
                first,
                second,
                third,
                fourth,
                hasVex);
    }

    // -- prefixes ---------------------------------------------------------------------------------------------------

    /** Reads the prefixes; returns the byte after them. */
    private int prefixes() {
        while (!bytes.exhausted()) {
            int next = bytes.unsignedByte();
            if (codeSize == 64 && (next & 0xf0) == 0x40) {
                rex = next & 0xf;
                hasRex = true;
                continue;
            }
            if (!legacyPrefix(next)) {
                return next;
            }
            // A REX prefix counts only as the last prefix.
            rex = 0;
            hasRex = false;
        }
        return 0;
    }

    private boolean legacyPrefix(int next) {
        switch (next) {
            case 0x26, 0x2e, 0x36, 0x3e -> overrideSegment(next >> 3 & 3);
            case 0x64, 0x65 -> segmentOverride = next - 0x64 + Addressing.FS;
            case 0x66 -> operandSizePrefix = true;
            case 0x67 -> addressSizePrefix = true;
            case 0xf0 -> lock = true;
            case 0xf2, 0xf3 -> repeatPrefix = next;
            default -> {
                return false;
            }
        }
        return true;
    }

    /** ES, CS, SS and DS overrides mean nothing in 64-bit code. */
    private void overrideSegment(int segment) {
        if (codeSize != 64) {
            segmentOverride = segment;
        }
    }

    private boolean rexBit(int bit) {
        return (rex & bit) != 0;
    }

    private int mandatoryPrefix() {
        if (hasVex) {
            return vexPrefix;
        }
        return repeatPrefix == 0xf2 ? 3 : repeatPrefix == 0xf3 ? 2 : operandSizePrefix ? 1 : 0;
    }

    private int addressSize() {
        return switch (codeSize) {
            case 64 -> addressSizePrefix ? 4 : 8;
            case 32 -> addressSizePrefix ? 2 : 4;
            default -> addressSizePrefix ? 4 : 2;
        };
    }

    // -- the opcode maps --------------------------------------------------------------------------------------------

    private Row leaf(Row row) {
        while (row.choice != null) {
            int chosen = alternative(row.choice);
            row = row.isVexPrefix() && chosen > 0 ? VexMaps.map(chosen) : row.alternatives[chosen];
        }
        return row;
    }

    private int alternative(Row.Choice choice) {
        return switch (choice) {
            case BYTE -> opcode = bytes.unsignedByte();
            case REG -> modRm() >> 3 & 7;
            case RM -> modRm() & 7;
            case MOD -> isRegister() ? 1 : 0;
            case MODE -> codeSize == 64 ? 1 : 0;
            case PREFIX -> mandatoryPrefix();
            case REX_W -> rexBit(REX_W) ? 1 : 0;
            case REX_B -> rexBit(REX_B) ? 1 : 0;
            case VEX2 -> vex(false);
            case VEX3 -> vex(true);
            case VEX_L -> vexLong ? 1 : 0;
            case VEX_W -> vexW ? 1 : 0;
        };
    }

    /**
     * Reads the rest of a VEX prefix (SDM volume 2, section 2.3.5): the number of its map; 0 outside of 64-bit code
     * where a ModRM that names memory stands in its place.
     */
    private int vex(boolean threeBytes) {
        int payload = bytes.unsignedByte();
        if (codeSize != 64 && payload < 0xc0) {
            modRm = payload;
            return 0;
        }
        if (hasRex || operandSizePrefix || repeatPrefix != 0 || lock) {
            valid = false;
        }
        hasVex = true;
        int map = threeBytes ? payload & 0x1f : 1;
        int last = threeBytes ? bytes.unsignedByte() : payload;
        // R, X, B and vvvv are inverted. Outside of 64-bit code R, X, B and W extend nothing.
        rex = ~payload >> 5 & REX_R;
        if (threeBytes) {
            vexW = (last & 0x80) != 0;
            rex = ~payload >> 5 & 7 | (vexW ? REX_W : 0);
        }
        if (codeSize != 64) {
            rex = 0;
        }
        vexRegister = ~last >> 3 & 0xf;
        vexLong = (last & 4) != 0;
        vexPrefix = last & 3;
        return vexMap(map);
    }

    /** Of a map that does not exist, some other, and no instruction. */
    private int vexMap(int map) {
        if (map < 1 || map > 3) {
            valid = false;
            return 1;
        }
        return map;
    }

    private int condition(Operation operation) {
        return switch (operation) {
            case JCC, SETCC, CMOVCC -> opcode & 0xf;
            default -> 0;
        };
    }

    private Repeat repeat(Operation operation) {
        if (repeatPrefix == 0) {
            return Repeat.NONE;
        }
        return switch (operation) {
            case CMPS, SCAS -> repeatPrefix == 0xf2 ? Repeat.REPNE : Repeat.REP;
            // F2 is undefined here and repeats just as F3 does on every CPU.
            case MOVS, STOS, LODS, INS, OUTS -> Repeat.REP;
            default -> Repeat.NONE;
        };
    }

    /** Whether LOCK is legal where the destination is memory (SDM volume 2, "LOCK"). */
    private static boolean lockable(Operation operation) {
        return switch (operation) {
            case ADD, OR, ADC, SBB, AND, SUB, XOR, INC, DEC, NEG, NOT, XCHG, XADD -> true;
            case BTS, BTR, BTC, CMPXCHG, CMPXCHG8B, CMPXCHG16B -> true;
            default -> false;
        };
    }

    // -- ModRM ------------------------------------------------------------------------------------------------------

    private int modRm() {
        if (modRm < 0) {
            modRm = bytes.unsignedByte();
        }
        return modRm;
    }

    private boolean isRegister() {
        return modRm() >= 0xc0;
    }

    /** ModRM's reg, extended by REX.R. */
    private int reg() {
        return modRm() >> 3 & 7 | (rexBit(REX_R) ? 8 : 0);
    }

    /** ModRM's r/m as a register, extended by REX.B. */
    private int rm() {
        return modRm() & 7 | (rexBit(REX_B) ? 8 : 0);
    }

    /** VEX.vvvv as a register, of which there are eight outside of 64-bit code. */
    private int vvvv() {
        return codeSize == 64 ? vexRegister : vexRegister & 7;
    }

    // -- operands ---------------------------------------------------------------------------------------------------

    private Operand operand(Form form, Row row) {
        if (form == null) {
            return null;
        }
        int size = bytes(form);
        return switch (form.method) {
            case 'E' -> isRegister() ? register(rm(), size) : memory(size, row);
            case 'M' -> isRegister() ? invalid() : memory(size, row);
            case 'R' -> register(rm(), size);
            case 'G' -> register(reg(), size);
            case 'B' -> register(vvvv(), size);
            case 'Z' -> register(opcode & 7 | (rexBit(REX_B) ? 8 : 0), size);
            case 'r' -> new Operand.Register(form.number, size, false);
            case 'I' -> new Operand.Immediate(immediate(form));
            case '1' -> new Operand.Immediate(1);
            case 'J' -> target(size);
            case 'O' -> offset(size);
            case 'A' -> farPointer();
            case 'V' -> vector(reg(), size);
            case 'x' -> new Operand.Xmm(form.number);
            case 'W' -> isRegister() ? vector(rm(), size) : memory(size, row);
            case 'U' -> isRegister() ? vector(rm(), size) : invalid();
            case 'H' -> vector(vvvv(), size);
            case 'L' -> vector(bytes.unsignedByte() >> 4 & (codeSize == 64 ? 15 : 7), size);
            case 'X' -> scattered(size, vexLong);
            case 'Y' -> scattered(size, false);
            case 'P' -> new Operand.Mmx(modRm() >> 3 & 7);
            case 'Q' -> isRegister() ? new Operand.Mmx(modRm() & 7) : memory(size, row);
            case 'N' -> isRegister() ? new Operand.Mmx(modRm() & 7) : invalid();
            case 'T' -> new Operand.St(modRm() & 7);
            case 't' -> new Operand.St(0);
            case 'o' -> new Operand.Immediate((opcode & 7) << 8 | modRm());
            case 's' -> new Operand.SegmentRegister(form.number);
            case 'S' -> segmentRegister();
            case 'C' -> controlRegister();
            case 'D' -> debugRegister();
            default -> throw new AssertionError(form);
        };
    }

    /** The size in bytes that a form's type means here; 0 where the instruction itself says. */
    private int bytes(Form form) {
        return switch (form.type) {
            case 'b', 'S' -> 1;
            case 'w' -> 2;
            case 'd' -> 4;
            case 'q' -> 8;
            case 't' -> 10;
            case 'x' -> vexLong ? 32 : 16;
            case 'o' -> 16;
            case 'y' -> rexBit(REX_W) ? 8 : 4;
            case 'z' -> Math.min(operandSize, 4);
            case 'v' -> operandSize;
            default -> 0;
        };
    }

    private Operand invalid() {
        valid = false;
        return null;
    }

    /** Without REX, byte registers 4 to 7 are AH, CH, DH and BH. */
    private Operand register(int number, int size) {
        boolean high = size == 1 && !hasRex && number >= 4;
        return new Operand.Register(high ? number - 4 : number, size, high);
    }

    private static Operand vector(int number, int size) {
        return size == 32 ? new Operand.Ymm(number) : new Operand.Xmm(number);
    }

    /** Elements in memory. Their indexes, their mask and their destination must be three registers. */
    private Operand scattered(int size, boolean wideIndex) {
        Addressing addressing = new Addressing(bytes, modRm(), addressSize());
        if (!addressing.hasSib() || addressSize() == 2) {
            return invalid();
        }
        addressing.readVector(rexBit(REX_X) ? 8 : 0, rexBit(REX_B) ? 8 : 0);
        int index = addressing.index();
        if (index == reg() || index == vvvv() || reg() == vvvv()) {
            valid = false;
        }
        return addressing.scattered(segmentOverride, size, wideIndex);
    }

    private Operand memory(int size, Row row) {
        Addressing addressing = new Addressing(bytes, modRm(), addressSize());
        if (addressSize() == 2) {
            addressing.read16();
        } else {
            addressing.read32(codeSize == 64, rexBit(REX_X) ? 8 : 0, rexBit(REX_B) ? 8 : 0);
        }
        long next = address + bytes.length() + immediateBytes(row);
        return addressing.operand(segmentOverride, next, size);
    }

    /** The bytes of the immediate that follows a memory operand, which RIP-relative addresses reach over. */
    private int immediateBytes(Row row) {
        Form last = row.fourth != null ? row.fourth : row.third != null ? row.third : row.second;
        return last != null && (last.method == 'I' || last.method == 'L') ? immediateBytes(last) : 0;
    }

    private int immediateBytes(Form form) {
        return form.method == 'L' ? 1 : bytes(form);
    }

    /** Sign-extended, but for bytes and words whose type does not ask for it. */
    private long immediate(Form form) {
        long value = bytes.signed(bytes(form));
        return form.type == 'b' ? value & 0xff : form.type == 'w' ? value & 0xffff : value;
    }

    private Operand target(int size) {
        long displacement = bytes.signed(size);
        return new Operand.Target(Addressing.cut(address + bytes.length() + displacement, operandSize));
    }

    private Operand offset(int size) {
        long offset = Addressing.cut(bytes.signed(addressSize()), addressSize());
        int segment = segmentOverride >= 0 ? segmentOverride : Addressing.DS;
        return new Operand.Memory(segment, -1, -1, 1, offset, addressSize(), size);
    }

    private Operand farPointer() {
        long offset = Addressing.cut(bytes.signed(operandSize), operandSize);
        return new Operand.FarPointer((int) bytes.signed(2) & 0xffff, offset);
    }

    private Operand segmentRegister() {
        int number = modRm() >> 3 & 7;
        return number <= Addressing.GS ? new Operand.SegmentRegister(number) : invalid();
    }

    private Operand controlRegister() {
        return switch (reg()) {
            case 0, 2, 3, 4, 8 -> new Operand.ControlRegister(reg());
            default -> invalid();
        };
    }

    private Operand debugRegister() {
        return reg() < 8 ? new Operand.DebugRegister(reg()) : invalid();
    }
}
