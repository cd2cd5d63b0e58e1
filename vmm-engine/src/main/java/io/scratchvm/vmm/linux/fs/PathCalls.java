package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.NoReturn;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Calls that work on names: directories, links, renaming, deleting, what may be done with a file. */
final class PathCalls implements SystemCallFamily {
    private static final int HERE = FileNames.AT_FDCWD;
    private static final int AT_REMOVEDIR = 0x200, AT_EACCESS = 0x200, AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int RENAME_NOREPLACE = 1;
    private final UserMemory memory;
    private final Host host;
    private final OutputLimit limit;
    private final Descriptors descriptors;
    private final FileNames names;
    private final KernelFiles files;

    PathCalls(
            UserMemory memory,
            Host host,
            OutputLimit limit,
            Descriptors descriptors,
            FileNames names,
            KernelFiles files) {
        this.memory = memory;
        this.host = host;
        this.limit = limit;
        this.descriptors = descriptors;
        this.names = names;
        this.files = files;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 21 -> access(HERE, a0, (int) a1, 0);
            case 79 -> getcwd(a0, a1);
            case 80 -> chdir(a0);
            case 81 -> fchdir((int) a0);
            case 82 -> rename(HERE, a0, HERE, a1, 0);
            case 83 -> mkdir(HERE, a0, a1);
            case 84 -> rmdir(HERE, a0);
            case 87 -> unlink(HERE, a0);
            case 89 -> readlink(HERE, a0, a1, (int) a2);
            case 95 -> umask((int) a0);
            case 258 -> mkdir((int) a0, a1, a2);
            case 263 -> unlinkat((int) a0, a1, (int) a2);
            case 264 -> rename((int) a0, a1, (int) a2, a3, 0);
            case 267 -> readlink((int) a0, a1, a2, (int) a3);
            case 269 -> access((int) a0, a1, (int) a2, 0);
            case 316 -> rename((int) a0, a1, (int) a2, a3, (int) a4);
            case 439 -> access((int) a0, a1, (int) a2, (int) a3);
            default -> NOT_MINE;
        };
    }

    // -- the process's place -----------------------------------------------------------------------------------------

    private long getcwd(long address, long size) {
        byte[] path = terminated(names.workingDirectory().toString());
        if (Long.compareUnsigned(size, path.length) < 0) {
            throw new SystemCallError(Errno.ERANGE);
        }
        memory.write(address, path);
        return path.length;
    }

    private static byte[] terminated(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private long chdir(long path) throws IOException {
        PathResolver.Target target = names.existing(HERE, path);
        if (!target.status().isDirectory()) {
            throw new SystemCallError(Errno.ENOTDIR);
        }
        names.changeDirectory(target.path());
        return 0;
    }

    private long fchdir(int descriptor) {
        OpenFile file = descriptors.get(descriptor);
        if (!file.isDirectory()) {
            throw new SystemCallError(Errno.ENOTDIR);
        }
        names.changeDirectory(file.path());
        return 0;
    }

    private long umask(int mask) {
        int old = names.umask();
        names.setUmask(mask);
        return old;
    }

    // -- questions
    // -----------------------------------------------------------------------------------------------------

    /** The guest's user owns every file: the owner's bits decide. */
    private long access(int directory, long path, int mode, int flags) throws IOException {
        if ((mode & ~7) != 0 || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW)) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        boolean keepLink = (flags & AT_SYMLINK_NOFOLLOW) != 0;
        PathResolver.Target target =
                keepLink ? names.existingNoFollow(directory, path) : names.existing(directory, path);
        if ((target.status().permissions() >> 6 & mode) != mode) {
            throw new SystemCallError(Errno.EACCES);
        }
        return 0;
    }

    private long readlink(int directory, long path, long address, int size) throws IOException {
        if (size <= 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        PathResolver.Target target = names.existingNoFollow(directory, path);
        if (target.status().kind() != FileStatus.Kind.LINK) {
            throw new SystemCallError(Errno.EINVAL);
        }
        byte[] text = files.readLink(target.path()).getBytes(StandardCharsets.UTF_8);
        memory.write(address, java.util.Arrays.copyOf(text, Math.min(text.length, size)));
        return Math.min(text.length, size);
    }

    // -- changes
    // -------------------------------------------------------------------------------------------------------

    private long mkdir(int directory, long path, long mode) throws IOException {
        PathResolver.Target target = names.noFollow(directory, path);
        if (target.exists()) {
            throw new SystemCallError(Errno.EEXIST);
        }
        if (!limit.takeAll(OutputLimit.NEW_FILE)) {
            throw new NoReturn(Outcome.OUTPUT_LIMIT);
        }
        host.createDirectory(target.path(), names.permissions(mode));
        return 0;
    }

    private long unlinkat(int directory, long path, int flags) throws IOException {
        if ((flags & ~AT_REMOVEDIR) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return flags == 0 ? unlink(directory, path) : rmdir(directory, path);
    }

    private long unlink(int directory, long path) throws IOException {
        PathResolver.Target target = names.existingNoFollow(directory, path);
        if (target.status().isDirectory()) {
            throw new SystemCallError(Errno.EISDIR);
        }
        host.delete(target.path());
        descriptors.deleted(target.path());
        return 0;
    }

    private long rmdir(int directory, long path) throws IOException {
        PathResolver.Target target = names.existingNoFollow(directory, path);
        if (!target.status().isDirectory()) {
            throw new SystemCallError(Errno.ENOTDIR);
        }
        switch (lastName(path)) {
            case "." -> throw new SystemCallError(Errno.EINVAL);
            case ".." -> throw new SystemCallError(Errno.ENOTEMPTY);
            case "" -> throw new SystemCallError(Errno.EBUSY);
            default -> host.delete(target.path());
        }
        descriptors.deleted(target.path());
        return 0;
    }

    /** The last component as it is written; empty for the root. */
    private String lastName(long path) {
        String text = names.path(path);
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '/') {
            end--;
        }
        return text.substring(text.lastIndexOf('/', end - 1) + 1, end);
    }

    private long rename(int fromDirectory, long from, int toDirectory, long to, int flags) throws IOException {
        if ((flags & ~RENAME_NOREPLACE) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        PathResolver.Target source = names.noFollow(fromDirectory, from);
        PathResolver.Target target = names.noFollow(toDirectory, to);
        checkRenamed(lastName(from));
        checkRenamed(lastName(to));
        if (!source.exists()) {
            throw new SystemCallError(Errno.ENOENT);
        }
        if (target.exists() && flags == RENAME_NOREPLACE) {
            throw new SystemCallError(Errno.EEXIST);
        }
        if (isSame(source, target)) {
            return 0;
        }
        checkRename(source, target);
        host.rename(source.path(), target.path());
        descriptors.deleted(target.path());
        descriptors.renamed(source.path(), target.path());
        if (names.workingDirectory().startsWith(source.path())) {
            names.changeDirectory(names.workingDirectory().moved(source.path(), target.path()));
        }
        return 0;
    }

    private static void checkRenamed(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new SystemCallError(Errno.EBUSY);
        }
    }

    /** The same name, or two hard links to one file: rename(2) then does nothing. */
    private static boolean isSame(PathResolver.Target source, PathResolver.Target target) {
        if (source.path().equals(target.path())) {
            return true;
        }
        return target.exists()
                && source.status().key() != null
                && source.status().key().equals(target.status().key());
    }

    private static void checkRename(PathResolver.Target source, PathResolver.Target target) {
        boolean directory = source.status().isDirectory();
        if (directory && target.path().startsWith(source.path())) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (!directory && target.namesDirectory()) {
            throw new SystemCallError(Errno.ENOTDIR);
        }
        if (target.exists() && target.status().isDirectory() != directory) {
            throw new SystemCallError(directory ? Errno.ENOTDIR : Errno.EISDIR);
        }
        if (target.exists() && source.path().startsWith(target.path())) {
            throw new SystemCallError(Errno.ENOTEMPTY);
        }
    }
}
