package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.Timespec;
import io.scratchvm.vmm.linux.abi.UserMemory;

/** Calls about futexes: futex(2), without priority inheritance, and set_robust_list(2). */
final class FutexCalls implements SystemCallFamily {
    private static final int WAIT = 0,
            WAKE = 1,
            REQUEUE = 3,
            CMP_REQUEUE = 4,
            WAKE_OP = 5,
            WAIT_BITSET = 9,
            WAKE_BITSET = 10;
    private static final int PRIVATE = 128, CLOCK_REALTIME = 256;

    private final Futexes futexes;
    private final UserMemory memory;
    private final Scheduler scheduler;

    FutexCalls(Futexes futexes, ProcessEnvironment environment) {
        this.futexes = futexes;
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
            case WAIT -> futexes.await(address, value, end(timeout), Futexes.ANY);
            case WAIT_BITSET -> futexes.await(address, value, deadline(timeout, realTime), bits(third));
            case WAKE -> futexes.wake(futexes.key(address), Math.max(1, value), Futexes.ANY);
            case WAKE_BITSET -> futexes.wake(futexes.key(address), Math.max(1, value), bits(third));
            case REQUEUE -> futexes.requeue(address, value, (int) timeout, second);
            case CMP_REQUEUE -> {
                if (futexes.word(address) != third) {
                    throw new SystemCallError(Errno.EAGAIN);
                }
                yield futexes.requeue(address, value, (int) timeout, second);
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

    /** Of FUTEX_WAIT, whose time-out counts from now. */
    private long end(long timeout) {
        return timeout == 0 ? Wait.FOREVER : scheduler.after(Timespec.read(memory, timeout));
    }

    /** Of FUTEX_WAIT_BITSET, whose time-out is a moment. */
    private long deadline(long timeout, boolean realTime) {
        if (timeout == 0) {
            return Wait.FOREVER;
        }
        long moment = Timespec.read(memory, timeout);
        long monotonic = realTime ? moment - scheduler.realTimeOffset() : moment;
        return Math.max(0, Math.min(monotonic, Clock.LATEST));
    }

    private long wakeAndChange(long address, int wake, int wakeSecond, long second, int operation) {
        long key = futexes.key(address);
        long secondKey = futexes.key(second);
        int old = futexes.word(second);
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
        long woken = futexes.wake(key, Math.max(1, wake), Futexes.ANY);
        return holds ? woken + futexes.wake(secondKey, Math.max(1, wakeSecond), Futexes.ANY) : woken;
    }

    private long setRobustList(long address, long size) {
        if (size != Futexes.ROBUST_LIST_HEAD) {
            throw new SystemCallError(Errno.EINVAL);
        }
        scheduler.current().robustList = address;
        return 0;
    }

    private long getRobustList(int id, long head, long size) {
        Task task = scheduler.named(id);
        memory.writeLong(size, Futexes.ROBUST_LIST_HEAD);
        memory.writeLong(head, task.robustList);
        return 0;
    }
}
