package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;
import java.time.Instant;

/**
 * Calls that change what a file system notes of a file: its rights, its owner, its times. Of the rights, the nine rwx
 * bits are kept; the owner is the guest's user and stays so.
 */
final class AttributeCalls implements SystemCallFamily {
    private static final int HERE = FileNames.AT_FDCWD;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000;
    private static final int PERMISSIONS = 0777;
    private static final int UNCHANGED = -1;
    private static final long UTIME_NOW = 0x3fff_ffff, UTIME_OMIT = 0x3fff_fffe;
    private static final long SECOND = 1_000_000_000L, MICROSECOND = 1000;

    private final UserMemory memory;
    private final Vcpu vcpu;
    private final Clock clock;
    private final Host host;
    private final Descriptors descriptors;
    private final FileNames names;

    AttributeCalls(UserMemory memory, Vcpu vcpu, Clock clock, Host host, Descriptors descriptors, FileNames names) {
        this.memory = memory;
        this.vcpu = vcpu;
        this.clock = clock;
        this.host = host;
        this.descriptors = descriptors;
        this.names = names;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 90 -> chmod(names.existing(HERE, a0), a1);
            case 91 -> fchmod((int) a0, a1);
            case 92 -> chown(HERE, a0, (int) a1, (int) a2, 0);
            case 93 -> fchown((int) a0, (int) a1, (int) a2);
            case 94 -> chown(HERE, a0, (int) a1, (int) a2, AT_SYMLINK_NOFOLLOW);
            case 132 -> setTimes(HERE, a0, secondTimes(a1), 0);
            case 235 -> setTimes(HERE, a0, microsecondTimes(a1), 0);
            case 260 -> chown((int) a0, a1, (int) a2, (int) a3, (int) a4);
            case 261 -> setTimes((int) a0, a1, microsecondTimes(a2), 0);
            case 268 -> chmod(names.existing((int) a0, a1), a2);
            case 280 -> setTimes((int) a0, a1, nanosecondTimes(a2), (int) a3);
            default -> NOT_MINE;
        };
    }

    // -- rights and owners -------------------------------------------------------------------------------------------

    private long chmod(PathResolver.Target target, long mode) throws IOException {
        return setPermissions(target.path(), (int) mode & PERMISSIONS);
    }

    private long fchmod(int descriptor, long mode) throws IOException {
        OpenFile file = descriptors.get(descriptor);
        int permissions = (int) mode & PERMISSIONS;
        if (file.path() != null && !file.isDeleted()) {
            return setPermissions(file.path(), permissions);
        }
        file.changeMode(permissions);
        return 0;
    }

    private long setPermissions(GuestPath path, int permissions) throws IOException {
        host.setPermissions(path, permissions);
        descriptors.permissionsChanged(path, permissions);
        return 0;
    }

    private long chown(int directory, long path, int user, int group, int flags) throws IOException {
        if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if ((flags & AT_EMPTY_PATH) != 0
                && directory != HERE
                && names.path(path).isEmpty()) {
            return fchown(directory, user, group);
        }
        if ((flags & AT_SYMLINK_NOFOLLOW) != 0) {
            names.existingNoFollow(directory, path);
        } else {
            names.existing(directory, path);
        }
        return checkOwner(user, group);
    }

    private long fchown(int descriptor, int user, int group) {
        descriptors.get(descriptor);
        return checkOwner(user, group);
    }

    private static long checkOwner(int user, int group) {
        boolean own = (user == UNCHANGED || user == Identity.USER) && (group == UNCHANGED || group == Identity.GROUP);
        return own ? 0 : -Errno.EPERM;
    }

    // -- times -------------------------------------------------------------------------------------------------------

    /** When a file was last read and written; null for a time that stays. */
    private record Times(Instant accessed, Instant modified) {}

    private Times now() {
        Instant now = instant(0, clock.real(vcpu.instructions));
        return new Times(now, now);
    }

    private static Instant instant(long seconds, long nanos) {
        // A file system holds no such time, and clamps it, too.
        long bounded = Math.max(Instant.MIN.getEpochSecond() / 2, Math.min(seconds, Instant.MAX.getEpochSecond() / 2));
        return Instant.ofEpochSecond(bounded, nanos);
    }

    /** struct utimbuf. */
    private Times secondTimes(long address) {
        if (address == 0) {
            return now();
        }
        Structure in = Structure.of(memory.read(address, 16));
        return new Times(instant(in.getLong(0), 0), instant(in.getLong(8), 0));
    }

    /** Two struct timeval. */
    private Times microsecondTimes(long address) {
        if (address == 0) {
            return now();
        }
        Structure in = Structure.of(memory.read(address, 32));
        return new Times(timeval(in, 0), timeval(in, 16));
    }

    private static Instant timeval(Structure in, int offset) {
        long micros = in.getLong(offset + 8);
        if (micros < 0 || micros >= SECOND / MICROSECOND) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return instant(in.getLong(offset), micros * MICROSECOND);
    }

    /** Two struct timespec. */
    private Times nanosecondTimes(long address) {
        if (address == 0) {
            return now();
        }
        Structure in = Structure.of(memory.read(address, 32));
        return new Times(timespec(in, 0), timespec(in, 16));
    }

    private Instant timespec(Structure in, int offset) {
        long nanos = in.getLong(offset + 8);
        if (nanos == UTIME_NOW) {
            return now().accessed();
        }
        if (nanos == UTIME_OMIT) {
            return null;
        }
        if (nanos < 0 || nanos >= SECOND) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return instant(in.getLong(offset), nanos);
    }

    private long setTimes(int directory, long path, Times times, int flags) throws IOException {
        if (times.accessed() == null && times.modified() == null) {
            return 0;
        }
        if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        GuestPath file = timed(directory, path, flags);
        if (file != null) {
            host.setTimes(file, times.accessed(), times.modified());
        }
        return 0;
    }

    /** The file whose times are meant; null for one that has no name. */
    private GuestPath timed(int directory, long path, int flags) throws IOException {
        boolean openFile =
                path == 0 || (flags & AT_EMPTY_PATH) != 0 && names.path(path).isEmpty();
        if (openFile && directory != HERE) {
            OpenFile file = descriptors.get(directory);
            return file.isDeleted() ? null : file.path();
        }
        boolean keepLink = (flags & AT_SYMLINK_NOFOLLOW) != 0;
        return (keepLink ? names.existingNoFollow(directory, path) : names.existing(directory, path)).path();
    }
}
