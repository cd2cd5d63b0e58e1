package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.MultiplyDivide;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Steps of {@link MoveInstructions}, and of IMUL with a result register. */
final class MoveSteps {
    private MoveSteps() {}

    private static int number(Operand register) {
        return ((Operand.Register) register).number();
    }

    static final class RegisterRegister extends Step {
        private final int destination;
        private final int source;
        private final long kept;
        private final long written;

        RegisterRegister(Instruction i) {
            destination = number(i.first());
            source = number(i.second());
            kept = RegisterPart.kept(i.operandSize());
            written = RegisterPart.written(i.operandSize());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            gpr[destination] = gpr[destination] & kept | gpr[source] & written;
        }

        @Override
        FlagUse flagUse() {
            return FlagUse.NONE;
        }
    }

    static final class RegisterImmediate extends Step {
        private final int destination;
        private final long value;
        private final long kept;

        RegisterImmediate(Instruction i) {
            destination = number(i.first());
            kept = RegisterPart.kept(i.operandSize());
            value = ((Operand.Immediate) i.second()).value() & RegisterPart.written(i.operandSize());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            vcpu.gpr[destination] = vcpu.gpr[destination] & kept | value;
        }

        @Override
        FlagUse flagUse() {
            return FlagUse.NONE;
        }
    }

    static final class Load64 extends MemoryStep {
        private final int destination;

        Load64(Instruction i) {
            super((Operand.Memory) i.second());
            destination = number(i.first());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            vcpu.gpr[destination] = mmu.read64(linear(vcpu));
        }
    }

    static final class Load32 extends MemoryStep {
        private final int destination;

        Load32(Instruction i) {
            super((Operand.Memory) i.second());
            destination = number(i.first());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            vcpu.gpr[destination] = mmu.read32(linear(vcpu));
        }
    }

    /** MOV of one or two bytes, MOVZX and MOVSX from memory. */
    static final class LoadPart extends MemoryStep {
        private final int destination;
        private final int size;
        private final int signShift;
        private final long kept;
        private final long written;

        LoadPart(Instruction i, boolean signed) {
            super((Operand.Memory) i.second());
            destination = number(i.first());
            size = i.operation() == Operation.MOV ? i.operandSize() : ((Operand.Memory) i.second()).size();
            signShift = signed ? Flags.shift(size) : 0;
            kept = RegisterPart.kept(i.operandSize());
            written = RegisterPart.written(i.operandSize());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long value = mmu.read(linear(vcpu), size) << signShift >> signShift;
            vcpu.gpr[destination] = vcpu.gpr[destination] & kept | value & written;
        }
    }

    static final class Store64 extends MemoryStep {
        private final int source;

        Store64(Instruction i) {
            super((Operand.Memory) i.first());
            source = number(i.second());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            mmu.write64(linear(vcpu), vcpu.gpr[source]);
        }
    }

    static final class Store32 extends MemoryStep {
        private final int source;

        Store32(Instruction i) {
            super((Operand.Memory) i.first());
            source = number(i.second());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            mmu.write32(linear(vcpu), vcpu.gpr[source]);
        }
    }

    /** MOV of one or two bytes to memory. */
    static final class StorePart extends MemoryStep {
        private final int source;
        private final int size;

        StorePart(Instruction i) {
            super((Operand.Memory) i.first());
            source = number(i.second());
            size = i.operandSize();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            mmu.write(linear(vcpu), vcpu.gpr[source], size);
        }
    }

    static final class StoreImmediate extends MemoryStep {
        private final long value;
        private final int size;

        StoreImmediate(Instruction i) {
            super((Operand.Memory) i.first());
            value = ((Operand.Immediate) i.second()).value();
            size = i.operandSize();
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            mmu.write(linear(vcpu), value, size);
        }
    }

    /** MOVZX and MOVSX between registers, CBW and its kin. */
    static final class Extend extends Step {
        private final int destination;
        private final int source;
        private final int shift;
        private final boolean signed;
        private final long kept;
        private final long written;

        Extend(int destination, int size, int source, int sourceSize, boolean signed) {
            this.destination = destination;
            this.source = source;
            this.shift = Flags.shift(sourceSize);
            this.signed = signed;
            kept = RegisterPart.kept(size);
            written = RegisterPart.written(size);
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            long top = gpr[source] << shift;
            long value = signed ? top >> shift : top >>> shift;
            gpr[destination] = gpr[destination] & kept | value & written;
        }

        @Override
        FlagUse flagUse() {
            return FlagUse.NONE;
        }
    }

    static final class LoadAddress extends MemoryStep {
        private final int destination;
        private final long written;

        /** Operand size 4 or 8. */
        LoadAddress(Instruction i) {
            super((Operand.Memory) i.second());
            destination = number(i.first());
            written = RegisterPart.written(i.operandSize());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            vcpu.gpr[destination] = effective(vcpu) & written;
        }

        @Override
        FlagUse flagUse() {
            return FlagUse.NONE;
        }
    }

    /** CMOVcc between registers, operand size 4 or 8. */
    static final class Conditional extends Step {
        private final int condition;
        private final int destination;
        private final int source;
        private final long written;

        Conditional(Instruction i) {
            condition = i.condition();
            destination = number(i.first());
            source = number(i.second());
            written = RegisterPart.written(i.operandSize());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            gpr[destination] = gpr[vcpu.flags.condition(condition) ? source : destination] & written;
        }
    }

    /** SETcc of a register's low byte. */
    static final class SetByte extends Step {
        private final int condition;
        private final int destination;

        SetByte(Instruction i) {
            condition = i.condition();
            destination = number(i.first());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long bit = vcpu.flags.condition(condition) ? 1 : 0;
            vcpu.gpr[destination] = vcpu.gpr[destination] & ~0xffL | bit;
        }
    }

    /** IMUL r, r and IMUL r, r, imm. */
    static final class Multiply extends Step {
        private final int destination;
        private final int a;
        private final int b;
        private final long immediate;
        private final int shift;
        private final long kept;
        private final long written;

        Multiply(Instruction i) {
            destination = number(i.first());
            boolean byImmediate = i.third() != null;
            a = byImmediate ? number(i.second()) : destination;
            b = byImmediate ? -1 : number(i.second());
            immediate = byImmediate ? ((Operand.Immediate) i.third()).value() : 0;
            shift = Flags.shift(i.operandSize());
            kept = RegisterPart.kept(i.operandSize());
            written = RegisterPart.written(i.operandSize());
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            long[] gpr = vcpu.gpr;
            long factor = b >= 0 ? gpr[b] : immediate;
            long low = MultiplyDivide.signedLow(vcpu.flags, shift, gpr[a], factor);
            gpr[destination] = gpr[destination] & kept | low & written;
        }

        @Override
        FlagUse flagUse() {
            return FlagUse.REPLACED;
        }
    }
}
