package io.scratchvm.vmm.image;

import java.util.List;

/**
 * The stored part of guest memory: runs of pages in ascending order. Their bytes lie in the file in the same order,
 * back to back, from the first page boundary after the notes to the end of the file. Memory outside of them is zero.
 */
public record MemoryMap(List<Run> runs) {
    /** No run is longer, and none crosses a multiple of it. */
    public static final int MAX_RUN = 1 << 20;

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

        String describe(long offset) {
            return "memory at physical 0x" + Long.toHexString(address) + ", 0x" + Long.toHexString(length)
                    + " bytes at byte 0x" + Long.toHexString(offset);
        }

        private String problem(long from, long memorySize) {
            boolean wholePages = (address & PAGE - 1) == 0 && length > 0 && (length & PAGE - 1) == 0;
            if (!wholePages || sha256.length != Seal.CHECKSUM_SIZE) {
                return "not of whole pages with a SHA-256";
            }
            if (Long.compareUnsigned(address, memorySize) >= 0 || length > memorySize - address) {
                return "not inside the memory of " + memorySize + " bytes";
            }
            if (address < from) {
                return "not after the run before it";
            }
            return address / MAX_RUN == (end() - 1) / MAX_RUN ? null : "across a multiple of 1 MiB";
        }
    }

    /** What is wrong with the runs of a memory of {@code memorySize} bytes; null if nothing is. */
    String problem(long memorySize) {
        long from = 0;
        for (int i = 0; i < runs.size(); i++) {
            String problem = runs.get(i).problem(from, memorySize);
            if (problem != null) {
                Run run = runs.get(i);
                return "runs[" + i + "]: 0x" + Long.toHexString(run.length) + " bytes at 0x"
                        + Long.toHexString(run.address) + ": " + problem;
            }
            from = runs.get(i).end();
        }
        return null;
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
