package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.NoReturn;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;

/** Calls about the calling task and its process among the others: who they are, and their end. */
final class TaskCalls implements SystemCallFamily {
    private final LinuxProcess process;
    private final Processes processes;
    private final Scheduler scheduler;

    TaskCalls(LinuxProcess process, Processes processes, ProcessEnvironment environment) {
        this.process = process;
        this.processes = processes;
        this.scheduler = environment.scheduler();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 24 -> yieldTurn();
            case 39 -> process.id();
            case 60 -> exit((int) a0);
            case 109 -> setGroup((int) a0, (int) a1);
            case 110 -> process.relations().parent;
            case 111 -> process.relations().group;
            case 112 -> beginSession();
            case 121 -> named((int) a0).relations().group;
            case 124 -> named((int) a0).relations().session;
            case 186 -> task().id();
            case 218 -> setTidAddress(a0);
            case 231 -> throw new NoReturn(Outcome.exited((int) a0));
            default -> NOT_MINE;
        };
    }

    private Task task() {
        return scheduler.current();
    }

    private long yieldTurn() {
        scheduler.endTurn();
        return 0;
    }

    private long setTidAddress(long address) {
        task().clearChildTid = address;
        return task().id();
    }

    /** The process ends with its last task, and with the status that its first one gave. */
    private long exit(int status) {
        if (task().isFirst()) {
            process.relations().firstStatus = status & 0xff;
        }
        boolean last = process.tasks().size() == 1;
        throw new NoReturn(last ? Outcome.exited(process.relations().firstStatus) : Outcome.TASK_EXITED);
    }

    // -- groups and sessions ------------------------------------------------------------------------------------------

    private LinuxProcess named(int id) {
        LinuxProcess named = id == 0 ? process : processes.find(id);
        if (named == null) {
            throw new SystemCallError(Errno.ESRCH);
        }
        return named;
    }

    private long setGroup(int id, int group) {
        if (group < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Relations own = process.relations();
        Relations target = named(id).relations();
        if (target != own && target.parent != own.id()) {
            throw new SystemCallError(Errno.ESRCH);
        }
        if (target != own && target.executed) {
            throw new SystemCallError(Errno.EACCES);
        }
        int wanted = group == 0 ? target.id() : group;
        boolean known = wanted == target.id() || isGroupOf(own.session, wanted);
        if (target.session != own.session || target.session == target.id() || !known) {
            throw new SystemCallError(Errno.EPERM);
        }
        target.group = wanted;
        return 0;
    }

    private boolean isGroupOf(int session, int group) {
        for (LinuxProcess other : processes.all()) {
            if (other.relations().group == group && other.relations().session == session) {
                return true;
            }
        }
        return false;
    }

    private long beginSession() {
        Relations own = process.relations();
        for (LinuxProcess other : processes.all()) {
            if (other.relations().group == own.id()) {
                throw new SystemCallError(Errno.EPERM);
            }
        }
        own.group = own.id();
        own.session = own.id();
        return own.id();
    }
}
