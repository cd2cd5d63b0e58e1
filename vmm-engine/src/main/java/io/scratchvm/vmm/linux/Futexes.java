package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The futexes that a process reaches (futex(7)). A futex is the physical place of its word, so that processes that share
 * memory share its futexes; who waits longest is woken first.
 */
final class Futexes {
    /** Matches every waiter: FUTEX_BITSET_MATCH_ANY. */
    static final int ANY = -1;
    /** The size of struct robust_list_head. */
    static final int ROBUST_LIST_HEAD = 24;

    private static final int ROBUST_LIST_LIMIT = 2048;
    private static final int FUTEX_WAITERS = 0x8000_0000, FUTEX_OWNER_DIED = 0x4000_0000, FUTEX_TID_MASK = 0x3fff_ffff;

    private final LinuxProcess process;
    private final UserMemory memory;
    private final Scheduler scheduler;

    Futexes(LinuxProcess process, ProcessEnvironment environment) {
        this.process = process;
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
    }

    /** Which futex that of the word at {@code address} is. */
    long key(long address) {
        word(address);
        return process.space().physical(address);
    }

    /**
     * The word at {@code address}.
     *
     * @throws SystemCallError EINVAL or EFAULT if none can be there
     */
    int word(long address) {
        if ((address & 3) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return Structure.of(memory.read(address, 4)).getInt(0);
    }

    // -- waiting ------------------------------------------------------------------------------------------------------

    /**
     * Has the current task wait at a word that is as it expects.
     *
     * @param bits of which a wake-up is to have one
     * @throws Blocked while it is not woken
     * @throws SystemCallError EAGAIN for another word, ETIMEDOUT after {@code deadline}
     */
    long await(long address, int expected, long deadline, int bits) {
        Task task = scheduler.current();
        FutexWait wait = task.futex;
        if (wait == null) {
            long key = key(address);
            if (word(address) != expected) {
                throw new SystemCallError(Errno.EAGAIN);
            }
            wait = new FutexWait(key, bits, scheduler.takeTicket());
            task.futex = wait;
        }
        if (wait.isWoken()) {
            return 0;
        }
        long until = task.deadline(deadline);
        if (scheduler.now() >= until) {
            throw new SystemCallError(Errno.ETIMEDOUT);
        }
        FutexWait waiting = wait;
        boolean endless = until == Wait.FOREVER;
        throw new Blocked(Wait.forCondition(waiting::isWoken)
                .orUntil(until)
                .with(endless ? Wait.Interruption.RESTARTS : Wait.Interruption.ENDS));
    }

    // -- waking -------------------------------------------------------------------------------------------------------

    /** Who waits at {@code key} and is not woken, the longest first. */
    private List<FutexWait> waiters(long key) {
        List<FutexWait> waiters = new ArrayList<>();
        for (Task task : scheduler.tasks()) {
            if (task.futex != null && task.futex.isAt(key)) {
                waiters.add(task.futex);
            }
        }
        waiters.sort(Comparator.comparingLong(FutexWait::ticket));
        return waiters;
    }

    /** Wakes no more than {@code most} of those at {@code key} that {@code bits} match, and says how many. */
    long wake(long key, int most, int bits) {
        int woken = 0;
        for (FutexWait waiter : waiters(key)) {
            if (woken < most && waiter.matches(bits)) {
                waiter.wake();
                woken++;
            }
        }
        return woken;
    }

    /** Wakes some of those at {@code from}, and lets some of the others wait at {@code to}. How many both are. */
    long requeue(long from, int wake, int move, long to) {
        if (wake < 0 || move < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        long key = key(from);
        long target = key(to);
        int done = 0;
        for (FutexWait waiter : waiters(key)) {
            if (done < wake) {
                waiter.wake();
            } else if (done - wake < move) {
                waiter.moveTo(target, scheduler.takeTicket());
            } else {
                break;
            }
            done++;
        }
        return done;
    }

    // -- the end of a task --------------------------------------------------------------------------------------------

    /** A task of this process ends: whoever waits for it, or for a lock that it holds, is told. */
    void taskEnds(Task task) {
        try {
            releaseLocks(task);
        } catch (SystemCallError badList) {
            // As on Linux: a list that leads nowhere ends there.
        }
        if (task.clearChildTid != 0) {
            try {
                memory.writeInt(task.clearChildTid, 0);
                wake(key(task.clearChildTid), 1, ANY);
            } catch (SystemCallError badAddress) {
                // As on Linux: nobody can be told.
            }
        }
    }

    private void releaseLocks(Task task) {
        if (task.robustList == 0) {
            return;
        }
        Structure head = Structure.of(memory.read(task.robustList, ROBUST_LIST_HEAD));
        long offset = head.getLong(8);
        long pending = head.getLong(16);
        long entry = head.getLong(0);
        for (int i = 0; i < ROBUST_LIST_LIMIT && (entry & -2) != task.robustList; i++) {
            long next = memory.readLong(entry & -2);
            if ((entry & -2) != (pending & -2)) {
                release(task, (entry & -2) + offset);
            }
            entry = next;
        }
        if (pending != 0) {
            release(task, (pending & -2) + offset);
        }
    }

    private void release(Task task, long address) {
        int word = word(address);
        if ((word & FUTEX_TID_MASK) == task.id()) {
            memory.writeInt(address, word & FUTEX_WAITERS | FUTEX_OWNER_DIED);
            if ((word & FUTEX_WAITERS) != 0) {
                wake(key(address), 1, ANY);
            }
        }
    }
}
