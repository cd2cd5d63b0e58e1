package io.scratchvm.vmm.linux.file;

/**
 * A lock on a file, held or asked for.
 *
 * @param inode what is locked, whoever opened it by whichever name
 * @param owner who does not stand in its own way: the descriptor table of a process, for those of fcntl(2); the open file
 *     description, for the others
 * @param first the first byte
 * @param last the last byte; {@link Long#MAX_VALUE} for all that follow
 * @param exclusive for writing
 */
public record FileLock(Object inode, Style style, Object owner, long first, long last, boolean exclusive) {
    /** Whose it is, and whom it keeps out. */
    public enum Style {
        /** flock(2): the description's, of the whole file. */
        WHOLE,
        /** F_SETLK of fcntl(2): the process's. */
        PROCESS,
        /** F_OFD_SETLK of fcntl(2): the description's. */
        DESCRIPTION
    }

    /** What {@code file} leads to. */
    public static Object inode(OpenFile file) {
        if (file.pipe() != null) {
            return file.pipe();
        }
        if (file.kind() == FileKind.SOCKET) {
            return file.anonymous();
        }
        Object key = file.isFile() ? file.file().key() : null;
        return key != null ? key : file.path() != null ? file.path() : file.kind();
    }

    private boolean isOfRange() {
        return style != Style.WHOLE;
    }

    public boolean isOfOwner(FileLock other) {
        return owner == other.owner && style == other.style && inode.equals(other.inode);
    }

    public boolean conflictsWith(FileLock other) {
        return (exclusive || other.exclusive)
                && isOfRange() == other.isOfRange()
                && overlaps(other)
                && inode.equals(other.inode)
                && !isOfOwner(other);
    }

    public boolean overlaps(FileLock other) {
        return first <= other.last && other.first <= last;
    }

    /** Whether the two have no byte between them. */
    public boolean touches(FileLock other) {
        return first <= after(other.last) && other.first <= after(last);
    }

    private static long after(long byteNumber) {
        return byteNumber == Long.MAX_VALUE ? byteNumber : byteNumber + 1;
    }

    /** Its record, which names it by a file that its owner has open. */
    public FileLockState state() {
        int process = owner instanceof Descriptors table ? table.process() : 0;
        return new FileLockState(opened().id(), style, process, first, last, exclusive);
    }

    private OpenFile opened() {
        if (owner instanceof OpenFile file) {
            return file;
        }
        for (OpenFile file : ((Descriptors) owner).openFiles()) {
            if (inode.equals(inode(file))) {
                return file;
            }
        }
        throw new IllegalStateException("a lock of a process that has the file not open");
    }

    public FileLock withRange(long newFirst, long newLast) {
        return new FileLock(inode, style, owner, newFirst, newLast, exclusive);
    }
}
