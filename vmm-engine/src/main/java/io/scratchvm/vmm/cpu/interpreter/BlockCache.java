package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The decoded blocks, by the offset in CS at which they begin and the mode of code. A block is used only while the
 * translation of its address is known to lead to the bytes that it was made from, and is dropped when one of those is
 * written. Bounded: when there is too much, all goes.
 */
final class BlockCache implements Mmu.CodeObserver {
    private static final int BUCKETS = 1 << 13;
    /** About 20 MiB of heap. */
    private static final int MOST_INSTRUCTIONS = 1 << 17;

    private static final int MOST_MODES = 16;

    /** No block begins at an address that is not canonical. */
    static final long NONE = Long.MIN_VALUE;

    private final Execution execution;
    private final BlockDecoder decoder;
    private final Block[] buckets = new Block[BUCKETS];
    private final Map<Long, List<Block>> byPage = new HashMap<>();
    private final List<CodeMode> modes = new ArrayList<>();
    private int instructions;
    private int generation;
    private CodeMode mode;

    /**
     * Where the block begins that is being run, which a write may end; {@link #NONE} between runs. An offset and not the
     * block, because the store of a reference costs the collector's write barrier, once a block.
     */
    long running = NONE;

    BlockCache(Execution execution) {
        this.execution = execution;
        this.decoder = new BlockDecoder(execution);
    }

    CodeMode mode() {
        return mode;
    }

    /** Takes note of the mode of code that the vCPU is in. */
    void synchronize() {
        Vcpu vcpu = execution.vcpu;
        if (mode == null || !mode.matches(vcpu)) {
            mode = modeOf(vcpu);
        }
    }

    /** The one object that stands for the mode that {@code vcpu} is in, so that blocks can compare identities. */
    private CodeMode modeOf(Vcpu vcpu) {
        for (CodeMode known : modes) {
            if (known.matches(vcpu)) {
                return known;
            }
        }
        if (modes.size() == MOST_MODES) {
            clear();
        }
        CodeMode entered = CodeMode.of(vcpu);
        modes.add(entered);
        return entered;
    }

    /** Sets or (if not {@code set}) removes the address at which blocks must begin. */
    void setBreakpoint(boolean set, long linear) {
        decoder.setBreakpoint(set, linear);
        clear();
    }

    /** The block at offset {@code rip} in the current mode. */
    Block find(long rip) {
        Block block = buckets[bucket(rip)];
        if (block != null && block.start == rip && block.mode == mode && block.generation == generation) {
            return block;
        }
        return findSlowly(rip);
    }

    private static int bucket(long rip) {
        return (int) (rip ^ rip >>> 13) & BUCKETS - 1;
    }

    /** The block at {@code rip} in the current mode, whether its translation still holds or not; or null. */
    private Block known(long rip) {
        Block found = buckets[bucket(rip)];
        while (found != null && (found.start != rip || found.mode != mode)) {
            found = found.nextInBucket;
        }
        return found;
    }

    private Block findSlowly(long rip) {
        Block found = known(rip);
        if (found == null) {
            return add(decoder.decode(mode, rip));
        }
        if (!isStillTranslated(found)) {
            drop(found);
            return add(decoder.decode(mode, rip));
        }
        moveToFront(found);
        return found;
    }

    /** @throws Fault of the fetch */
    private boolean isStillTranslated(Block block) {
        if (block.generation != generation) {
            Mmu mmu = execution.mmu;
            if (mmu.forFetch(block.linear()) != block.physical) {
                return false;
            }
            if (block.secondPhysical >= 0
                    && mmu.forFetch(mode.linear(block.start + block.firstLength())) != block.secondPhysical) {
                return false;
            }
            block.generation = generation;
        }
        return true;
    }

    private Block add(Block block) {
        instructions += block.instructions;
        if (instructions > MOST_INSTRUCTIONS) {
            clear();
            return add(decoder.decode(mode, block.start));
        }
        block.generation = generation;
        block.nextInBucket = buckets[bucket(block.start)];
        buckets[bucket(block.start)] = block;
        inPage(block.physical).add(block);
        if (block.secondPhysical >= 0) {
            inPage(block.secondPhysical).add(block);
        }
        return block;
    }

    private List<Block> inPage(long physical) {
        return byPage.computeIfAbsent(physical >>> PhysicalMemory.PAGE_SHIFT, page -> new ArrayList<>());
    }

    private void moveToFront(Block block) {
        unlink(block);
        block.nextInBucket = buckets[bucket(block.start)];
        buckets[bucket(block.start)] = block;
    }

    private void unlink(Block block) {
        int bucket = bucket(block.start);
        if (buckets[bucket] == block) {
            buckets[bucket] = block.nextInBucket;
            return;
        }
        for (Block b = buckets[bucket]; b != null; b = b.nextInBucket) {
            if (b.nextInBucket == block) {
                b.nextInBucket = block.nextInBucket;
                return;
            }
        }
    }

    private void drop(Block block) {
        if (block.left) {
            return;
        }
        unlink(block);
        forget(block, block.physical);
        if (block.secondPhysical >= 0) {
            forget(block, block.secondPhysical);
        }
        instructions -= block.instructions;
        block.leave();
    }

    private void forget(Block block, long physical) {
        long page = physical >>> PhysicalMemory.PAGE_SHIFT;
        List<Block> blocks = byPage.get(page);
        if (blocks != null && blocks.remove(block) && blocks.isEmpty()) {
            byPage.remove(page);
            unmark(page);
        }
    }

    private void unmark(long page) {
        PhysicalMemory memory = execution.mmu.physical();
        if (memory.contains(page << PhysicalMemory.PAGE_SHIFT, PhysicalMemory.PAGE_SIZE)) {
            memory.unmarkCode(page << PhysicalMemory.PAGE_SHIFT);
        }
    }

    /** Drops everything. */
    void clear() {
        leaveRunning();
        for (long page : byPage.keySet()) {
            unmark(page);
        }
        byPage.clear();
        Arrays.fill(buckets, null);
        modes.clear();
        if (mode != null) {
            modes.add(mode);
        }
        instructions = 0;
    }

    @Override
    public void codeWritten(long physicalAddress, int length) {
        List<Block> blocks = byPage.get(physicalAddress >>> PhysicalMemory.PAGE_SHIFT);
        if (blocks == null) {
            return;
        }
        for (Block block : blocks.toArray(new Block[0])) {
            if (block.overlaps(physicalAddress, length)) {
                execution.codeChanged = true;
                drop(block);
            }
        }
    }

    @Override
    public void translationsChanged() {
        generation++;
        execution.codeChanged = true;
        leaveRunning();
    }

    private void leaveRunning() {
        Block block = running == NONE ? null : known(running);
        if (block != null && block.steps.length > 1) {
            drop(block);
        }
    }
}
