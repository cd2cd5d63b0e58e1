package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.cpu.decode.Decoder;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.Arrays;

/** Makes blocks of guest code, and marks the memory that they came from. */
final class BlockDecoder {
    private static final int MOST_INSTRUCTIONS = 64;
    private static final int WINDOW = 512;

    private final Execution execution;
    private final PhysicalMemory memory;
    private final byte[] code = new byte[WINDOW];
    private final Step[] steps = new Step[MOST_INSTRUCTIONS];
    private final short[] distances = new short[MOST_INSTRUCTIONS];

    /** A linear address at which no block may have an inner boundary, if {@link #breaks}. */
    private long breakpoint;

    private boolean breaks;

    BlockDecoder(Execution execution) {
        this.execution = execution;
        this.memory = execution.mmu.physical();
    }

    void setBreakpoint(boolean set, long linear) {
        breaks = set;
        breakpoint = linear;
    }

    /**
     * Decodes the block at {@code start}.
     *
     * @throws Fault of the fetch of its first instruction
     */
    Block decode(CodeMode mode, long start) {
        long linear = mode.linear(start);
        if (mode.within(start, 1) == 0) {
            throw Fault.gp(0);
        }
        long physical = execution.mmu.forFetch(linear);
        int inPage = PAGE_SIZE - ((int) linear & PAGE_SIZE - 1);
        int available = mode.within(start, Math.min(inPage, WINDOW));
        memory.read(physical, code, 0, available);

        int count = 0;
        int length = 0;
        Instruction alone = null;
        Instruction last = null;
        boolean fused = false;
        while (count < MOST_INSTRUCTIONS) {
            Instruction i = Decoder.decode(code, length, available, mode.wrap(start + length), mode.size());
            if (i == null || count > 0 && mustBegin(i, mode)) {
                break;
            }
            distances[count] = (short) length;
            fused = fuse(count, last, i, mode);
            if (!fused) {
                steps[count] = StepBinder.bind(execution, i, mode.size());
            }
            count++;
            last = i;
            length += i.length();
            alone = InstructionSet.standsAlone(i) ? i : null;
            if (InstructionSet.endsBlock(i)) {
                break;
            }
        }
        int stepCount = fused ? count - 1 : count;
        dropUnseenFlags(stepCount);
        return count == 0
                ? decodeCrossing(mode, start, physical, inPage)
                : block(mode, start, length, physical, -1, alone, count, stepCount);
    }

    /** Replaces the step before a Jcc, if there is one for both. */
    private boolean fuse(int count, Instruction last, Instruction i, CodeMode mode) {
        if (count == 0 || i.operation() != Operation.JCC || mode.size() != 64) {
            return false;
        }
        boolean compares = last.operation() == Operation.CMP || last.operation() == Operation.TEST;
        Step both = compares ? CompareAndJump.of(last, steps[count - 1], i) : null;
        if (both != null) {
            steps[count - 1] = both;
        }
        return both != null;
    }

    /** Spares steps the recording of flags that later ones replace before anybody sees them. */
    private void dropUnseenFlags(int stepCount) {
        boolean seen = true;
        for (int n = stepCount - 1; n >= 0; n--) {
            if (!seen) {
                steps[n] = steps[n].withoutFlags();
            }
            seen = switch (steps[n].flagUse()) {
                case SEEN -> true;
                case REPLACED -> false;
                case NONE -> seen;
            };
        }
    }

    private boolean mustBegin(Instruction i, CodeMode mode) {
        return InstructionSet.standsAlone(i) || breaks && mode.linear(i.address()) == breakpoint;
    }

    /** An instruction that does not end in its page, or not within CS's limit, or never. */
    private Block decodeCrossing(CodeMode mode, long start, long physical, int inPage) {
        int within = mode.within(start, Decoder.MAX_LENGTH);
        if (within <= inPage) {
            throw Fault.gp(0);
        }
        long second = execution.mmu.forFetch(mode.linear(start + inPage));
        memory.read(second, code, inPage, within - inPage);
        Instruction i = Decoder.decode(code, 0, within, start, mode.size());
        if (i == null) {
            throw Fault.gp(0);
        }
        distances[0] = 0;
        steps[0] = StepBinder.bind(execution, i, mode.size());
        return block(mode, start, i.length(), physical, second, InstructionSet.standsAlone(i) ? i : null, 1, 1);
    }

    private Block block(
            CodeMode mode,
            long start,
            int length,
            long physical,
            long second,
            Instruction alone,
            int instructions,
            int stepCount) {
        Block block = new Block(
                mode,
                start,
                length,
                physical,
                second,
                alone,
                instructions,
                Arrays.copyOf(steps, stepCount),
                Arrays.copyOf(distances, instructions));
        memory.markCode(physical, block.firstLength());
        if (second >= 0) {
            memory.markCode(second, block.secondLength());
        }
        return block;
    }
}
