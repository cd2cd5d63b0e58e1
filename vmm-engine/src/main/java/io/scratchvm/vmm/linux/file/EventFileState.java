package io.scratchvm.vmm.linux.file;

/**
 * What is saved of an eventfd(2).
 *
 * @param file the id of the open file
 * @param count its counter, unsigned
 * @param semaphore whether a read takes 1 and not all
 */
public record EventFileState(int file, long count, boolean semaphore) {}
