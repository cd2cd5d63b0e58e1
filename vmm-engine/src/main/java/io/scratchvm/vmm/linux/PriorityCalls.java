package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import java.util.List;
import java.util.function.Predicate;

/**
 * Calls about niceness: getpriority(2), setpriority(2). A process keeps it and is told it again; whose turn it is does
 * not depend on it.
 */
final class PriorityCalls implements SystemCallFamily {
    private static final int PRIO_PROCESS = 0, PRIO_PGRP = 1, PRIO_USER = 2;
    static final int KINDEST = 19, LEAST_KIND = -20;

    private final LinuxProcess process;
    private final Processes processes;
    private final Scheduler scheduler;

    PriorityCalls(LinuxProcess process, Processes processes, ProcessEnvironment environment) {
        this.process = process;
        this.processes = processes;
        this.scheduler = environment.scheduler();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 140 -> get((int) a0, (int) a1);
            case 141 -> set((int) a0, (int) a1, (int) a2);
            default -> NOT_MINE;
        };
    }

    /** The kernel's own answer: 20 less the niceness of the least kind, so that it is never negative. */
    private long get(int which, int who) {
        int least = KINDEST;
        for (LinuxProcess each : meant(which, who)) {
            least = Math.min(least, each.niceness());
        }
        return KINDEST + 1 - least;
    }

    /** Linux goes on with the others where it refuses one, and then tells of the last one that it refused. */
    private long set(int which, int who, int wanted) {
        int niceness = Math.max(LEAST_KIND, Math.min(wanted, KINDEST));
        long result = 0;
        for (LinuxProcess each : meant(which, who)) {
            if (niceness < each.niceness()) {
                result = -Errno.EACCES;
            } else {
                each.setNiceness(niceness);
            }
        }
        return result;
    }

    private List<LinuxProcess> meant(int which, int who) {
        List<LinuxProcess> meant =
                switch (which) {
                    case PRIO_PROCESS -> who == 0 ? List.of(process) : ofTask(who);
                    case PRIO_PGRP -> {
                        int group = who == 0 ? process.relations().group : who;
                        yield all(each -> each.relations().group == group);
                    }
                    case PRIO_USER -> all(each -> who == 0 || who == Identity.USER);
                    default -> throw new SystemCallError(Errno.EINVAL);
                };
        if (meant.isEmpty()) {
            throw new SystemCallError(Errno.ESRCH);
        }
        return meant;
    }

    private List<LinuxProcess> ofTask(int id) {
        Task task = scheduler.find(id);
        return task == null ? List.of() : List.of(task.process());
    }

    private List<LinuxProcess> all(Predicate<LinuxProcess> condition) {
        return processes.all().stream().filter(condition).toList();
    }
}
