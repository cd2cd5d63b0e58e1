package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RBX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDX;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;

/** MOV among general registers and memory, and of a segment register's selector; MOVZX, MOVSX, LEA, CMOVcc, SETcc… */
final class MoveInstructions {
    private MoveInstructions() {}

    static void execute(Execution x, Instruction i) {
        int size = i.operandSize();
        switch (i.operation()) {
            case MOV -> {
                if (InstructionSet.standsAlone(i)) {
                    moveSpecial(x, i);
                } else {
                    move(x, i);
                }
            }
            case MOVZX -> x.write(i.first(), size, x.read(i.second(), sourceSize(i)));
            case MOVSX, MOVSXD ->
                x.write(i.first(), size, Execution.extend(x.read(i.second(), sourceSize(i)), sourceSize(i)));
            case LEA -> x.write(i.first(), size, x.effective((Operand.Memory) i.second()));
            case CMOVCC -> moveConditionally(x, i);
            case SETCC -> x.write(i.first(), 1, x.vcpu.flags.condition(i.condition()) ? 1 : 0);
            case XLAT -> translate(x, i);
            case CBW -> x.setRegister(RAX, size, Execution.extend(x.vcpu.gpr[RAX], size / 2));
            default -> x.setRegister(RDX, size, Execution.extend(x.vcpu.gpr[RAX], size) >> 63);
        }
    }

    /** A selector goes to memory as two bytes, whatever the operand size. */
    private static void move(Execution x, Instruction i) {
        boolean selectorToMemory = i.second() instanceof Operand.SegmentRegister && i.first() instanceof Operand.Memory;
        int size = selectorToMemory ? 2 : i.operandSize();
        x.write(i.first(), size, x.read(i.second(), size));
    }

    /** To a segment register; to or from a control or debug register. */
    private static void moveSpecial(Execution x, Instruction i) {
        if (i.first() instanceof Operand.SegmentRegister s) {
            SegmentInstructions.load(x, s, i.second());
        } else {
            SystemInstructions.move(x, i);
        }
    }

    private static int sourceSize(Instruction i) {
        return i.second() instanceof Operand.Register r ? r.size() : ((Operand.Memory) i.second()).size();
    }

    /** The source is read, and a 4-byte destination cleared above, whether or not the condition is met. */
    private static void moveConditionally(Execution x, Instruction i) {
        long source = x.read(i.second(), i.operandSize());
        boolean met = x.vcpu.flags.condition(i.condition());
        x.write(i.first(), i.operandSize(), met ? source : x.read(i.first(), i.operandSize()));
    }

    private static void translate(Execution x, Instruction i) {
        long offset = Execution.cut(x.vcpu.gpr[RBX] + x.register(RAX, 1), i.addressSize());
        x.setRegister(RAX, 1, x.mmu.read8(x.linear(i.segment(), offset, 1, false)));
    }
}
