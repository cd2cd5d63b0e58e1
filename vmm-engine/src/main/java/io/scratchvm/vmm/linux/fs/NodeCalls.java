package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.NoReturn;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.OpenFlags;
import java.io.IOException;

/**
 * Calls that make files other than by opening them: mknod(2), memfd_create(2). The file system has regular files only, and
 * says so as those do that have no FIFOs.
 */
final class NodeCalls implements SystemCallFamily {
    private static final int S_IFMT = 0170000,
            S_IFIFO = 0010000,
            S_IFCHR = 0020000,
            S_IFDIR = 0040000,
            S_IFBLK = 0060000,
            S_IFREG = 0100000,
            S_IFSOCK = 0140000;
    private static final int MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2;
    private static final int LONGEST_MEMORY_NAME = 249;
    private static final int MEMORY_FILE_MODE = 0777;

    private final UserMemory memory;
    private final Host host;
    private final OutputLimit limit;
    private final Descriptors descriptors;
    private final FileNames names;

    NodeCalls(UserMemory memory, Host host, OutputLimit limit, Descriptors descriptors, FileNames names) {
        this.memory = memory;
        this.host = host;
        this.limit = limit;
        this.descriptors = descriptors;
        this.names = names;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 133 -> makeNode(FileNames.AT_FDCWD, a0, (int) a1);
            case 259 -> makeNode((int) a0, a1, (int) a2);
            case 319 -> makeMemoryFile(a0, (int) a1);
            default -> NOT_MINE;
        };
    }

    private long makeNode(int directory, long path, int mode) throws IOException {
        switch (mode & S_IFMT) {
            case 0, S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK -> {}
            case S_IFDIR -> throw new SystemCallError(Errno.EPERM);
            default -> throw new SystemCallError(Errno.EINVAL);
        }
        PathResolver.Target target = names.creatable(directory, path);
        if ((mode & S_IFMT) != 0 && (mode & S_IFMT) != S_IFREG) {
            throw new SystemCallError(Errno.EPERM);
        }
        takeNewFile();
        host.create(target.path(), Host.Access.WRITE, names.permissions(mode)).close();
        return 0;
    }

    /** A file without a name, which an image holds as it does one that was deleted. */
    private long makeMemoryFile(long name, int flags) throws IOException {
        if ((flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING)) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (memory.readString(name, UserMemory.PATH_MAX).length > LONGEST_MEMORY_NAME) {
            throw new SystemCallError(Errno.EINVAL);
        }
        int descriptor = descriptors.free(0);
        takeNewFile();
        OpenFile file = new OpenFile(
                descriptors.newId(),
                FileKind.FILE,
                GuestPath.ROOT.resolve("memfd"),
                OpenFlags.O_RDWR,
                MEMORY_FILE_MODE,
                host.createUnnamed());
        file.markDeleted();
        return descriptors.put(descriptor, file, (flags & MFD_CLOEXEC) != 0);
    }

    private void takeNewFile() {
        if (!limit.takeAll(OutputLimit.NEW_FILE)) {
            throw new NoReturn(Outcome.OUTPUT_LIMIT);
        }
    }
}
