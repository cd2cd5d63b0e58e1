package io.scratchvm.vmm.host;

import java.io.IOException;
import java.util.List;

/** What can be walked: names, and what is at each. Trouble is told with the exceptions of {@code java.nio.file}. */
public interface FileTree {
    /** What is at {@code path}; a link is not followed. */
    FileStatus status(GuestPath path) throws IOException;

    /** The text of a symbolic link, its components separated by {@code /}. */
    String readLink(GuestPath path) throws IOException;

    /** The names in a directory, sorted. */
    List<String> list(GuestPath directory) throws IOException;
}
