package io.scratchvm.vmm.host;

import java.io.Closeable;
import java.io.IOException;

/** An open regular file. Positions and sizes are in bytes. */
public interface HostFile extends Closeable {
    /**
     * Reads at {@code position}.
     *
     * @return how many bytes were read, 1 to {@code length}; 0 at and past the end
     */
    int read(long position, byte[] to, int offset, int length) throws IOException;

    /** Writes all of it at {@code position}; a gap that this leaves reads as zeros. */
    void write(long position, byte[] from, int offset, int length) throws IOException;

    long size() throws IOException;

    /** Cuts the file, or lengthens it with zeros. */
    void setSize(long size) throws IOException;

    /** Returns when the file's bytes are on the disk. */
    void force() throws IOException;

    /** Identity, as {@link FileStatus#key}. */
    Object key();
}
