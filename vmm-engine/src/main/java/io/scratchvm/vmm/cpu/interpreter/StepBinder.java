package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.RegisterPart.isLow;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operand.Immediate;
import io.scratchvm.vmm.cpu.decode.Operand.Register;
import io.scratchvm.vmm.cpu.decode.Operand.Target;
import io.scratchvm.vmm.cpu.state.Vcpu;

/** Chooses the step for an instruction: one of its own for what is frequent in 64-bit code, else the general one. */
final class StepBinder {
    private StepBinder() {}

    static Step bind(Execution x, Instruction i, int codeSize) {
        Step step = codeSize == 64 ? special(x, i) : null;
        if (step != null) {
            return step;
        }
        return i.vex() && i.operation().isVector() ? new VexStep(x, i) : new Step.General(x, i);
    }

    private static Step special(Execution x, Instruction i) {
        return switch (i.operation()) {
            case ADD, OR, ADC, SBB, AND, SUB, XOR -> alu(i);
            case CMP, TEST -> compare(i);
            case INC, DEC, NEG, NOT -> isLow(i.first()) ? new AluSteps.UnaryRegister(i) : null;
            case ROL, ROR, RCL, RCR, SHL, SHR, SAR -> shift(i);
            case MOV -> move(i);
            case MOVZX -> extend(i, false);
            case MOVSX, MOVSXD -> extend(i, true);
            case CBW -> new MoveSteps.Extend(Vcpu.RAX, i.operandSize(), Vcpu.RAX, i.operandSize() / 2, true);
            case LEA -> i.operandSize() >= 4 && MemoryStep.fits(i.second()) ? new MoveSteps.LoadAddress(i) : null;
            case CMOVCC -> i.operandSize() >= 4 && isLow(i.second()) ? new MoveSteps.Conditional(i) : null;
            case SETCC -> isLow(i.first()) ? new MoveSteps.SetByte(i) : null;
            case IMUL -> isLow(i.second()) ? new MoveSteps.Multiply(i) : null;
            case NOP, PAUSE, PREFETCH, LFENCE, SFENCE, MFENCE -> Step.Nothing.INSTANCE;
            case PUSH, POP, LEAVE, CALL, RET, JMP, JCC -> i.operandSize() == 8 ? control(i) : null;
            default -> i.operation().isVector() ? VectorSteps.of(x, i) : null;
        };
    }

    private static Step alu(Instruction i) {
        if (isLow(i.first())) {
            if (RegisterStep.fits(i)) {
                return BinarySteps.of(i);
            }
            return MemoryStep.fits(i.second()) ? new AluSteps.RegisterMemory(i) : null;
        }
        if (!MemoryStep.fits(i.first())) {
            return null;
        }
        if (i.second() instanceof Immediate) {
            return new AluSteps.MemoryImmediate(i);
        }
        return isLow(i.second()) ? new AluSteps.MemoryRegister(i) : null;
    }

    private static Step compare(Instruction i) {
        if (isLow(i.first())) {
            return alu(i);
        }
        if (!MemoryStep.fits(i.first())) {
            return null;
        }
        if (i.second() instanceof Immediate) {
            return new AluSteps.CompareMemoryImmediate(i);
        }
        return isLow(i.second()) ? new AluSteps.CompareMemoryRegister(i) : null;
    }

    private static Step shift(Instruction i) {
        if (!isLow(i.first())) {
            return null;
        }
        return i.second() instanceof Immediate ? new AluSteps.ShiftImmediate(i) : new AluSteps.ShiftByCount(i);
    }

    private static Step move(Instruction i) {
        Operand to = i.first();
        Operand from = i.second();
        if (isLow(to)) {
            if (isLow(from)) {
                return new MoveSteps.RegisterRegister(i);
            }
            if (from instanceof Immediate) {
                return new MoveSteps.RegisterImmediate(i);
            }
            return MemoryStep.fits(from) ? load(i) : null;
        }
        if (!MemoryStep.fits(to)) {
            return null;
        }
        if (from instanceof Immediate) {
            return new MoveSteps.StoreImmediate(i);
        }
        return isLow(from) ? store(i) : null;
    }

    private static Step load(Instruction i) {
        return switch (i.operandSize()) {
            case 8 -> new MoveSteps.Load64(i);
            case 4 -> new MoveSteps.Load32(i);
            default -> new MoveSteps.LoadPart(i, false);
        };
    }

    private static Step store(Instruction i) {
        return switch (i.operandSize()) {
            case 8 -> new MoveSteps.Store64(i);
            case 4 -> new MoveSteps.Store32(i);
            default -> new MoveSteps.StorePart(i);
        };
    }

    private static Step extend(Instruction i, boolean signed) {
        if (MemoryStep.fits(i.second())) {
            return new MoveSteps.LoadPart(i, signed);
        }
        if (!isLow(i.second())) {
            return null;
        }
        Register from = (Register) i.second();
        int to = ((Register) i.first()).number();
        return new MoveSteps.Extend(to, i.operandSize(), from.number(), from.size(), signed);
    }

    private static Step control(Instruction i) {
        Operand first = i.first();
        boolean register = first instanceof Register;
        boolean near = first instanceof Target t && Vcpu.isCanonical(t.offset());
        return switch (i.operation()) {
            case PUSH ->
                register
                        ? new ControlSteps.PushRegister(i)
                        : first instanceof Immediate ? new ControlSteps.PushImmediate(i) : null;
            case POP -> register ? new ControlSteps.PopRegister(i) : null;
            case LEAVE -> new ControlSteps.Leave();
            case RET -> new ControlSteps.Return(i);
            case CALL -> near ? new ControlSteps.Call(i) : register ? new ControlSteps.CallRegister(i) : null;
            case JCC -> near ? new ControlSteps.JumpIf(i) : null;
            default -> jump(i, near, register);
        };
    }

    private static Step jump(Instruction i, boolean near, boolean register) {
        if (near) {
            return new ControlSteps.Jump(i);
        }
        if (register) {
            return new ControlSteps.JumpRegister(i);
        }
        return MemoryStep.fits(i.first()) ? new ControlSteps.JumpMemory(i) : null;
    }
}
