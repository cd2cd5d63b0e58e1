package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.ResourceLimitsState.Limit;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;

/** Calls about resource limits: getrlimit(2), setrlimit(2), prlimit(2). */
final class LimitCalls implements SystemCallFamily {
    private static final int RLIMIT = 16;

    private final UserMemory memory;
    private final Scheduler scheduler;
    private final ResourceLimits limits;

    LimitCalls(ProcessEnvironment environment, ResourceLimits limits) {
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
        this.limits = limits;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 97 -> get((int) a0, a1);
            case 160 -> set((int) a0, a1);
            case 302 -> exchange((int) a0, (int) a1, a2, a3);
            default -> NOT_MINE;
        };
    }

    private long get(int resource, long out) {
        tell(limits.get(resource), out);
        return 0;
    }

    private long set(int resource, long in) {
        limits.get(resource);
        limits.set(read(resource, in));
        return 0;
    }

    private long exchange(int who, int resource, long in, long out) {
        limits.get(resource);
        Limit wanted = in == 0 ? null : read(resource, in);
        ResourceLimits theirs = of(who);
        Limit old = theirs.get(resource);
        if (wanted != null) {
            theirs.set(wanted);
        }
        if (out != 0) {
            tell(old, out);
        }
        return 0;
    }

    private ResourceLimits of(int who) {
        return scheduler.named(who).process().limits();
    }

    private Limit read(int resource, long in) {
        Structure limit = Structure.of(memory.read(in, RLIMIT));
        return new Limit(resource, limit.getLong(0), limit.getLong(8));
    }

    private void tell(Limit limit, long out) {
        memory.write(
                out,
                new Structure(RLIMIT)
                        .putLong(0, limit.soft())
                        .putLong(8, limit.hard())
                        .bytes());
    }
}
