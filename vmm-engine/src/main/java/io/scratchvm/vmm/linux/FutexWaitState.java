package io.scratchvm.vmm.linux;

/**
 * What is saved of a task's wait at a futex.
 *
 * @param key the physical address of the futex's word; -1 if the task was woken
 * @param bits whom it is woken by (FUTEX_WAIT_BITSET)
 * @param ticket lower for those who wait longer
 */
public record FutexWaitState(long key, int bits, long ticket) {}
