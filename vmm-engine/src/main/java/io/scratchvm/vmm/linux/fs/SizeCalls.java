package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.NoReturn;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;

/** Calls about a file's bytes as a whole: how many there are, and whether they are on the disk. */
final class SizeCalls implements SystemCallFamily {
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int POSIX_FADV_LAST = 5;
    private static final int SYNC_FILE_RANGE_FLAGS = 7;

    private final Host host;
    private final OutputLimit limit;
    private final Descriptors descriptors;
    private final FileNames names;

    SizeCalls(Host host, OutputLimit limit, Descriptors descriptors, FileNames names) {
        this.host = host;
        this.limit = limit;
        this.descriptors = descriptors;
        this.names = names;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 74, 75 -> fsync((int) a0);
            case 76 -> truncate(a0, a1);
            case 77 -> ftruncate((int) a0, a1);
            case 162 -> sync();
            case 187 -> readAhead((int) a0);
            case 221 -> advise((int) a0, a2, (int) a3);
            case 277 -> syncRange((int) a0, a1, a2, (int) a3);
            case 285 -> allocate((int) a0, (int) a1, a2, a3);
            case 306 -> syncFileSystem((int) a0);
            default -> NOT_MINE;
        };
    }

    // -- sizes -------------------------------------------------------------------------------------------------------

    private long ftruncate(int descriptor, long size) throws IOException {
        OpenFile file = descriptors.get(descriptor);
        if (!file.isFile() || !file.isWritable() || size < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        setSize(file.file(), size);
        return 0;
    }

    private long truncate(long path, long size) throws IOException {
        if (size < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        PathResolver.Target target = names.existing(FileNames.AT_FDCWD, path);
        if (target.status().isDirectory()) {
            throw new SystemCallError(Errno.EISDIR);
        }
        try (HostFile file = host.open(target.path(), Host.Access.WRITE)) {
            setSize(file, size);
        }
        return 0;
    }

    private void setSize(HostFile file, long size) throws IOException {
        long oldSize = file.size();
        long growth = Math.max(0, size - oldSize);
        if (!limit.takeAll(growth)) {
            throw new NoReturn(Outcome.OUTPUT_LIMIT);
        }
        file.setSize(size);
        descriptors.system().pages().afterResize(file.key(), Math.min(oldSize, size));
    }

    /** fallocate(2): there is room already, so that at most the size changes. Holes are left to file systems with such. */
    private long allocate(int descriptor, int mode, long offset, long length) throws IOException {
        OpenFile file = descriptors.get(descriptor);
        if (offset < 0 || length <= 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if ((mode & ~FALLOC_FL_KEEP_SIZE) != 0) {
            throw new SystemCallError(Errno.EOPNOTSUPP);
        }
        if (!file.isWritable()) {
            throw new SystemCallError(Errno.EBADF);
        }
        if (!file.isFile()) {
            throw new SystemCallError(Errno.ESPIPE);
        }
        if (offset > Long.MAX_VALUE - length) {
            throw new SystemCallError(Errno.EFBIG);
        }
        if (mode == 0 && offset + length > file.file().size()) {
            setSize(file.file(), offset + length);
        }
        return 0;
    }

    // -- what only ever makes things faster --------------------------------------------------------------------------

    private long readAhead(int descriptor) {
        OpenFile file = descriptors.get(descriptor);
        if (!file.isReadable()) {
            throw new SystemCallError(Errno.EBADF);
        }
        if (!file.isFile()) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return 0;
    }

    private long advise(int descriptor, long length, int advice) {
        OpenFile file = descriptors.get(descriptor);
        if (!file.isFile() && !file.isDirectory()) {
            throw new SystemCallError(Errno.ESPIPE);
        }
        if (length < 0 || advice < 0 || advice > POSIX_FADV_LAST) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return 0;
    }

    // -- to the disk -------------------------------------------------------------------------------------------------

    private long fsync(int descriptor) throws IOException {
        OpenFile file = descriptors.get(descriptor);
        if (file.isFile()) {
            file.file().force();
        } else if (!file.isDirectory()) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return 0;
    }

    private long syncRange(int descriptor, long offset, long length, int flags) throws IOException {
        OpenFile file = descriptors.get(descriptor);
        boolean known = (flags & ~SYNC_FILE_RANGE_FLAGS) == 0;
        if (!known || offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (!file.isFile() && !file.isDirectory()) {
            throw new SystemCallError(Errno.ESPIPE);
        }
        return fsync(descriptor);
    }

    private long syncFileSystem(int descriptor) throws IOException {
        descriptors.get(descriptor);
        return sync();
    }

    /** What the guest has written and closed is the host's to keep; what it has open is forced out. */
    private long sync() throws IOException {
        for (OpenFile file : descriptors.openFiles()) {
            if (file.isFile() && file.isWritable()) {
                file.file().force();
            }
        }
        return 0;
    }
}
