package io.scratchvm.vmm.linux;

/** Calls about the calling task and its process: who they are, and their end. */
final class TaskCalls implements SystemCallFamily {
    private static final int ROBUST_LIST_HEAD = 24;

    private final LinuxProcess process;
    private final UserMemory memory;
    private final Scheduler scheduler;

    TaskCalls(LinuxProcess process, ProcessEnvironment environment) {
        this.process = process;
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 24 -> yieldTurn();
            case 39 -> process.id();
            case 60, 231 -> throw new NoReturn(Outcome.exited((int) a0));
            case 110 -> Identity.PARENT;
            case 111 -> process.id();
            case 186 -> task().id();
            case 218 -> setTidAddress(a0);
            case 273 -> setRobustList(a0, a1);
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

    private long setRobustList(long address, long size) {
        if (size != ROBUST_LIST_HEAD) {
            throw new SystemCallError(Errno.EINVAL);
        }
        task().robustList = address;
        return 0;
    }
}
