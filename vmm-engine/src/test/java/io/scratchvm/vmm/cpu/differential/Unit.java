package io.scratchvm.vmm.cpu.differential;

import io.scratchvm.vmm.cpu.decode.Decoder;
import io.scratchvm.vmm.cpu.decode.Instruction;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An instruction, with what has to be in registers before it so that it stays in memory that there is. Units can be put
 * together in any number and order.
 *
 * @param registers to be set before; those of the first unit of a sequence are set in the state instead
 * @param returns whether the address of what follows has to be on the stack before
 * @param code the instruction
 * @param displacement where in {@code code} the four bytes are that make a RIP-relative address, or -1
 * @param target the address that they shall make
 * @param skipped bytes of an instruction that {@code code} may jump over
 */
record Unit(List<Register> registers, boolean returns, byte[] code, int displacement, long target, List<Byte> skipped) {
    private static final int MOV_RAX_IMMEDIATE = 0xb8, PUSH_IMMEDIATE = 0x68;

    /**
     * A register's value.
     *
     * @param value of {@link #NEXT}, the address of what follows the unit's instruction
     */
    record Register(int number, long value) {
        static final long NEXT = 0x7fff_ffff_1234_5678L;
    }

    /** Appends the unit to code at {@code State.CODE}. */
    void append(ByteArrayOutputStream to, boolean first) {
        int before = first ? 0 : 10 * registers.size();
        int start = to.size() + before + (returns ? 5 : 0);
        long next = State.CODE + start + code.length + skipped.size();
        if (!first) {
            for (Register register : registers) {
                move(to, register.number, register.value == Register.NEXT ? next : register.value);
            }
        }
        if (returns) {
            to.write(PUSH_IMMEDIATE);
            to.writeBytes(littleEndian(4).putInt((int) next).array());
        }
        byte[] bytes = code.clone();
        if (displacement >= 0) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(displacement, (int)
                    (target - (State.CODE + start + code.length)));
        }
        to.writeBytes(bytes);
        skipped.forEach(to::write);
    }

    private static void move(ByteArrayOutputStream to, int register, long value) {
        to.write(register < 8 ? 0x48 : 0x49);
        to.write(MOV_RAX_IMMEDIATE + (register & 7));
        to.writeBytes(littleEndian(8).putLong(value).array());
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    Instruction instruction() {
        return Decoder.decode(code, 0, code.length, State.CODE, 64);
    }
}
