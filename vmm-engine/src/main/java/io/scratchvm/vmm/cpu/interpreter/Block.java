package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.cpu.decode.Instruction;
import java.util.Arrays;

/** A run of instructions without a way out but at its end, decoded and bound; and where its bytes lie. */
final class Block {
    final CodeMode mode;
    /** Offset in CS of the first instruction. */
    final long start;
    /** Offset in CS after the last instruction. */
    final long end;
    /** The physical address of the first byte. */
    final long physical;
    /** The physical address of the second page that a block of one instruction reaches into, or -1. */
    final long secondPhysical;

    /** The instruction that stands alone in its block, as {@link InstructionSet#standsAlone} says, or null. */
    final Instruction alone;

    /** How many instructions it holds: as many as steps, or one more, where the last step stands for two. */
    final int instructions;

    final Step[] steps;
    /** Distance of each instruction from {@link #start}. */
    private final short[] distances;

    /** Whether {@link #leave} was called. */
    boolean left;

    /** The generation of translations with which {@link #physical} was last seen to be right. */
    int generation;
    /** The next block in the same bucket of {@link BlockCache}. */
    Block nextInBucket;

    Block(
            CodeMode mode,
            long start,
            int length,
            long physical,
            long secondPhysical,
            Instruction alone,
            int instructions,
            Step[] steps,
            short[] distances) {
        this.mode = mode;
        this.start = start;
        this.end = mode.wrap(start + length);
        this.physical = physical;
        this.secondPhysical = secondPhysical;
        this.alone = alone;
        this.instructions = instructions;
        this.steps = steps;
        this.distances = distances;
    }

    long linear() {
        return mode.linear(start);
    }

    /** The offset in CS of instruction {@code index}, or of the block's end. */
    long offset(int index) {
        return index == distances.length ? end : mode.wrap(start + distances[index]);
    }

    private int length() {
        return (int) (end - start);
    }

    /** Bytes in the first page. */
    int firstLength() {
        return secondPhysical < 0 ? length() : PAGE_SIZE - ((int) physical & PAGE_SIZE - 1);
    }

    int secondLength() {
        return length() - firstLength();
    }

    /** Whether any byte of it lies in the {@code length} bytes from {@code address} on. */
    boolean overlaps(long address, int length) {
        return address < physical + firstLength() && physical < address + length
                || secondPhysical >= 0
                        && address < secondPhysical + secondLength()
                        && secondPhysical < address + length;
    }

    /** Makes the loop that may be running it leave it before the next instruction. Nothing runs it again. */
    void leave() {
        left = true;
        Arrays.fill(steps, Step.Leave.INSTANCE);
    }
}
