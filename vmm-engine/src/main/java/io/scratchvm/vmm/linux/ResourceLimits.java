package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.linux.ResourceLimitsState.Limit;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.signal.PendingSignals;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A process's resource limits (getrlimit(2)). The number of open files is limited as it says; what else a program forbids
 * itself it is told again, and not held to: the VM's own limits are the user's.
 */
final class ResourceLimits {
    static final int STACK = 3,
            CORE = 4,
            OPEN_FILES = 7,
            SIGNALS_PENDING = 11,
            NICENESS = 13,
            REAL_TIME_PRIORITY = 14,
            COUNT = 16;

    private static final long STACK_BYTES = 8 << 20;
    private static final long INFINITY = -1;

    private final Map<Integer, Limit> changed = new TreeMap<>();

    /** @throws VmmException if {@code state} names a limit twice, or one that is none */
    ResourceLimits(ResourceLimitsState state) {
        for (Limit limit : state.changed()) {
            boolean good = limit.resource() >= 0
                    && limit.resource() < COUNT
                    && Long.compareUnsigned(limit.soft(), limit.hard()) <= 0
                    && Long.compareUnsigned(
                                    limit.hard(), initial(limit.resource()).hard())
                            <= 0
                    && changed.put(limit.resource(), limit) == null;
            if (!good) {
                throw new VmmException("the saved resource limits cannot be right: " + limit);
            }
        }
    }

    ResourceLimitsState state() {
        return new ResourceLimitsState(List.copyOf(changed.values()));
    }

    /** @throws SystemCallError EINVAL if {@code resource} is none */
    Limit get(int resource) {
        if (resource < 0 || resource >= COUNT) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return changed.getOrDefault(resource, initial(resource));
    }

    private static Limit initial(int resource) {
        long hard =
                switch (resource) {
                    case OPEN_FILES -> Descriptors.LIMIT;
                    case CORE, NICENESS, REAL_TIME_PRIORITY -> 0;
                    case SIGNALS_PENDING -> PendingSignals.MOST;
                    default -> INFINITY;
                };
        return new Limit(resource, resource == STACK ? STACK_BYTES : hard, hard);
    }

    /** @throws SystemCallError EINVAL, or EPERM for a hard limit that is to be raised */
    void set(Limit limit) {
        if (Long.compareUnsigned(limit.soft(), limit.hard()) > 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (Long.compareUnsigned(limit.hard(), get(limit.resource()).hard()) > 0) {
            throw new SystemCallError(Errno.EPERM);
        }
        changed.put(limit.resource(), limit);
    }

    /** What descriptors are below. */
    int openFiles() {
        return (int) get(OPEN_FILES).soft();
    }
}
