package io.scratchvm.vmm.host;

/**
 * What a host says of a file.
 *
 * @param size bytes
 * @param permissions the nine rwx bits; what the host's own rules come nearest to where it has no such bits
 * @param modifiedNanos time of the last change, nanoseconds since 1970
 * @param key equal for equal files while they exist, or null where the host cannot tell
 */
public record FileStatus(Kind kind, long size, int permissions, long modifiedNanos, Object key) {
    /** What can be in a directory. */
    public enum Kind {
        REGULAR,
        DIRECTORY,
        LINK,
        /** One of the devices that Linux has whatever the hardware: null(4) and the like. */
        DEVICE,
        /** FIFO, socket, device, junction: never opened. */
        OTHER
    }

    public boolean isDirectory() {
        return kind == Kind.DIRECTORY;
    }

    public boolean isRegular() {
        return kind == Kind.REGULAR;
    }
}
