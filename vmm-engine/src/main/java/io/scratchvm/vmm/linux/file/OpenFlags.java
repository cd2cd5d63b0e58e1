package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.host.Host;

/** The flags of open(2) on x86-64. */
public final class OpenFlags {
    public static final int O_RDONLY = 0,
            O_WRONLY = 1,
            O_RDWR = 2,
            O_ACCMODE = 3,
            O_CREAT = 0x40,
            O_EXCL = 0x80,
            O_NOCTTY = 0x100,
            O_TRUNC = 0x200,
            O_APPEND = 0x400,
            O_NONBLOCK = 0x800,
            O_LARGEFILE = 0x8000,
            O_DIRECTORY = 0x1_0000,
            O_NOFOLLOW = 0x2_0000,
            O_NOATIME = 0x4_0000,
            O_CLOEXEC = 0x8_0000,
            O_PATH = 0x20_0000,
            O_TMPFILE = 0x40_0000;

    /** Flags that say what the opening does, and are no part of the description that it makes. */
    static final int OPENING_ONLY = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC;

    /** Flags that F_SETFL changes. */
    static final int CHANGEABLE = O_APPEND | O_NONBLOCK | O_NOATIME;

    private OpenFlags() {}

    static boolean readsAndWrites(int flags) {
        return readable(flags) && writable(flags);
    }

    public static boolean readable(int flags) {
        return (flags & O_ACCMODE) != O_WRONLY;
    }

    public static boolean writable(int flags) {
        return (flags & O_ACCMODE) != O_RDONLY;
    }

    /** What the host is asked for. */
    public static Host.Access access(int flags) {
        if (!writable(flags)) {
            return Host.Access.READ;
        }
        return readable(flags) ? Host.Access.READ_WRITE : Host.Access.WRITE;
    }
}
