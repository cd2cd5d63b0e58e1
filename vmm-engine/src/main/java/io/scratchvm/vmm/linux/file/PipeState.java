package io.scratchvm.vmm.linux.file;

/**
 * What is saved of a pipe.
 *
 * @param readEnd the number of the open file that is its read end; -1 where that is closed
 * @param writeEnd the same of its write end
 * @param content what was written and not read
 */
public record PipeState(int readEnd, int writeEnd, byte[] content) {}
