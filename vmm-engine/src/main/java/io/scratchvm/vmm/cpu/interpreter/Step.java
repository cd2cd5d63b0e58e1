package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** One instruction of a block (the last two, of some), bound to its operands. Immutable. */
abstract class Step {
    /**
     * Executes it. Only the last of a block changes RIP, which then is already past the block.
     *
     * @throws Fault having changed nothing
     */
    abstract void execute(Vcpu vcpu, Mmu mmu);

    /** Whether a non-canonical address in it is one of the stack segment. */
    boolean addressesStack() {
        return false;
    }

    /** The step that does all that the instruction does, and that of the first one if this step stands for two. */
    Step first() {
        return this;
    }

    /** What becomes of the flags of the instructions before. */
    enum FlagUse {
        /** Used by this step, or visible after it: it may fault, or leaves some of them alone. */
        SEEN,
        /** Replaced, all of them; and it cannot fault. */
        REPLACED,
        /** Neither; and it cannot fault. */
        NONE
    }

    FlagUse flagUse() {
        return FlagUse.SEEN;
    }

    /** A step to be executed in place of this one where nobody sees the flags that it records; or itself. */
    Step withoutFlags() {
        return this;
    }

    /** Any instruction, by way of its family. */
    static final class General extends Step {
        private final Execution x;
        private final Instruction instruction;

        General(Execution x, Instruction instruction) {
            this.x = x;
            this.instruction = instruction;
        }

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            InstructionSet.execute(x, instruction);
        }
    }

    /** NOP and its kin. */
    static final class Nothing extends Step {
        static final Step INSTANCE = new Nothing();

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {}

        @Override
        FlagUse flagUse() {
            return FlagUse.NONE;
        }
    }

    /** Stands where the steps of a block stood that is no longer valid, so that the loop running it takes notice. */
    static final class Leave extends Step {
        static final Step INSTANCE = new Leave();

        @Override
        void execute(Vcpu vcpu, Mmu mmu) {
            throw BlockLeft.INSTANCE;
        }
    }

    /** Thrown by {@link Leave}: the instructions before it have run, the block must not go on. */
    static final class BlockLeft extends RuntimeException {
        private static final long serialVersionUID = 1;
        static final BlockLeft INSTANCE = new BlockLeft();

        private BlockLeft() {
            super(null, null, false, false);
        }
    }
}
