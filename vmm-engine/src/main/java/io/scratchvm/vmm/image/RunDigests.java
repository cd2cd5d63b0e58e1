package io.scratchvm.vmm.image;

import io.scratchvm.vmm.memory.PhysicalMemory;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The SHA-256 of runs of a memory, each computed again only if one of its pages was written since. Not thread-safe:
 * asked between the vCPU's instructions.
 */
public final class RunDigests {
    private static final BitSet NONE_FORCED = new BitSet();

    private final PhysicalMemory memory;
    private final Map<Long, Known> byAddress = new HashMap<>();
    private final MessageDigest sha256 = Seal.sha256();
    private final byte[] buffer = new byte[MemoryMap.MAX_RUN];
    /** What was written before this epoch is refreshed. */
    private long refreshed;

    /** A digest that holds for as long as the run was not written in {@code epoch} or later. */
    private record Known(long length, long epoch, byte[] sha256) {}

    public RunDigests(PhysicalMemory memory) {
        this.memory = memory;
    }

    /**
     * The digest of a run as it is now.
     *
     * @param address guest physical, a multiple of 4096
     * @param length in bytes, a multiple of 4096, at most 1 MiB, all of them memory
     * @return 32 bytes, not to be changed
     */
    public byte[] digest(long address, long length) {
        Known known = byAddress.get(address);
        if (known == null || known.length != length || writtenSince(known.epoch, address, length)) {
            known = compute(address, length);
            byAddress.put(address, known);
        }
        return known.sha256;
    }

    /**
     * Makes a digest known that was computed elsewhere.
     *
     * @param epoch no write up to the moment that the digest tells of is in it or later, unless that is to be assumed
     */
    public void put(long address, long length, long epoch, byte[] digest) {
        byAddress.put(address, new Known(length, epoch, digest));
    }

    /** Digests all that was written since the last time and is not zero, in runs as an image would have now. */
    public void refresh() {
        long since = refreshed;
        refreshed = memory.advanceEpoch();
        long page = memory.nextWritten(0, since);
        while (page < memory.size()) {
            long megabyte = page & -MemoryMap.MAX_RUN;
            refreshMegabyte(megabyte);
            page = memory.nextWritten(megabyte + MemoryMap.MAX_RUN, since);
        }
    }

    private void refreshMegabyte(long start) {
        long limit = Math.min(memory.size(), start + MemoryMap.MAX_RUN);
        for (long page = start; page < limit; page += MemoryMap.PAGE) {
            if (StoredMemory.stored(memory, NONE_FORCED, page)) {
                long end = StoredMemory.runEnd(memory, NONE_FORCED, page);
                digest(page, end - page);
                page = end - MemoryMap.PAGE;
            }
        }
    }

    private Known compute(long address, long length) {
        memory.read(address, buffer, 0, (int) length);
        sha256.update(buffer, 0, (int) length);
        return new Known(length, epochAfterNow(address, length), sha256.digest());
    }

    /** An epoch that no write up to now to the run carries. Advancing has its price, paid once for many runs. */
    private long epochAfterNow(long address, long length) {
        long epoch = memory.epoch();
        return writtenSince(epoch, address, length) ? memory.advanceEpoch() : epoch;
    }

    private boolean writtenSince(long epoch, long address, long length) {
        for (long page = address; page < address + length; page += MemoryMap.PAGE) {
            if (memory.writtenSince(page, epoch)) {
                return true;
            }
        }
        return false;
    }
}
