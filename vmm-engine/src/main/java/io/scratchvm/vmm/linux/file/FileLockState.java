package io.scratchvm.vmm.linux.file;

/**
 * What is saved of a lock on a file.
 *
 * @param file the id of an open file that leads to what is locked; of its owner, where that is one
 * @param process the number of the process whose it is; 0 where it is the open file's
 * @param first the first byte
 * @param last the last byte; 2^63 - 1 for all that follow
 * @param exclusive for writing
 */
public record FileLockState(int file, FileLock.Style style, int process, long first, long last, boolean exclusive) {}
