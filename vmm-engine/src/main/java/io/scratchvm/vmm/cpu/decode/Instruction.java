package io.scratchvm.vmm.cpu.decode;

/**
 * A decoded instruction: what it does, to what, and where it stands. Immutable, and independent of any register's
 * value.
 *
 * <p>Operands stand in the order of Intel's syntax, the destination first. Implied operands are explicit where the
 * encoding chooses among them (AL/AX/EAX/RAX of the short forms, CL or 1 of shifts) and absent where the operation
 * alone says it (MUL's RAX and RDX, string instructions' RSI and RDI).
 *
 * @param operation what it does
 * @param address offset in CS of its first byte
 * @param length bytes, 1 to 15
 * @param operandSize bytes: 1, 2, 4 or 8 for integer instructions (element size of string instructions, size of stack
 *     slots of PUSH, POP, CALL, RET, ENTER, LEAVE, PUSHF, IRET), after prefixes and defaults
 * @param addressSize bytes: 2, 4 or 8
 * @param condition 0 to 15 for JCC, SETCC and CMOVCC, else 0
 * @param segment the segment of the implied source of string instructions and XLAT, after overrides
 * @param repeat REP prefixes that this instruction heeds
 * @param lock a LOCK prefix that is legal here (an illegal one makes the operation {@link Operation#INVALID})
 * @param first first operand, null if there is none
 * @param second second operand or null
 * @param third third operand or null
 * @param fourth fourth operand or null
 * @param vex whether a VEX prefix encodes it; of an XMM or YMM register that it writes, the rest becomes zero
 */
public record Instruction(
        Operation operation,
        long address,
        int length,
        int operandSize,
        int addressSize,
        int condition,
        int segment,
        Repeat repeat,
        boolean lock,
        Operand first,
        Operand second,
        Operand third,
        Operand fourth,
        boolean vex) {
    /** REP prefixes of string instructions. */
    public enum Repeat {
        NONE,
        /** F3: REP, REPE. */
        REP,
        /** F2: REPNE. */
        REPNE
    }

    /** The offset of the instruction after this one, not yet cut to the code segment's size. */
    public long next() {
        return address + length;
    }
}
