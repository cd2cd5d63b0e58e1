package io.scratchvm.vmm.linux.mm;

/**
 * Where in a file the pages of a region begin.
 *
 * @param file the id of the open file description that was mapped
 * @param offset bytes, a multiple of 4096
 */
public record FileRange(int file, long offset) {
    public FileRange plus(long distance) {
        return new FileRange(file, offset + distance);
    }
}
