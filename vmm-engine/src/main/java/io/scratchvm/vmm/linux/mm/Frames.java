package io.scratchvm.vmm.linux.mm;

import io.scratchvm.vmm.api.VmmException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which frames (4 KiB pages of guest physical memory) are in use. Frames are named by number: address / 4096. */
public final class Frames {
    private final BitSet used;
    private final int total;
    private int free;

    /** How many page tables name a frame, less one, where there are several. */
    private final Map<Long, Integer> sharers = new HashMap<>();

    /** All {@code total} frames free. */
    Frames(int total) {
        this(total, new byte[0]);
    }

    /** @param state as {@link #state} gave it */
    Frames(int total, byte[] state) {
        this.total = total;
        this.used = BitSet.valueOf(state);
        if (used.length() > total) {
            throw new VmmException(
                    "the image counts frame " + (used.length() - 1) + " as used, and memory has " + total);
        }
        this.free = total - used.cardinality();
    }

    /** One bit a frame, the first in the lowest bit of the first byte; trailing zero bytes are left out. */
    byte[] state() {
        return used.toByteArray();
    }

    int total() {
        return total;
    }

    int free() {
        return free;
    }

    boolean isFree(long first, long count) {
        return first >= 0 && count >= 0 && first <= total - count && lastUsed(first, first + count) < 0;
    }

    /** The highest frame in use in [first, end), or -1. Frames that do not exist count as in use. */
    long lastUsed(long first, long end) {
        if (end > total) {
            return end - 1;
        }
        int found = used.previousSetBit((int) end - 1);
        return found >= first ? found : -1;
    }

    /** Takes frames that are free. */
    void take(long first, long count) {
        used.set((int) first, (int) (first + count));
        free -= (int) count;
    }

    /** One more page table names a frame that is in use. */
    void share(long frame) {
        sharers.merge(frame, 1, Integer::sum);
    }

    boolean isShared(long frame) {
        return sharers.containsKey(frame);
    }

    /** Learns anew which frames are shared: those that are named more than once. */
    public void countSharers(Iterable<AddressSpace> spaces) {
        Set<Long> seen = new HashSet<>();
        sharers.clear();
        for (AddressSpace space : spaces) {
            space.visitFrames(frame -> {
                if (!seen.add(frame)) {
                    share(frame);
                }
            });
        }
    }

    /** One page table less names a frame. False if it was the only one. */
    boolean unshare(long frame) {
        Integer others = sharers.get(frame);
        if (others == null) {
            return false;
        }
        if (others == 1) {
            sharers.remove(frame);
        } else {
            sharers.put(frame, others - 1);
        }
        return true;
    }

    /** Gives a frame back; one that is not in use or does not exist is ignored. */
    void release(long frame) {
        if (frame >= 0 && frame < total && used.get((int) frame)) {
            used.clear((int) frame);
            free++;
        }
    }

    /** The lowest free frame in [first, end), or -1. */
    long lowestFree(long first, long end) {
        int found = used.nextClearBit((int) first);
        return found < Math.min(end, total) ? found : -1;
    }

    /** The highest free frame, or -1. */
    long highestFree() {
        return used.previousClearBit(total - 1);
    }

    /** The lowest run of {@code count} free frames, or -1. */
    long lowestRun(long count) {
        int start = used.nextClearBit(0);
        while (start + count <= total) {
            int end = used.nextSetBit(start);
            if (end < 0 || end - start >= count) {
                return start;
            }
            start = used.nextClearBit(end);
        }
        return -1;
    }
}
