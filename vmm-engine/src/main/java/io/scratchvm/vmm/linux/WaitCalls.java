package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.signal.SignalInfo;
import io.scratchvm.vmm.linux.signal.Signals;
import java.util.function.Predicate;

/** Calls that wait for a child's end: wait4(2), waitid(2). No child is ever stopped or continued. */
final class WaitCalls implements SystemCallFamily {
    private static final int WNOHANG = 1,
            WUNTRACED = 2,
            WEXITED = 4,
            WCONTINUED = 8,
            WNOWAIT = 0x100_0000,
            WNOTHREAD = 0x2000_0000,
            WALL = 0x4000_0000,
            WCLONE = 0x8000_0000;
    private static final int P_ALL = 0, P_PID = 1, P_PGID = 2;

    private final LinuxProcess process;
    private final UserMemory memory;
    private final Processes processes;

    WaitCalls(LinuxProcess process, Processes processes, ProcessEnvironment environment) {
        this.process = process;
        this.memory = environment.memory();
        this.processes = processes;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 61 -> wait4((int) a0, a1, (int) a2, a3);
            case 247 -> waitid((int) a0, (int) a1, a2, (int) a3, a4);
            default -> NOT_MINE;
        };
    }

    private long wait4(int id, long status, int options, long usage) {
        if ((options & ~(WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD | WALL | WCLONE)) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (id == Integer.MIN_VALUE) {
            throw new SystemCallError(Errno.ESRCH);
        }
        Predicate<Relations> wanted = id > 0
                ? child -> child.id() == id
                : id == -1 ? child -> true : inGroup(id == 0 ? process.relations().group : -id);
        LinuxProcess ended = await(wanted, options);
        if (ended == null) {
            return 0;
        }
        if (status != 0) {
            memory.writeInt(status, ended.relations().status);
        }
        tellUsage(usage, ended);
        reap(ended);
        return ended.id();
    }

    private long waitid(int kind, int id, long info, int options, long usage) {
        boolean known =
                (options & ~(WNOHANG | WUNTRACED | WEXITED | WCONTINUED | WNOWAIT | WNOTHREAD | WALL | WCLONE)) == 0;
        if (!known || (options & (WEXITED | WUNTRACED | WCONTINUED)) == 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Predicate<Relations> wanted = (options & WEXITED) == 0 ? child -> false : selected(kind, id);
        LinuxProcess ended = await(wanted, options);
        if (info != 0) {
            memory.write(
                    info,
                    ended == null
                            ? new byte[SignalInfo.SIZE]
                            : SignalInfo.byChild(Signals.SIGCHLD, ended.id(), ended.relations().status)
                                    .bytes());
        }
        if (ended == null) {
            return 0;
        }
        tellUsage(usage, ended);
        if ((options & WNOWAIT) == 0) {
            reap(ended);
        }
        return 0;
    }

    private Predicate<Relations> selected(int kind, int id) {
        boolean right = kind == P_ALL || kind == P_PID && id > 0 || kind == P_PGID && id >= 0;
        if (!right) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return switch (kind) {
            case P_ALL -> child -> true;
            case P_PID -> child -> child.id() == id;
            default -> inGroup(id == 0 ? process.relations().group : id);
        };
    }

    private static Predicate<Relations> inGroup(int group) {
        return child -> child.group == group;
    }

    /**
     * A wanted child that has ended; null if none has and the call does not wait.
     *
     * @throws SystemCallError ECHILD if there is no such child
     */
    private @Nullable LinuxProcess await(Predicate<Relations> wanted, int options) {
        LinuxProcess ended = find(wanted, options);
        if (ended == null && (options & WNOHANG) == 0) {
            throw new Blocked(Wait.forCondition(() -> isAnswered(wanted, options)));
        }
        return ended;
    }

    private boolean isAnswered(Predicate<Relations> wanted, int options) {
        try {
            return find(wanted, options) != null;
        } catch (SystemCallError noChildLeft) {
            return true;
        }
    }

    private @Nullable LinuxProcess find(Predicate<Relations> wanted, int options) {
        boolean any = false;
        for (LinuxProcess child : processes.childrenOf(process.id())) {
            Relations relations = child.relations();
            boolean isClone = relations.exitSignal != Signals.SIGCHLD;
            boolean looked = (options & WALL) != 0 || isClone == ((options & WCLONE) != 0);
            if (looked && wanted.test(relations)) {
                if (relations.hasEnded()) {
                    return child;
                }
                any = true;
            }
        }
        if (!any) {
            throw new SystemCallError(Errno.ECHILD);
        }
        return null;
    }

    private void tellUsage(long address, LinuxProcess ended) {
        if (address != 0) {
            memory.write(address, UsageCalls.rusage(ended.cpuTime().ofFamily()));
        }
    }

    /** Nobody waits for it again. */
    private void reap(LinuxProcess ended) {
        process.cpuTime().addChild(ended);
        processes.remove(ended);
    }
}
