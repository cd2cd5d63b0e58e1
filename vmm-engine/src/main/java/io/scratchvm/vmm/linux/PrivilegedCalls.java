package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.fs.FileNames;
import java.io.IOException;

/** What only the superuser may do, whom no guest is (capabilities(7)): refused as Linux refuses it to anyone else. */
final class PrivilegedCalls implements SystemCallFamily {
    private static final int HERE = FileNames.AT_FDCWD;
    private static final int HIGHEST_IO_PRIVILEGE = 3;
    private static final int PORTS = 1 << 16;

    private final FileNames names;

    PrivilegedCalls(FileNames names) {
        this.names = names;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 161 -> changeRoot(a0);
            case 165 -> refuse(a1);
            case 166 -> refuse(a0);
            case 172 -> ioPrivilege(a0);
            case 173 -> ioPermission(a0, a1, a2);
            case 272 -> unshare(a0);
            default -> isPrivileged(number) ? -Errno.EPERM : NOT_MINE;
        };
    }

    /** Whether a call is one of these. */
    static boolean isPrivileged(int number) {
        return switch (number) {
            case 103, 153, 155, 161, 163, 164, 165, 166, 167, 168, 169, 170, 171 -> true; // syslog to setdomainname
            case 172, 173, 175, 176, 227, 246, 272, 313, 320 -> true; // ports, modules, the clock, kernels, unshare
            default -> false;
        };
    }

    private long changeRoot(long path) throws IOException {
        if (!names.existing(HERE, path).status().isDirectory()) {
            throw new SystemCallError(Errno.ENOTDIR);
        }
        return -Errno.EPERM;
    }

    /** Where what the call names has to exist. */
    private long refuse(long path) throws IOException {
        names.existing(HERE, path);
        return -Errno.EPERM;
    }

    private static long ioPrivilege(long level) {
        if (Long.compareUnsigned(level, HIGHEST_IO_PRIVILEGE) > 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return level == 0 ? 0 : -Errno.EPERM;
    }

    private static long ioPermission(long from, long count, long allow) {
        boolean ports = from >= 0 && count > 0 && from < PORTS && count <= PORTS - from;
        if (!ports) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return allow == 0 ? 0 : -Errno.EPERM;
    }

    /** Nothing that tasks share is parted; namespaces are the superuser's. */
    private static long unshare(long flags) {
        return flags == 0 ? 0 : -Errno.EPERM;
    }
}
