package io.scratchvm.vmm.linux.file;

/**
 * What is saved of a signalfd(2).
 *
 * @param file the id of the open filen * @param mask the signals that it gives, bit n - 1 for signal n
 */
public record SignalFileState(int file, long mask) {}
