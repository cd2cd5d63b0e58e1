package io.scratchvm.vmm.host;

import io.scratchvm.vmm.api.Nullable;
import java.io.IOException;
import java.time.Instant;

/**
 * The one door to the host: files under the guest's root, the standard streams, the clock, randomness. Whoever records,
 * replays or overlays a guest's world implements this.
 *
 * <p>A {@link GuestPath} given here leads through directories, never through symbolic links: {@link PathResolver} is
 * who follows those. Trouble is told with the exceptions of {@code java.nio.file}.
 */
public interface Host extends FileTree {
    /** How a file is to be opened. */
    enum Access {
        READ,
        WRITE,
        READ_WRITE
    }

    /** The VMM's two output streams. */
    enum Output {
        STANDARD_OUTPUT,
        STANDARD_ERROR
    }

    // -- files -------------------------------------------------------------------------------------------------------

    /** Opens a regular file that exists. Where the host allows it, one opened to be written can be read as well. */
    HostFile open(GuestPath path, Access access) throws IOException;

    /**
     * Creates a regular file that does not exist and opens it.
     *
     * @param permissions the nine rwx bits, as far as the host has such
     */
    HostFile create(GuestPath path, Access access, int permissions) throws IOException;

    /** An open file for reading and writing that has no name and is gone once closed. */
    HostFile createUnnamed() throws IOException;

    void createDirectory(GuestPath path, int permissions) throws IOException;

    /** Gives a file, or a symbolic link itself, a further name, which nothing has. */
    void link(GuestPath existing, GuestPath link) throws IOException;

    /** Makes a symbolic link with this text, its components separated by {@code /}. */
    void symbolicLink(GuestPath link, String text) throws IOException;

    /** Deletes a file, a link, or an empty directory. */
    void delete(GuestPath path) throws IOException;

    /** Renames; a file, link or empty directory at {@code to} is replaced. */
    void rename(GuestPath from, GuestPath to) throws IOException;

    /** Gives a file the nine rwx bits, as far as the host has such. */
    void setPermissions(GuestPath path, int permissions) throws IOException;

    /**
     * Says when a file was last read and last written.
     *
     * @param accessed null to leave that time as it is
     * @param modified null to leave that time as it is
     */
    void setTimes(GuestPath path, @Nullable Instant accessed, @Nullable Instant modified) throws IOException;

    /** Returns when the directory's entries are on the disk. */
    void force(GuestPath directory) throws IOException;

    /** Where the guest finds a file that has this path on the host; null if it is not there, or not below the root. */
    @Nullable
    GuestPath placeOf(String hostPath);

    // -- streams -----------------------------------------------------------------------------------------------------

    /**
     * Takes bytes from standard input.
     *
     * @param waitMillis how long to wait for the first one, 0 for not at all
     * @return how many were taken; 0 if none came in that time, -1 at the end of the stream
     */
    int readInput(byte[] to, int offset, int length, int waitMillis) throws IOException;

    /** Writes all of it, and sees that it gets on its way. */
    void write(Output stream, byte[] from, int offset, int length) throws IOException;

    // -- clock and randomness ----------------------------------------------------------------------------------------

    /** Nanoseconds since 1970-01-01T00:00:00Z. */
    long realTime();

    /** Nanoseconds since some moment; never goes back. */
    long monotonicTime();

    /** Waits. */
    void sleep(int millis);

    /** Fills {@code to} with bytes that nobody can foretell. */
    void random(byte[] to);
}
