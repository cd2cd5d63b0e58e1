package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.Timespec;
import io.scratchvm.vmm.linux.abi.UserMemory;

/** Calls about when and where the program runs (sched(7)): under SCHED_OTHER, on the only CPU. */
final class SchedulingCalls implements SystemCallFamily {
    private static final int SCHED_OTHER = 0, SCHED_FIFO = 1, SCHED_RR = 2, SCHED_BATCH = 3, SCHED_IDLE = 5;
    private static final int SCHED_DEADLINE = 6;
    private static final int SCHED_RESET_ON_FORK = 0x4000_0000;
    private static final int HIGHEST_REAL_TIME = 99;
    /** What sched_rr_get_interval(2) tells: what a task of SCHED_OTHER gets at a time. */
    private static final long SLICE_NANOS = 4_000_000;

    private final UserMemory memory;
    private final Scheduler scheduler;

    SchedulingCalls(ProcessEnvironment environment) {
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 142 -> setParameter((int) a0, a1);
            case 143 -> getParameter((int) a0, a1);
            case 144 -> setScheduler((int) a0, (int) a1, a2);
            case 145 -> getScheduler((int) a0);
            case 146 -> highest((int) a0);
            case 147 -> highest((int) a0) == HIGHEST_REAL_TIME ? 1 : 0;
            case 148 -> interval((int) a0, a1);
            case 203 -> setAffinity((int) a0, a1, a2);
            case 204 -> getAffinity((int) a0, a1, a2);
            case 309 -> getCpu(a0, a1);
            default -> NOT_MINE;
        };
    }

    // -- policies ----------------------------------------------------------------------------------------------------

    private void check(int number) {
        if (number < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        scheduler.named(number);
    }

    private static int highest(int policy) {
        return switch (policy) {
            case SCHED_FIFO, SCHED_RR -> HIGHEST_REAL_TIME;
            case SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_DEADLINE -> 0;
            default -> throw new SystemCallError(Errno.EINVAL);
        };
    }

    private long setParameter(int number, long parameter) {
        return setScheduler(number, SCHED_OTHER, parameter);
    }

    private long setScheduler(int number, int policy, long parameter) {
        if (policy < 0 || parameter == 0 || number < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        int priority = Structure.of(memory.read(parameter, 4)).getInt(0);
        check(number);
        int plain = policy & ~SCHED_RESET_ON_FORK;
        int highest = highest(plain);
        boolean fits = highest == 0 ? priority == 0 : priority >= 1 && priority <= highest;
        if (!fits || plain == SCHED_DEADLINE) {
            throw new SystemCallError(Errno.EINVAL);
        }
        // Real time is a privilege, and the other policies are no different where nobody else is.
        if (plain != SCHED_OTHER) {
            throw new SystemCallError(Errno.EPERM);
        }
        return 0;
    }

    private long getScheduler(int number) {
        check(number);
        return SCHED_OTHER;
    }

    private long getParameter(int number, long out) {
        if (out == 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        check(number);
        memory.writeInt(out, 0);
        return 0;
    }

    private long interval(int number, long out) {
        check(number);
        memory.write(out, Timespec.bytes(SLICE_NANOS));
        return 0;
    }

    // -- the CPU -----------------------------------------------------------------------------------------------------

    private long setAffinity(int number, long size, long mask) {
        if (size == 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        boolean first = (memory.read(mask, 1)[0] & 1) != 0;
        check(number);
        return first ? 0 : -Errno.EINVAL;
    }

    private long getAffinity(int number, long size, long mask) {
        if (size < 8 || (size & 7) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        check(number);
        memory.writeLong(mask, 1);
        return 8;
    }

    private long getCpu(long cpu, long node) {
        if (cpu != 0) {
            memory.writeInt(cpu, 0);
        }
        if (node != 0) {
            memory.writeInt(node, 0);
        }
        return 0;
    }
}
