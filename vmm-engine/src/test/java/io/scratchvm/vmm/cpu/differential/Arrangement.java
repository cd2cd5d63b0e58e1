package io.scratchvm.vmm.cpu.differential;

import io.scratchvm.vmm.cpu.decode.Encodings.Encoded;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Makes a unit of an instruction: chooses registers, displacements and targets so that it stays in the window, most
 * often across or near its page boundary, and now and then runs into what is not mapped.
 */
final class Arrangement {
    /** LEA RBX, [RBX+1]: shows whether it was jumped over. */
    private static final List<Byte> MARK = List.of((byte) 0x48, (byte) 0x8d, (byte) 0x5b, (byte) 1);

    private static final long INDEX = 2;
    private static final int CENTRE = State.WINDOW_SIZE / 2;

    private final Random random;
    private final Instruction i;
    private final byte[] code;
    private final int modRm;
    private final Map<Integer, Long> registers = new TreeMap<>();
    private int displacement = -1;
    private long target;

    private Arrangement(Encoded encoded, Random random) {
        this.random = random;
        this.i = encoded.instruction();
        this.code = encoded.bytes();
        this.modRm = encoded.modRm();
    }

    /** Null where it cannot be. */
    static Unit of(Encoded encoded, Random random) {
        return new Arrangement(encoded, random).unit();
    }

    private Unit unit() {
        boolean branches = i.first() instanceof Operand.Target;
        implied();
        if (!operands()) {
            return null;
        }
        if (branches) {
            branchOverMark();
        }
        List<Unit.Register> list = new ArrayList<>();
        registers.forEach((number, value) -> list.add(new Unit.Register(number, value)));
        boolean returns = i.operation() == Operation.RET;
        return new Unit(list, returns, code, displacement, target, branches ? MARK : List.of());
    }

    /** The displacement stands where ModRM would, of one byte or four. */
    private void branchOverMark() {
        if (code.length - modRm == 1) {
            code[modRm] = (byte) MARK.size();
        } else {
            littleEndian().putInt(modRm, MARK.size());
        }
    }

