package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RSP;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of jumps, calls, returns, pushes and pops in 64-bit mode, operand size 8. */
final class ControlSteps {
    private ControlSteps() {}

    /** An offset that control may go to. */
    private static long checked(long target) {
        if (!Vcpu.isCanonical(target)) {
            throw Fault.gp(0);
        }
        return target;
    }

    /** A step whose one implied access is to the stack. */
    private abstract static class StackStep extends Step {
        @Override
        final boolean addressesStack() {
            return true;
        }
    }

    static final class Jump extends Step {
        private final long target;

        /** To a target that is canonical. */
        Jump(Instruction i) {
            target = ((Operand.Target) i.first()).offset();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            vcpu.rip = target;
        }
    }

    static final class JumpIf extends Step {
        private final int condition;
        private final long target;

        /** To a target that is canonical. */
        JumpIf(Instruction i) {
            condition = i.condition();
            target = ((Operand.Target) i.first()).offset();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            if (vcpu.flags.condition(condition)) {
                vcpu.rip = target;
            }
        }
    }

    static final class JumpRegister extends Step {
        private final int register;

        JumpRegister(Instruction i) {
            register = ((Operand.Register) i.first()).number();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            vcpu.rip = checked(vcpu.gpr[register]);
        }
    }

    static final class JumpMemory extends MemoryStep {
        JumpMemory(Instruction i) {
            super((Operand.Memory) i.first());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            vcpu.rip = checked(mmu.read64(linear(vcpu)));
        }
    }

    static final class Call extends StackStep {
        private final long target;
        private final long next;

        /** To a target that is canonical. */
        Call(Instruction i) {
            target = ((Operand.Target) i.first()).offset();
            next = i.next();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long top = vcpu.gpr[RSP] - 8;
            mmu.write64(top, next);
            vcpu.gpr[RSP] = top;
            vcpu.rip = target;
        }
    }

    static final class CallRegister extends StackStep {
        private final int register;
        private final long next;

        CallRegister(Instruction i) {
            register = ((Operand.Register) i.first()).number();
            next = i.next();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long target = checked(vcpu.gpr[register]);
            long top = vcpu.gpr[RSP] - 8;
            mmu.write64(top, next);
            vcpu.gpr[RSP] = top;
            vcpu.rip = target;
        }
    }

    static final class Return extends StackStep {
        private final long released;

        Return(Instruction i) {
            released = 8 + (i.first() instanceof Operand.Immediate n ? n.value() & 0xffff : 0);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            vcpu.rip = checked(mmu.read64(vcpu.gpr[RSP]));
            vcpu.gpr[RSP] += released;
        }
    }

    static final class PushRegister extends StackStep {
        private final int register;

        PushRegister(Instruction i) {
            register = ((Operand.Register) i.first()).number();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            long top = gpr[RSP] - 8;
            mmu.write64(top, gpr[register]);
            gpr[RSP] = top;
        }
    }

    static final class PushImmediate extends StackStep {
        private final long value;

        PushImmediate(Instruction i) {
            value = ((Operand.Immediate) i.first()).value();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long top = vcpu.gpr[RSP] - 8;
            mmu.write64(top, value);
            vcpu.gpr[RSP] = top;
        }
    }

    static final class PopRegister extends StackStep {
        private final int register;

        PopRegister(Instruction i) {
            register = ((Operand.Register) i.first()).number();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            long value = mmu.read64(gpr[RSP]);
            gpr[RSP] += 8;
            gpr[register] = value;
        }
    }

    /** LEAVE. */
    static final class Leave extends StackStep {
        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            long frame = gpr[Vcpu.RBP];
            gpr[Vcpu.RBP] = mmu.read64(frame);
            gpr[RSP] = frame + 8;
        }
    }
}
