package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * futex(2), without priority inheritance. A futex is the physical place of its word, so that processes that share memory
 * share its futexes; who waits longest is woken first.
 */
final class FutexCalls implements SystemCallFamily {
    private static final int WAIT = 0,
            WAKE = 1,
            REQUEUE = 3,
            CMP_REQUEUE = 4,
            WAKE_OP = 5,
            WAIT_BITSET = 9,
            WAKE_BITSET = 10;
    private static final int PRIVATE = 128, CLOCK_REALTIME = 256;
    private static final int ANY = -1;
    private static final long SECOND = 1_000_000_000L;

    private static final int FUTEX_WAITERS = 0x8000_0000, FUTEX_OWNER_DIED = 0x4000_0000, FUTEX_TID_MASK = 0x3fff_ffff;
    private static final int ROBUST_LIST_HEAD = 24, ROBUST_LIST_LIMIT = 2048;

    private final LinuxProcess process;
    private final UserMemory memory;
    private final Scheduler scheduler;

    FutexCalls(LinuxProcess process, ProcessEnvironment environment) {
        this.process = process;
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 202 -> futex(a0, (int) a1, (int) a2, a3, a4, (int) a5);
            case 273 -> setRobustList(a0, a1);
            case 274 -> getRobustList((int) a0, a1, a2);
            default -> NOT_MINE;
        };
    }

    private long futex(long address, int operation, int value, long timeout, long second, int third) {
        boolean realTime = (operation & CLOCK_REALTIME) != 0;
        int command = operation & ~(PRIVATE | CLOCK_REALTIME);
        if (realTime && command != WAIT && command != WAIT_BITSET) {
            throw new SystemCallError(Errno.ENOSYS);
        }
        return switch (command) {
            case WAIT -> await(address, value, timeout == 0 ? Wait.FOREVER : scheduler.after(duration(timeout)), ANY);
            case WAIT_BITSET -> await(address, value, deadline(timeout, realTime), third);
            case WAKE -> wake(key(address), Math.max(1, value), ANY);
            case WAKE_BITSET -> wake(key(address), Math.max(1, value), bits(third));
            case REQUEUE -> requeue(address, value, (int) timeout, second);
            case CMP_REQUEUE -> {
                if (word(address) != third) {
                    throw new SystemCallError(Errno.EAGAIN);
                }
                yield requeue(address, value, (int) timeout, second);
            }
            case WAKE_OP -> wakeAndChange(address, value, (int) timeout, second, third);
            default -> throw new SystemCallError(Errno.ENOSYS);
        };
    }

    private static int bits(int bits) {
        if (bits == 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return bits;
    }

    // -- waiting ------------------------------------------------------------------------------------------------------

    private long await(long address, int expected, long deadline, int bits) {
        Task task = scheduler.current();
        FutexWait wait = task.futex;
        if (wait == null) {
            bits(bits);
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

    private long deadline(long timeout, boolean realTime) {
        if (timeout == 0) {
            return Wait.FOREVER;
        }
        long moment = duration(timeout);
        return Math.max(0, realTime ? moment - scheduler.realTimeOffset() : moment);
    }

    /** A timespec in nanoseconds, no longer than time can pass. */
    private long duration(long address) {
        Structure timespec = Structure.of(memory.read(address, 16));
        long seconds = timespec.getLong(0);
        long nanos = timespec.getLong(8);
        if (seconds < 0 || nanos < 0 || nanos >= SECOND) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return seconds > Long.MAX_VALUE / SECOND - 1 ? Long.MAX_VALUE - SECOND : seconds * SECOND + nanos;
    }

    // -- waking -------------------------------------------------------------------------------------------------------

    private long key(long address) {
        if ((address & 3) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        word(address);
        return process.space().physical(address);
    }

    private int word(long address) {
        if ((address & 3) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return Structure.of(memory.read(address, 4)).getInt(0);
    }

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

    private long wake(long key, int most, int bits) {
        int woken = 0;
        for (FutexWait waiter : waiters(key)) {
            if (woken < most && waiter.matches(bits)) {
                waiter.wake();
                woken++;
            }
        }
        return woken;
    }

    private long requeue(long from, int wake, int move, long to) {
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

    private long wakeAndChange(long address, int wake, int wakeSecond, long second, int operation) {
        long key = key(address);
        long secondKey = key(second);
        int old = word(second);
        int operand = operation << 8 >> 20;
        int wanted = operation << 20 >> 20;
        int shifted = (operation & 0x8000_0000) != 0 ? 1 << (operand & 31) : operand;
        int changed =
                switch (operation >>> 28 & 7) {
                    case 0 -> shifted;
                    case 1 -> old + shifted;
                    case 2 -> old | shifted;
                    case 3 -> old & ~shifted;
                    case 4 -> old ^ shifted;
                    default -> throw new SystemCallError(Errno.ENOSYS);
                };
        boolean holds =
                switch (operation >>> 24 & 15) {
                    case 0 -> old == wanted;
                    case 1 -> old != wanted;
                    case 2 -> old < wanted;
                    case 3 -> old <= wanted;
                    case 4 -> old > wanted;
                    case 5 -> old >= wanted;
                    default -> throw new SystemCallError(Errno.ENOSYS);
                };
        memory.writeInt(second, changed);
        long woken = wake(key, Math.max(1, wake), ANY);
        return holds ? woken + wake(secondKey, Math.max(1, wakeSecond), ANY) : woken;
    }

    // -- the end of a task --------------------------------------------------------------------------------------------

    private long setRobustList(long address, long size) {
        if (size != ROBUST_LIST_HEAD) {
            throw new SystemCallError(Errno.EINVAL);
        }
        scheduler.current().robustList = address;
        return 0;
    }

    private long getRobustList(int id, long head, long size) {
        Task task = id == 0 ? scheduler.current() : scheduler.find(id);
        if (task == null) {
            throw new SystemCallError(Errno.ESRCH);
        }
        memory.writeLong(size, ROBUST_LIST_HEAD);
        memory.writeLong(head, task.robustList);
        return 0;
    }

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
