package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.CharacterDevice;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;

/**
 * Calls of the stat family. What differs from host to host is not shown: inode numbers are made from paths, owners are
 * the guest's, and while time is virtual every file is as old as time.
 */
final class StatusCalls implements SystemCallFamily {
    private static final int AT_SYMLINK_NOFOLLOW = 0x100, AT_NO_AUTOMOUNT = 0x800, AT_EMPTY_PATH = 0x1000;
    private static final int AT_STATX_SYNC_TYPE = 0x6000;

    private static final int S_IFIFO = 0010000,
            S_IFCHR = 0020000,
            S_IFDIR = 0040000,
            S_IFREG = 0100000,
            S_IFLNK = 0120000,
            S_IFSOCK = 0140000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_RESERVED = 0x8000_0000;
    private static final int BLOCK = 4096, SECTOR = 512;
    private static final long SECOND = 1_000_000_000L;

    /** What both structures tell. */
    private record Status(long inode, int links, int mode, int device, long size, long modifiedNanos) {
        long sectors() {
            return size / SECTOR + (size % SECTOR == 0 ? 0 : 1);
        }
    }

    private final UserMemory memory;
    private final Host host;
    private final Clock clock;
    private final Descriptors descriptors;
    private final FileNames names;

    StatusCalls(UserMemory memory, Host host, Clock clock, Descriptors descriptors, FileNames names) {
        this.memory = memory;
        this.host = host;
        this.clock = clock;
        this.descriptors = descriptors;
        this.names = names;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 4 -> stat(of(names.existing(FileNames.AT_FDCWD, a0)), a1);
            case 5 -> stat(of(descriptors.get((int) a0)), a1);
            case 6 -> stat(of(names.existingNoFollow(FileNames.AT_FDCWD, a0)), a1);
            case 262 -> newfstatat((int) a0, a1, a2, (int) a3);
            case 332 -> statx((int) a0, a1, (int) a2, (int) a3, a4);
            default -> NOT_MINE;
        };
    }

    private long newfstatat(int directory, long path, long out, int flags) throws IOException {
        if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH)) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return stat(at(directory, path, flags), out);
    }

    private Status at(int directory, long path, int flags) throws IOException {
        if ((flags & AT_EMPTY_PATH) != 0 && names.path(path).isEmpty()) {
            return directory == FileNames.AT_FDCWD
                    ? of(names.workingDirectory(), host.status(names.workingDirectory()))
                    : of(descriptors.get(directory));
        }
        boolean keepLink = (flags & AT_SYMLINK_NOFOLLOW) != 0;
        return of(keepLink ? names.existingNoFollow(directory, path) : names.existing(directory, path));
    }

    // -- what is told
    // --------------------------------------------------------------------------------------------------

    private Status of(PathResolver.Target target) {
        return of(target.path(), target.status());
    }

    private Status of(GuestPath path, FileStatus status) {
        return new Status(
                inode(path),
                status.isDirectory() ? 2 : 1,
                mode(status),
                status.kind() == FileStatus.Kind.DEVICE ? device(path) : 0,
                size(status),
                time(status.modifiedNanos()));
    }

    private Status of(OpenFile file) throws IOException {
        return switch (file.kind()) {
            case STANDARD_INPUT, STANDARD_OUTPUT, STANDARD_ERROR, PIPE ->
                new Status(file.id() + 1, 1, S_IFIFO | file.mode(), 0, 0, time(0));
            case SOCKET -> new Status(file.id() + 1, 1, S_IFSOCK | file.mode(), 0, 0, time(0));
            case EVENT, TIMER, SIGNALS, EPOLL -> new Status(file.id() + 1, 1, file.mode(), 0, 0, time(0));
            case DIRECTORY -> new Status(inode(file.path()), 2, S_IFDIR | file.mode(), 0, BLOCK, time(modified(file)));
            case DEVICE -> new Status(inode(file.path()), 1, S_IFCHR | file.mode(), device(file.path()), 0, time(0));
            case FILE ->
                new Status(
                        inode(file.path()),
                        file.isDeleted() ? 0 : 1,
                        S_IFREG | file.mode(),
                        0,
                        file.file().size(),
                        time(modified(file)));
        };
    }

    private long modified(OpenFile file) throws IOException {
        if (clock.isVirtual() || file.isDeleted()) {
            return 0;
        }
        return host.status(file.path()).modifiedNanos();
    }

    private long time(long modifiedNanos) {
        return clock.isVirtual() ? Clock.VIRTUAL_START : modifiedNanos;
    }

    private static int device(GuestPath path) {
        return CharacterDevice.at(path).number();
    }

    private static int mode(FileStatus status) {
        return switch (status.kind()) {
            case REGULAR -> S_IFREG | status.permissions();
            case DIRECTORY -> S_IFDIR | status.permissions();
            case LINK -> S_IFLNK | 0777;
            case DEVICE -> S_IFCHR | status.permissions();
            case OTHER -> S_IFIFO | status.permissions();
        };
    }

    /** A directory's size is its file system's affair. */
    private static long size(FileStatus status) {
        return status.isDirectory() ? BLOCK : status.size();
    }

    /** FNV-1a of the path: the same on every host, and different for different files as far as 64 bits go. */
    static long inode(GuestPath path) {
        long hash = 0xcbf2_9ce4_8422_2325L;
        String text = path.toString();
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100_0000_01b3L;
        }
        return hash >>> 1 | 0x100;
    }

    // -- the structures
    // ------------------------------------------------------------------------------------------------

    private long stat(Status status, long address) {
        Structure out = new Structure(144)
                .putLong(0, 1)
                .putLong(8, status.inode())
                .putLong(16, status.links())
                .putInt(24, status.mode())
                .putInt(28, Identity.USER)
                .putInt(32, Identity.GROUP)
                .putLong(40, status.device())
                .putLong(48, status.size())
                .putLong(56, BLOCK)
                .putLong(64, status.sectors());
        for (int time = 72; time <= 104; time += 16) {
            out.putLong(time, status.modifiedNanos() / SECOND);
            out.putLong(time + 8, status.modifiedNanos() % SECOND);
        }
        memory.write(address, out.bytes());
        return 0;
    }

    private long statx(int directory, long path, int flags, int mask, long address) throws IOException {
        int known = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE;
        if ((flags & ~known) != 0 || (mask & STATX_RESERVED) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Status status = at(directory, path, flags);
        Structure out = new Structure(256)
                .putInt(0, STATX_BASIC_STATS)
                .putInt(4, BLOCK)
                .putInt(16, status.links())
                .putInt(20, Identity.USER)
                .putInt(24, Identity.GROUP)
                .putShort(28, status.mode())
                .putLong(32, status.inode())
                .putLong(40, status.size())
                .putLong(48, status.sectors())
                .putInt(128, status.device() >> 8)
                .putInt(132, status.device() & 0xff)
                .putInt(140, 1);
        for (int time : new int[] {64, 96, 112}) {
            out.putLong(time, status.modifiedNanos() / SECOND);
            out.putInt(time + 8, (int) (status.modifiedNanos() % SECOND));
        }
        memory.write(address, out.bytes());
        return 0;
    }
}
