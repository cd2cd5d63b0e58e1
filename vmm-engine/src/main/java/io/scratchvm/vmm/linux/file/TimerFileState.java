package io.scratchvm.vmm.linux.file;

/**
 * What is saved of a timer of timerfd_create(2).
 *
 * @param file the id of the open file
 * @param clock the number of its clock
 * @param expiry when it expires next, in nanoseconds of the monotonic clock; 0 while it is disarmed
 * @param interval nanoseconds from one expiry to the next; 0 where it expires once
 * @param expirations how often it has expired and was not read
 */
public record TimerFileState(int file, int clock, long expiry, long interval, long expirations) {}
