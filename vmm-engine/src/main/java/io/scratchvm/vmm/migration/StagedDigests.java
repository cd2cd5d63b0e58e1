package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.image.RunDigests;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Digests the runs of staged memory as they change, so that the guest's memory need not be read for it while the guest
 * runs. Used by the thread that stages.
 */
final class StagedDigests {
    private static final int PAGE_SIZE = PhysicalMemory.PAGE_SIZE;
    private static final int MEGABYTE = 1 << 20;
    private static final int PAGES_PER_MEGABYTE = MEGABYTE / PAGE_SIZE;

    private final StagedMemory staged;
    private final MessageDigest sha256 = sha256();
    private final byte[] buffer = new byte[MEGABYTE];
    /** The pages that are not zero. */
    private final BitSet pages = new BitSet();

    private final BitSet changedMegabytes = new BitSet();

    /** The digest of a run. */
    record Digest(long address, long length, byte[] sha256) {
        /** Lets {@code digests} know, as far as the run was not written since {@code epoch}. */
        void tell(RunDigests digests, long epoch) {
            digests.put(address, length, epoch, sha256);
        }
    }

    StagedDigests(StagedMemory staged) {
        this.staged = staged;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** {@code part} was staged. */
    void changed(Data part) {
        int first = (int) (part.offset() / PAGE_SIZE);
        int end = first + (int) (part.length() / PAGE_SIZE);
        pages.set(first, end, part.kind() == Data.Kind.MEMORY);
        changedMegabytes.set(first / PAGES_PER_MEGABYTE, (end - 1) / PAGES_PER_MEGABYTE + 1);
    }

    /** How many megabytes have changed since they were digested. */
    int changedMegabytes() {
        return changedMegabytes.cardinality();
    }

    /** The runs in all megabytes that have changed since they were digested. */
    List<Digest> digestChanged() throws IOException {
        List<Digest> digests = new ArrayList<>();
        for (int m = changedMegabytes.nextSetBit(0); m >= 0; m = changedMegabytes.nextSetBit(m + 1)) {
            int end = (m + 1) * PAGES_PER_MEGABYTE;
            for (int page = next(m * PAGES_PER_MEGABYTE); page < end; ) {
                int runEnd = Math.min(pages.nextClearBit(page), end);
                digests.add(digest((long) page * PAGE_SIZE, (runEnd - page) * PAGE_SIZE));
                page = next(runEnd);
            }
        }
        changedMegabytes.clear();
        return digests;
    }

    private int next(int page) {
        int next = pages.nextSetBit(page);
        return next < 0 ? Integer.MAX_VALUE : next;
    }

    private Digest digest(long address, int length) throws IOException {
        staged.read(address, buffer, 0, length);
        sha256.update(buffer, 0, length);
        return new Digest(address, length, sha256.digest());
    }
}
