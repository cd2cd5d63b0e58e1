package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;

/**
 * Calls that tell of a whole file system: statfs(2), fstatfs(2). What differs from host to host is not shown: the guest's
 * files lie in one that looks like ext4, large and empty.
 */
final class FileSystemCalls implements SystemCallFamily {
    private static final long EXT4 = 0xef53, PROC = 0x9fa0, TMPFS = 0x0102_1994, PIPES = 0x5049_5045;
    private static final long BLOCK = 4096;
    /** A tebibyte, with a file for every four blocks. */
    private static final long BLOCKS = (1L << 40) / BLOCK, FILES = BLOCKS / 4;

    private static final int LONGEST_NAME = 255;
    private static final long ST_VALID = 0x20;

    private final UserMemory memory;
    private final Descriptors descriptors;
    private final FileNames names;

    FileSystemCalls(UserMemory memory, Descriptors descriptors, FileNames names) {
        this.memory = memory;
        this.descriptors = descriptors;
        this.names = names;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 137 -> tell(type(names.existing(FileNames.AT_FDCWD, a0).path()), a1);
            case 138 -> tell(type(descriptors.get((int) a0)), a1);
            default -> NOT_MINE;
        };
    }

    private static long type(OpenFile file) {
        return file.path() == null ? PIPES : type(file.path());
    }

    private static long type(GuestPath path) {
        return switch (path.isRoot() ? "" : path.names().get(0)) {
            case "proc" -> PROC;
            case "dev" -> TMPFS;
            default -> EXT4;
        };
    }

    private long tell(long type, long out) {
        long blocks = type == EXT4 ? BLOCKS : 0;
        long files = type == EXT4 ? FILES : 0;
        memory.write(
                out,
                new Structure(120)
                        .putLong(0, type)
                        .putLong(8, BLOCK)
                        .putLong(16, blocks)
                        .putLong(24, blocks)
                        .putLong(32, blocks)
                        .putLong(40, files)
                        .putLong(48, files)
                        .putLong(64, LONGEST_NAME)
                        .putLong(72, BLOCK)
                        .putLong(80, ST_VALID)
                        .bytes());
        return 0;
    }
}
