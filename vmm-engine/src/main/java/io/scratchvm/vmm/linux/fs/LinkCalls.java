package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.NoReturn;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import java.io.IOException;

/** Calls that give what exists a further name: link(2), symlink(2) and their relatives. */
final class LinkCalls implements SystemCallFamily {
    private static final int HERE = FileNames.AT_FDCWD;
    private static final int AT_SYMLINK_FOLLOW = 0x400, AT_EMPTY_PATH = 0x1000;

    private final Host host;
    private final OutputLimit limit;
    private final FileNames names;

    LinkCalls(Host host, OutputLimit limit, FileNames names) {
        this.host = host;
        this.limit = limit;
        this.names = names;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 86 -> link(HERE, a0, HERE, a1, 0);
            case 88 -> symlink(a0, HERE, a1);
            case 265 -> link((int) a0, a1, (int) a2, a3, (int) a4);
            case 266 -> symlink(a0, (int) a1, a2);
            default -> NOT_MINE;
        };
    }

    private long link(int directory, long path, int newDirectory, long newPath, int flags) throws IOException {
        // Naming an open file anew (AT_EMPTY_PATH) takes a capability that the guest has not.
        if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        boolean follow = (flags & AT_SYMLINK_FOLLOW) != 0;
        PathResolver.Target old = follow ? names.existing(directory, path) : names.existingNoFollow(directory, path);
        PathResolver.Target link = names.creatable(newDirectory, newPath);
        if (old.status().isDirectory()) {
            throw new SystemCallError(Errno.EPERM);
        }
        takeNewFile();
        host.link(old.path(), link.path());
        return 0;
    }

    private long symlink(long text, int directory, long path) throws IOException {
        String target = names.path(text);
        if (target.isEmpty()) {
            throw new SystemCallError(Errno.ENOENT);
        }
        PathResolver.Target link = names.creatable(directory, path);
        takeNewFile();
        host.symbolicLink(link.path(), target);
        return 0;
    }

    private void takeNewFile() {
        if (!limit.takeAll(OutputLimit.NEW_FILE)) {
            throw new NoReturn(Outcome.OUTPUT_LIMIT);
        }
    }
}
