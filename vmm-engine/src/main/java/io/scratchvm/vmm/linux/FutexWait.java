package io.scratchvm.vmm.linux;

/** A task's wait at a futex; part of the call that it has under way. */
final class FutexWait {
    /** Where nobody waits: the wait is over. */
    private static final long NOWHERE = -1;

    private final int bits;
    private long key;
    private long ticket;

    /**
     * @param key the physical address of the futex's word
     * @param bits whom it is woken by (FUTEX_WAIT_BITSET)
     * @param ticket lower for those who wait longer
     */
    FutexWait(long key, int bits, long ticket) {
        this.key = key;
        this.bits = bits;
        this.ticket = ticket;
    }

    FutexWait(FutexWaitState state) {
        this(state.key(), state.bits(), state.ticket());
    }

    FutexWaitState state() {
        return new FutexWaitState(key, bits, ticket);
    }

    long ticket() {
        return ticket;
    }

    boolean isAt(long address) {
        return key == address;
    }

    boolean matches(int wakerBits) {
        return (bits & wakerBits) != 0;
    }

    boolean isWoken() {
        return key == NOWHERE;
    }

    void wake() {
        key = NOWHERE;
    }

    void moveTo(long newKey, long newTicket) {
        key = newKey;
        ticket = newTicket;
    }
}
