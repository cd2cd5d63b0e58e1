package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.FileLock;
import io.scratchvm.vmm.linux.file.FileLock.Style;
import io.scratchvm.vmm.linux.file.FileLocks;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;
import java.util.List;

/** Calls that lock files: flock(2), and the commands of fcntl(2) that do. */
final class LockCalls implements SystemCallFamily {
    private static final int F_GETLK = 5, F_SETLK = 6, F_SETLKW = 7;
    private static final int F_OFD_GETLK = 36, F_OFD_SETLK = 37, F_OFD_SETLKW = 38;
    private static final int F_RDLCK = 0, F_WRLCK = 1, F_UNLCK = 2;
    private static final int LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8;
    private static final int SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2;

    /** struct flock, and what F_GETLK says of an owner that is no process. */
    private static final int SIZE = 32, NO_PROCESS = -1;

    private final UserMemory memory;
    private final Scheduler scheduler;
    private final Descriptors descriptors;
    private final FileLocks locks;

    LockCalls(ProcessEnvironment environment, Descriptors descriptors) {
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
        this.descriptors = descriptors;
        this.locks = descriptors.system().locks();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return number == 73 ? lockWhole((int) a0, (int) a1) : NOT_MINE;
    }

    // -- flock --------------------------------------------------------------------------------------------------------

    private long lockWhole(int descriptor, int operation) {
        OpenFile file = descriptors.get(descriptor);
        int kind = operation & ~LOCK_NB;
        if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN) {
            throw new SystemCallError(Errno.EINVAL);
        }
        FileLock wanted = new FileLock(FileLock.inode(file), Style.WHOLE, file, 0, Long.MAX_VALUE, kind == LOCK_EX);
        if (kind == LOCK_UN) {
            locks.give(wanted);
        } else if (!locks.held().contains(wanted)) {
            // As on Linux, one that is changed is given up first.
            locks.give(wanted);
            take(wanted, (operation & LOCK_NB) == 0);
        }
        return 0;
    }

    // -- fcntl --------------------------------------------------------------------------------------------------------

    /** Whether {@link #control} knows a command of fcntl(2). */
    static boolean isCommand(int command) {
        return command >= F_GETLK && command <= F_SETLKW || command >= F_OFD_GETLK && command <= F_OFD_SETLKW;
    }

    /** Carries out such a command. */
    long control(OpenFile file, int command, long address) throws IOException {
        Structure in = Structure.of(memory.read(address, SIZE));
        boolean ofProcess = command <= F_SETLKW;
        if (!ofProcess && in.getInt(24) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        int type = in.getShort(0);
        if (type < F_RDLCK || type > F_UNLCK) {
            throw new SystemCallError(Errno.EINVAL);
        }
        FileLock wanted = wanted(file, ofProcess, type == F_WRLCK, in);
        switch (command) {
            case F_GETLK, F_OFD_GETLK -> tell(wanted, type, in, address);
            default -> set(file, wanted, type, command == F_SETLKW || command == F_OFD_SETLKW);
        }
        return 0;
    }

    private FileLock wanted(OpenFile file, boolean ofProcess, boolean exclusive, Structure in) throws IOException {
        long base =
                switch (in.getShort(2)) {
                    case SEEK_SET -> 0;
                    case SEEK_CUR -> file.offset();
                    case SEEK_END -> file.isFile() ? file.file().size() : 0;
                    default -> throw new SystemCallError(Errno.EINVAL);
                };
        long start = in.getLong(8);
        long length = in.getLong(16);
        if (start > Long.MAX_VALUE - base) {
            throw new SystemCallError(Errno.EOVERFLOW);
        }
        start += base;
        if (start < 0 || length < 0 && start + length < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (length > 0 && length - 1 > Long.MAX_VALUE - start) {
            throw new SystemCallError(Errno.EOVERFLOW);
        }
        long first = length < 0 ? start + length : start;
        long last = length == 0 ? Long.MAX_VALUE : length < 0 ? start - 1 : start + length - 1;
        return new FileLock(
                FileLock.inode(file),
                ofProcess ? Style.PROCESS : Style.DESCRIPTION,
                ofProcess ? descriptors : file,
                first,
                last,
                exclusive);
    }

    private void tell(FileLock wanted, int type, Structure out, long address) {
        if (type == F_UNLCK) {
            throw new SystemCallError(Errno.EINVAL);
        }
        FileLock found = locks.conflict(wanted);
        if (found == null) {
            out.putShort(0, F_UNLCK);
        } else {
            boolean endless = found.last() == Long.MAX_VALUE;
            out.putShort(0, found.exclusive() ? F_WRLCK : F_RDLCK)
                    .putShort(2, SEEK_SET)
                    .putLong(8, found.first())
                    .putLong(16, endless ? 0 : found.last() - found.first() + 1)
                    .putInt(24, found.owner() instanceof Descriptors owner ? owner.process() : NO_PROCESS);
        }
        memory.write(address, out.bytes());
    }

    private void set(OpenFile file, FileLock wanted, int type, boolean waits) {
        boolean allowed = type == F_UNLCK || (type == F_WRLCK ? file.isWritable() : file.isReadable());
        if (!allowed) {
            throw new SystemCallError(Errno.EBADF);
        }
        if (type == F_UNLCK) {
            locks.give(wanted);
        } else {
            take(wanted, waits);
        }
    }

    // -- waiting ------------------------------------------------------------------------------------------------------

    /** What other tasks wait for. */
    private List<FileLock> waiting() {
        return scheduler.tasks().stream()
                .filter(task -> task != scheduler.current() && task.lock != null)
                .map(task -> task.lock)
                .toList();
    }

    private void take(FileLock wanted, boolean waits) {
        if (locks.conflict(wanted) == null) {
            locks.take(wanted);
            return;
        }
        if (!waits) {
            throw new SystemCallError(Errno.EAGAIN);
        }
        if (wanted.style() == Style.PROCESS && locks.wouldDeadlock(wanted, waiting())) {
            throw new SystemCallError(Errno.EDEADLK);
        }
        scheduler.current().lock = wanted;
        throw new Blocked(Wait.forCondition(() -> locks.conflict(wanted) == null));
    }
}
