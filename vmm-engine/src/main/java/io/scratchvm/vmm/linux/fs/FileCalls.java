package io.scratchvm.vmm.linux.fs;

import static io.scratchvm.vmm.linux.file.OpenFlags.*;

import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.NoReturn;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;

/** Calls that make and end descriptors and move their offsets: open, close, dup, lseek and the like. */
final class FileCalls implements SystemCallFamily {
    private static final int SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2, SEEK_DATA = 3, SEEK_HOLE = 4;
    private static final int DEVICE_MODE = 0666, TEXT_MODE = 0444;
    private static final int CLOSE_RANGE_UNSHARE = 2, CLOSE_RANGE_CLOEXEC = 4;

    private final Host host;
    private final OutputLimit limit;
    private final Descriptors descriptors;
    private final FileNames names;
    private final KernelFiles files;

    FileCalls(Host host, OutputLimit limit, Descriptors descriptors, FileNames names, KernelFiles files) {
        this.host = host;
        this.limit = limit;
        this.descriptors = descriptors;
        this.names = names;
        this.files = files;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 2 -> open(FileNames.AT_FDCWD, a0, (int) a1, a2);
            case 3 -> close((int) a0);
            case 8 -> lseek((int) a0, a1, (int) a2);
            case 32 -> dup((int) a0);
            case 33 -> dup2((int) a0, (int) a1);
            case 85 -> open(FileNames.AT_FDCWD, a0, O_CREAT | O_WRONLY | O_TRUNC, a1);
            case 257 -> open((int) a0, a1, (int) a2, a3);
            case 292 -> dup3((int) a0, (int) a1, (int) a2);
            case 436 -> closeRange(a0, a1, (int) a2);
            default -> NOT_MINE;
        };
    }

    // -- open
    // ----------------------------------------------------------------------------------------------------------

    private long open(int directory, long path, int flags, long mode) throws IOException {
        checkFlags(flags);
        if ((flags & O_CREAT) != 0) {
            names.checkCreatable(directory, path);
        }
        boolean keepLink = (flags & O_NOFOLLOW) != 0 || (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
        PathResolver.Target target = keepLink ? names.noFollow(directory, path) : names.follow(directory, path);
        int descriptor = descriptors.free(0);
        OpenFile file = target.exists() ? openExisting(target, flags) : create(target, flags, mode);
        return descriptors.put(descriptor, file, (flags & O_CLOEXEC) != 0);
    }

    private static void checkFlags(int flags) {
        boolean createsDirectory = (flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY);
        if ((flags & O_ACCMODE) == O_ACCMODE || (flags & O_PATH) != 0 || createsDirectory) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if ((flags & O_TMPFILE) != 0) {
            throw new SystemCallError(Errno.EOPNOTSUPP);
        }
    }

    private OpenFile openExisting(PathResolver.Target target, int flags) throws IOException {
        FileStatus status = target.status();
        OpenFile open = status.kind() == FileStatus.Kind.OTHER ? files.open(target.path()) : null;
        if (open != null) {
            return again(open, flags);
        }
        checkOpening(target, flags);
        if (status.isDirectory()) {
            return new OpenFile(
                    descriptors.newId(), FileKind.DIRECTORY, target.path(), flags, status.permissions(), null);
        }
        if (status.kind() == FileStatus.Kind.DEVICE) {
            return new OpenFile(descriptors.newId(), FileKind.DEVICE, target.path(), flags, DEVICE_MODE, null);
        }
        byte[] text = files.text(target.path());
        if (text != null) {
            return snapshot(target.path(), flags, text);
        }
        HostFile file = host.open(target.path(), access(flags));
        if ((flags & O_TRUNC) != 0) {
            empty(target, file, flags);
        }
        return description(target, flags, status.permissions(), file);
    }

    private static void checkOpening(PathResolver.Target target, int flags) {
        if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL)) {
            throw new SystemCallError(Errno.EEXIST);
        }
        if (target.status().isDirectory()) {
            if (writable(flags) || (flags & (O_CREAT | O_TRUNC)) != 0) {
                throw new SystemCallError(Errno.EISDIR);
            }
            return;
        }
        if ((flags & O_DIRECTORY) != 0) {
            throw new SystemCallError(Errno.ENOTDIR);
        }
        if (target.status().kind() == FileStatus.Kind.LINK) {
            throw new SystemCallError(Errno.ELOOP);
        }
        if (target.status().kind() == FileStatus.Kind.OTHER || !allows(target.status(), flags)) {
            throw new SystemCallError(Errno.EACCES);
        }
    }

    /** What has no name but the descriptor is shared with it. */
    private static OpenFile again(OpenFile open, int flags) {
        if (readable(flags) && !open.isReadable() || writable(flags) && !open.isWritable()) {
            throw new SystemCallError(Errno.EACCES);
        }
        return open;
    }

    /** What a file of the kernel's holds now. Nothing leads to it any more, so that an image holds its bytes. */
    private OpenFile snapshot(GuestPath path, int flags, byte[] text) throws IOException {
        HostFile bytes = host.createUnnamed();
        bytes.write(0, text, 0, text.length);
        OpenFile file = new OpenFile(descriptors.newId(), FileKind.FILE, path, flags, TEXT_MODE, bytes);
        file.markDeleted();
        return file;
    }

    /** The guest's user owns every file, so the owner's bits decide, whoever the VMM's user is. */
    private static boolean allows(FileStatus status, int flags) {
        int wanted = (readable(flags) ? 0400 : 0) | (writable(flags) || (flags & O_TRUNC) != 0 ? 0200 : 0);
        return (status.permissions() & wanted) == wanted;
    }

    /** O_TRUNC; Linux truncates a file that is opened for reading only, too. */
    private void empty(PathResolver.Target target, HostFile file, int flags) throws IOException {
        try {
            descriptors.system().pages().afterResize(file.key(), 0);
            if (writable(flags)) {
                file.setSize(0);
                return;
            }
            try (HostFile writable = host.open(target.path(), Host.Access.WRITE)) {
                writable.setSize(0);
            }
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private OpenFile create(PathResolver.Target target, int flags, long mode) throws IOException {
        if ((flags & O_CREAT) == 0) {
            throw new SystemCallError(Errno.ENOENT);
        }
        if (target.namesDirectory()) {
            // By way of a link: checkCreatable has seen the path itself.
            throw new SystemCallError(Errno.EISDIR);
        }
        if (!limit.takeAll(OutputLimit.NEW_FILE)) {
            throw new NoReturn(Outcome.OUTPUT_LIMIT);
        }
        int permissions = names.permissions(mode);
        return description(target, flags, permissions, host.create(target.path(), access(flags), permissions));
    }

    private OpenFile description(PathResolver.Target target, int flags, int mode, HostFile file) {
        return new OpenFile(descriptors.newId(), FileKind.FILE, target.path(), flags, mode, file);
    }

    // -- descriptors
    // ---------------------------------------------------------------------------------------------------

    private long close(int descriptor) throws IOException {
        descriptors.close(descriptor);
        return 0;
    }

    private long dup(int descriptor) {
        OpenFile file = descriptors.get(descriptor);
        return descriptors.put(descriptors.free(0), file, false);
    }

    private long dup2(int from, int to) throws IOException {
        if (from == to) {
            descriptors.get(from);
            return to;
        }
        return descriptors.replace(from, to, false);
    }

    private long dup3(int from, int to, int flags) throws IOException {
        if (from == to || (flags & ~O_CLOEXEC) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return descriptors.replace(from, to, (flags & O_CLOEXEC) != 0);
    }

    /** close_range(2), on the descriptors that there are in it. */
    private long closeRange(long first, long last, int flags) throws IOException {
        long from = first & 0xffff_ffffL;
        long to = last & 0xffff_ffffL;
        if (from > to || (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        for (int i = (int) Math.min(from, Descriptors.LIMIT); i < Descriptors.LIMIT && i <= to; i++) {
            if (!descriptors.isOpen(i)) {
                continue;
            }
            if ((flags & CLOSE_RANGE_CLOEXEC) != 0) {
                descriptors.setCloseOnExec(i, true);
            } else {
                descriptors.close(i);
            }
        }
        return 0;
    }

    // -- offsets -----------------------------------------------------------------------------------------------------

    private long lseek(int descriptor, long distance, int whence) throws IOException {
        OpenFile file = descriptors.get(descriptor);
        if (file.kind() == FileKind.DEVICE || file.anonymous() != null && file.kind() != FileKind.SOCKET) {
            return 0;
        }
        if (!file.isFile() && !file.isDirectory()) {
            throw new SystemCallError(Errno.ESPIPE);
        }
        long size = file.isFile() ? file.file().size() : Integer.MAX_VALUE;
        long offset =
                switch (whence) {
                    case SEEK_SET -> distance;
                    case SEEK_CUR -> sum(file.offset(), distance);
                    case SEEK_END -> sum(size, distance);
                    case SEEK_DATA -> inside(distance, size, distance);
                    case SEEK_HOLE -> inside(distance, size, size);
                    default -> throw new SystemCallError(Errno.EINVAL);
                };
        if (offset < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        file.seek(offset);
        return offset;
    }

    private static long sum(long base, long distance) {
        if (distance > 0 && base > Long.MAX_VALUE - distance) {
            throw new SystemCallError(Errno.EOVERFLOW);
        }
        return base + distance;
    }

    /** Files count as all data up to their end, as lseek(2) allows. */
    private static long inside(long distance, long size, long result) {
        if (distance < 0 || distance >= size) {
            throw new SystemCallError(Errno.ENXIO);
        }
        return result;
    }
}