    private ByteBuffer littleEndian() {
        return ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What the operation takes without saying so. */
    private void implied() {
        switch (i.operation()) {
            case MOVS, CMPS, STOS, LODS, SCAS -> {
                registers.put(Vcpu.RSI, address(i.operandSize()));
                registers.put(Vcpu.RDI, address(i.operandSize()));
                if (i.repeat() != Instruction.Repeat.NONE) {
                    registers.put(Vcpu.RCX, random.nextInt(4) | above());
                }
            }
            case MASKMOVDQU, MASKMOVQ -> registers.put(Vcpu.RDI, address(16));
            case XLAT -> registers.put(Vcpu.RBX, State.WINDOW + above());
            case ENTER -> {
                stack();
                registers.put(Vcpu.RBP, State.WINDOW + CENTRE + random.nextInt(32));
                code[modRm] &= 0x1f;
                code[modRm + 1] = 0;
                code[modRm + 2] &= 3;
            }
            case LEAVE -> registers.put(Vcpu.RBP, State.WINDOW + CENTRE - random.nextInt(8));
            case PUSH, POP, PUSHF, CALL, RET -> stack();
            default -> limit();
        }
    }

    private void stack() {
        registers.put(Vcpu.RSP, State.WINDOW + CENTRE - 16 + random.nextInt(32));
    }

    /** Operands of which the SDM leaves the result undefined do not come. */
    private void limit() {
        switch (i.operation()) {
            case BSF, BSR -> {
                if (i.second() instanceof Operand.Register r) {
                    registers.put(r.number(), 1L << random.nextInt(8 * i.operandSize()) | random.nextLong() & 0xff0);
                }
            }
            case SHLD, SHRD -> {
                if (i.operandSize() == 2 && i.third() instanceof Operand.Register) {
                    registers.put(Vcpu.RCX, (long) random.nextInt(17));
                }
            }
            case DIV -> {
                if (random.nextInt(4) != 0) {
                    registers.put(Vcpu.RDX, (long) random.nextInt(4));
                }
            }
            case IDIV -> {
                if (random.nextInt(4) != 0) {
                    registers.put(Vcpu.RDX, random.nextInt(4) - 2L);
                }
            }
            default -> {}
        }
    }

    private boolean operands() {
        if (isUndefined()) {
            return false;
        }
        for (Operand operand : new Operand[] {i.first(), i.second(), i.third(), i.fourth()}) {
            if (operand instanceof Operand.Memory m && i.operation() != Operation.LEA && !memory(m)) {
                return false;
            }
        }
        if (i.first() instanceof Operand.Register r && isIndirectBranch()) {
            registers.put(r.number(), Unit.Register.NEXT);
            return r.number() != Vcpu.RSP;
        }
        return !(i.first() instanceof Operand.Memory && isIndirectBranch());
    }

    private boolean isIndirectBranch() {
        return i.operation() == Operation.JMP || i.operation() == Operation.CALL;
    }

    private boolean isUndefined() {
        return switch (i.operation()) {
            case BSWAP -> i.operandSize() == 2;
            case SHLD, SHRD ->
                i.operandSize() == 2 && i.third() instanceof Operand.Immediate count && (count.value() & 31) > 16;
            default -> false;
        };
    }

    private boolean memory(Operand.Memory m) {
        if (m.segment() >= Segment.FS) {
            return false;
        }
        long address = address(m.size());
        if (m.base() < 0) {
            return absolute(m, address);
        }
        boolean taken = registers.containsKey(m.base()) || m.base() == m.index();
        if (taken || m.index() >= 0 && registers.containsKey(m.index()) || !bitOffset(m)) {
            return false;
        }
        long index = 0;
        if (m.index() >= 0) {
            long value = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(200) - 100;
            registers.put(m.index(), value);
            index = value * m.scale();
        }
        registers.put(m.base(), address - index - m.displacement());
        return true;
    }

    /** A bit's number reaches beyond the operand. */
    private boolean bitOffset(Operand.Memory m) {
        switch (i.operation()) {
            case BT, BTS, BTR, BTC -> {
                if (i.second() instanceof Operand.Register r) {
                    registers.put(r.number(), random.nextInt(256) - 128L);
                    return r.number() != m.base() && r.number() != m.index();
                }
            }
            default -> {}
        }
        return true;
    }

    /** RIP-relative, a SIB without a base, or an offset in the instruction. */
    private boolean absolute(Operand.Memory m, long address) {
        if (isOffset()) {
            offset(address);
        } else if ((code[modRm] & 7) == 5) {
            displacement = modRm + 1;
            target = address;
        } else {
            if (m.index() >= 0 && registers.containsKey(m.index()) || !bitOffset(m)) {
                return false;
            }
            if (m.index() >= 0) {
                registers.put(m.index(), INDEX);
            }
            littleEndian().putInt(modRm + 2, (int) (address - (m.index() >= 0 ? INDEX * m.scale() : 0)));
        }
        return true;
    }

    /** MOV of opcodes A0 to A3. */
    private boolean isOffset() {
        return i.operation() == Operation.MOV && (code[modRm - 1] & 0xfc) == 0xa0;
    }

    private void offset(long address) {
        if (i.addressSize() == 4) {
            littleEndian().putInt(modRm, (int) address);
        } else {
            littleEndian().putLong(modRm, address);
        }
    }

    /** Of {@code size} bytes, 0 where only the instruction knows. */
    private long address(int size) {
        if (random.nextInt(60) == 0 && !isInParts()) {
            return State.END_OF_PAGES - (size == 0 ? 0 : random.nextInt(size)) + above();
        }
        long address = State.WINDOW + CENTRE - 64 + random.nextInt(96);
        return (random.nextBoolean() ? address & -Math.max(size, 16) : address) + above();
    }

    /** Of what accesses memory in parts, CPUs differ in which they reach before a fault. */
    private boolean isInParts() {
        return switch (i.operation()) {
            case MASKMOVDQU, MASKMOVQ, VMASKMOVPS, VMASKMOVPD, VPMASKMOVD, VPMASKMOVQ -> true;
            default -> i.repeat() != Instruction.Repeat.NONE;
        };
    }

    /** What a 32-bit address leaves out of account. */
    private long above() {
        return i.addressSize() == 4 ? (long) random.nextInt() << 32 : 0;
    }
}
