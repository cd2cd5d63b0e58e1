package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;

/** The files that a guest can map. */
public interface MappedFiles {
    /** No file can be mapped. */
    MappedFiles NONE = (descriptor, position, to) -> -Errno.ENODEV;

    /**
     * Reads a file's bytes at a position, as pread(2).
     *
     * @return how many bytes were read, fewer than asked for at the file's end only; or -errno
     */
    long read(int descriptor, long position, byte[] to);

    /**
     * The description that is to be mapped shared; null where none can be.
     *
     * @throws SystemCallError EBADF
     */
    @Nullable
    default OpenFile open(int descriptor) {
        return null;
    }
}
