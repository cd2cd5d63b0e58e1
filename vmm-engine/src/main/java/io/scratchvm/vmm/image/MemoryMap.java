package io.scratchvm.vmm.image;

import java.util.List;

/**
 * The stored part of guest memory: runs of pages in ascending order. Their bytes lie in the file in the same order, back
 * to back, from the first page boundary after the notes to the end of the file. Memory outside of them is zero.
 */
public record MemoryMap(List<Run> runs) {
    /** No run is longer, and none crosses a multiple of it. */
    static final int MAX_RUN = 1 << 20;

    static final int PAGE = 4096;

    /**
     * Pages that follow each other.
     *
     * @param address guest physical, a multiple of 4096
     * @param length in bytes, a multiple of 4096, at most 1 MiB
     * @param sha256 of the bytes
     */
    public record Run(long address, long length, byte[] sha256) {
        long end() {
            return address + length;
        }
    }

    /** Bytes stored. */
    public long stored() {
        long sum = 0;
        for (Run run : runs) {
            sum += run.length();
        }
        return sum;
    }
}
