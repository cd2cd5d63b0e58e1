package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.memory.PhysicalMemory;

/**
 * Calls about what has been used of the machine: getrusage(2), times(2), sysinfo(2). All processor time is the programs'
 * own: the kernel takes none.
 */
final class UsageCalls implements SystemCallFamily {
    private static final int RUSAGE_CHILDREN = -1, RUSAGE_SELF = 0, RUSAGE_THREAD = 1;
    private static final long SECOND = 1_000_000_000L, MICROSECOND = 1000;
    /** What times(2) counts: a hundredth of a second. */
    private static final long TICK = SECOND / 100;

    private final UserMemory memory;
    private final Scheduler scheduler;
    private final LinuxProcess process;

    UsageCalls(LinuxProcess process, ProcessEnvironment environment) {
        this.process = process;
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 98 -> usage((int) a0, a1);
            case 99 -> system(a0);
            case 100 -> times(a0);
            default -> NOT_MINE;
        };
    }

    private long usage(int who, long out) {
        long time =
                switch (who) {
                    case RUSAGE_CHILDREN -> process.cpuTime().ofChildren();
                    case RUSAGE_SELF -> process.cpuTime().own();
                    case RUSAGE_THREAD -> scheduler.ran(scheduler.current());
                    default -> throw new SystemCallError(Errno.EINVAL);
                };
        memory.write(out, rusage(time));
        return 0;
    }

    /** struct rusage of who has run for {@code nanos}. */
    static byte[] rusage(long nanos) {
        return new Structure(144)
                .putLong(0, nanos / SECOND)
                .putLong(8, nanos % SECOND / MICROSECOND)
                .bytes();
    }

    private long times(long out) {
        if (out != 0) {
            CpuTime time = process.cpuTime();
            memory.write(
                    out,
                    new Structure(32)
                            .putLong(0, time.own() / TICK)
                            .putLong(16, time.ofChildren() / TICK)
                            .bytes());
        }
        return scheduler.now() / TICK;
    }

    private long system(long out) {
        AddressSpace space = process.space();
        long free = space == null ? memory.size() : space.freeFrames() * PhysicalMemory.PAGE_SIZE;
        Structure system = new Structure(112)
                .putLong(0, scheduler.now() / SECOND)
                .putLong(32, memory.size())
                .putLong(40, free)
                .putShort(80, scheduler.tasks().size())
                .putInt(104, 1);
        memory.write(out, system.bytes());
        return 0;
    }
}
