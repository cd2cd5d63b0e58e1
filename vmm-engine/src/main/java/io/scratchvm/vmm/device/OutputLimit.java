package io.scratchvm.vmm.device;

/** The bytes that a run may still write, to the standard streams and to files together. */
public final class OutputLimit {
    /** What a new file or directory counts as, besides its content: about what it costs a file system to have it. */
    public static final int NEW_FILE = 256;

    private long left;

    /** @param bytes 0 or more; {@link Long#MAX_VALUE} for no limit */
    public OutputLimit(long bytes) {
        left = bytes;
    }

    /** Uses up to {@code wanted} bytes and says how many were left to use. */
    public long take(long wanted) {
        long taken = Math.min(wanted, left);
        if (left != Long.MAX_VALUE) {
            left -= taken;
        }
        return taken;
    }

    /** Uses {@code bytes}, or as many as are left, and says whether that was enough. */
    public boolean takeAll(long bytes) {
        return take(bytes) == bytes;
    }
}
