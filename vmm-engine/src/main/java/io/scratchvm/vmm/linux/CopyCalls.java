package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;

/** Calls that move bytes from one file to another: sendfile(2), copy_file_range(2). */
final class CopyCalls implements SystemCallFamily {
    private static final long MAX_COUNT = 0x7fff_f000L;

    private final UserMemory memory;
    private final Descriptors descriptors;
    private final TransferCalls transfers;

    CopyCalls(ProcessEnvironment environment, Descriptors descriptors, TransferCalls transfers) {
        this.memory = environment.memory();
        this.descriptors = descriptors;
        this.transfers = transfers;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 40 -> sendFile((int) a0, (int) a1, a2, a3);
            case 326 -> copyFileRange((int) a0, a1, (int) a2, a3, a4, (int) a5);
            default -> NOT_MINE;
        };
    }

    /** A position that a call was given: in memory, which it moves on, or the description's own offset. */
    private final class Position {
        final OpenFile file;
        final long address;
        final long start;

        Position(OpenFile file, long address) {
            this.file = file;
            this.address = address;
            this.start = address == 0 ? file.offset() : memory.readLong(address);
        }

        void advance(long count) {
            if (address != 0) {
                memory.writeLong(address, start + count);
            } else if (file.isFile()) {
                file.seek(start + count);
            }
        }
    }

    private long sendFile(int out, int in, long offset, long count) throws IOException {
        OpenFile from = readable(in);
        OpenFile to = writable(out);
        if (!from.isFile() || to.appends() || count < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Position position = new Position(from, offset);
        if (position.start < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return copy(position, new Position(to, 0), count);
    }

    private long copyFileRange(int in, long inOffset, int out, long outOffset, long count, int flags)
            throws IOException {
        OpenFile from = descriptors.get(in);
        OpenFile to = descriptors.get(out);
        Position source = new Position(from, inOffset);
        Position target = new Position(to, outOffset);
        if (flags != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        checkRange(from, to);
        long wanted = Math.max(
                0, Math.min(count < 0 ? Long.MAX_VALUE : count, from.file().size() - source.start));
        boolean same =
                from.file().key() != null && from.file().key().equals(to.file().key());
        boolean overlap = same && source.start < target.start + wanted && target.start < source.start + wanted;
        if (overlap || source.start < 0 || target.start < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return copy(source, target, wanted);
    }

    private static void checkRange(OpenFile from, OpenFile to) {
        if (from.isDirectory() || to.isDirectory()) {
            throw new SystemCallError(Errno.EISDIR);
        }
        if (!from.isFile() || !to.isFile()) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (!from.isReadable() || !to.isWritable() || to.appends()) {
            throw new SystemCallError(Errno.EBADF);
        }
    }

    private long copy(Position from, Position to, long count) throws IOException {
        long copied = transfers.copy(from.file, from.start, to.file, to.start, Math.min(count, MAX_COUNT));
        from.advance(copied);
        to.advance(copied);
        return copied;
    }

    private OpenFile readable(int descriptor) {
        OpenFile file = descriptors.get(descriptor);
        if (!file.isReadable()) {
            throw new SystemCallError(Errno.EBADF);
        }
        return file;
    }

    private OpenFile writable(int descriptor) {
        OpenFile file = descriptors.get(descriptor);
        if (!file.isWritable()) {
            throw new SystemCallError(Errno.EBADF);
        }
        return file;
    }
}
