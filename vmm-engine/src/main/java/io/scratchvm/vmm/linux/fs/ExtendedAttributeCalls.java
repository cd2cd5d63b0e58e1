package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Calls about extended attributes (xattr(7)), answered as by a file system that keeps none. */
final class ExtendedAttributeCalls implements SystemCallFamily {
    private static final int HERE = FileNames.AT_FDCWD;
    private static final int SET = 188, GET = 191, LIST = 194, REMOVE = 197, END = 200;
    private static final int LONGEST_NAME = 255;

    private final UserMemory memory;
    private final Descriptors descriptors;
    private final FileNames names;

    ExtendedAttributeCalls(UserMemory memory, Descriptors descriptors, FileNames names) {
        this.memory = memory;
        this.descriptors = descriptors;
        this.names = names;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        if (!isOfAttributes(number)) {
            return NOT_MINE;
        }
        boolean holds = canHold((number - SET) % 3, a0);
        if (number >= LIST && number < REMOVE) {
            return 0;
        }
        if (name(a1).startsWith("user.") && !holds) {
            return number >= GET && number < LIST ? -Errno.ENODATA : -Errno.EPERM;
        }
        return -Errno.EOPNOTSUPP;
    }

    /** Whether a call is one of these. */
    private static boolean isOfAttributes(int number) {
        return number >= SET && number < END;
    }

    /** Whether a user's attribute could be at the file, named by a path, a link's own path, or a descriptor. */
    private boolean canHold(int way, long file) throws IOException {
        if (way == 2) {
            OpenFile open = descriptors.get((int) file);
            return open.isFile() || open.isDirectory();
        }
        FileStatus status = (way == 0 ? names.existing(HERE, file) : names.existingNoFollow(HERE, file)).status();
        return status.isRegular() || status.isDirectory();
    }

    private String name(long address) {
        byte[] name;
        try {
            name = memory.readString(address, LONGEST_NAME + 1);
        } catch (SystemCallError e) {
            throw e.errno() == Errno.ENAMETOOLONG ? new SystemCallError(Errno.ERANGE) : e;
        }
        if (name.length == 0) {
            throw new SystemCallError(Errno.ERANGE);
        }
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
