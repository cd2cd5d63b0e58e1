package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.state.X87;

/** x87: which family executes an instruction, whether it may, and what it leaves for exception handlers. */
final class X87Instructions {
    private X87Instructions() {}

    static void execute(Execution x, Instruction i) {
        FloatingPointState.requireX87(x.vcpu);
        switch (i.operation()) {
            case FNINIT, FNCLEX, FNSTCW, FNSTSW, FNSTENV, FNSAVE, FNDISI, FNENI, FNSETPM ->
                X87ControlInstructions.execute(x, i);
            case FLDCW, FLDENV, FRSTOR -> {
                FloatingPointState.requireNothingPending(x.vcpu);
                X87ControlInstructions.execute(x, i);
            }
            default -> {
                FloatingPointState.requireNothingPending(x.vcpu);
                compute(x, i);
                recordPointers(x, i);
            }
        }
    }

    private static void compute(Execution x, Instruction i) {
        switch (i.operation()) {
            case FADD, FSUB, FSUBR, FMUL, FDIV, FDIVR -> X87ArithmeticInstructions.execute(x, i);
            case FADDP, FSUBP, FSUBRP, FMULP, FDIVP, FDIVRP -> X87ArithmeticInstructions.execute(x, i);
            case FIADD, FISUB, FISUBR, FIMUL, FIDIV, FIDIVR -> X87ArithmeticInstructions.execute(x, i);
            case FCHS, FABS, FSQRT, FRNDINT, FSCALE -> X87ArithmeticInstructions.execute(x, i);
            case FXTRACT, FPREM, FPREM1 -> X87ArithmeticInstructions.execute(x, i);
            case FCOM, FCOMP, FCOMPP, FUCOM, FUCOMP, FUCOMPP -> X87CompareInstructions.execute(x, i);
            case FICOM, FICOMP, FCOMI, FCOMIP, FUCOMI, FUCOMIP -> X87CompareInstructions.execute(x, i);
            case FTST, FXAM -> X87CompareInstructions.execute(x, i);
            case F2XM1, FYL2X, FYL2XP1, FPTAN, FPATAN -> X87TranscendentalInstructions.execute(x, i);
            case FSIN, FCOS, FSINCOS -> X87TranscendentalInstructions.execute(x, i);
            case FINCSTP, FDECSTP, FFREE, FFREEP, FNOP -> moveTop(x.vcpu.x87, i);
            default -> X87MoveInstructions.execute(x, i);
        }
    }

    private static void moveTop(X87 x87, Instruction i) {
        switch (i.operation()) {
            case FINCSTP -> rotate(x87, 1);
            case FDECSTP -> rotate(x87, -1);
            case FFREE -> x87.free(((Operand.St) i.first()).number());
            case FFREEP -> {
                x87.free(((Operand.St) i.first()).number());
                x87.pop();
            }
            default -> {}
        }
    }

    private static void rotate(X87 x87, int distance) {
        x87.rotate(distance);
        x87.statusWord &= ~X87.C1;
    }

    private static void recordPointers(Execution x, Instruction i) {
        X87 x87 = x.vcpu.x87;
        x87.lastInstruction = i.address();
        x87.lastOpcode = (int) ((Operand.Immediate) i.third()).value();
        if (i.first() instanceof Operand.Memory m) {
            x87.lastData = x.effective(m);
        }
    }
}
