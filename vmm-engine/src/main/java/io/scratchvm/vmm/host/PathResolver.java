package io.scratchvm.vmm.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Walks a guest's path, name by name, as Linux does for a process whose root directory is the guest's root
 * (path_resolution(7)): {@code ..} of the root is the root, absolute paths and absolute links start at the root, and so
 * nothing outside of it can be reached. A host process that swaps links while we walk is not guarded against.
 */
public final class PathResolver {
    /** Linux's MAXSYMLINKS: links followed in one walk. */
    public static final int MAX_LINKS = 40;

    /**
     * Where a path leads.
     *
     * @param status what is there; null if nothing is, though its directory exists
     * @param namesDirectory whether the path can only mean a directory: it ends in {@code /}, {@code .} or {@code ..}
     */
    public record Target(GuestPath path, FileStatus status, boolean namesDirectory) {
        public boolean exists() {
            return status != null;
        }
    }

    private final FileTree files;

    public PathResolver(FileTree files) {
        this.files = files;
    }

    /**
     * Walks {@code path} from the directory {@code base}, a link at its end included.
     *
     * @throws NoSuchFileException if a directory on the way does not exist, or the path is empty
     * @throws NotDirectoryException if something on the way is no directory
     * @throws FileSystemLoopException if there are more than {@link #MAX_LINKS} links
     * @throws InvalidNameException if a name is none that every host reads alike
     * @throws NameTooLongException if a name is longer than {@link GuestPath#NAME_MAX} bytes
     */
    public Target follow(GuestPath base, String path) throws IOException {
        return new Walk(base, path, true).target();
    }

    /** As {@link #follow}, but a link at the end of the path is where it leads. */
    public Target noFollow(GuestPath base, String path) throws IOException {
        return new Walk(base, path, false).target();
    }

    /** One walk. */
    private final class Walk {
        private final String path;
        private final boolean followLast;
        private final Deque<String> ahead = new ArrayDeque<>();
        private GuestPath here;
        private FileStatus status;
        private int links;
        private boolean namesDirectory;

        Walk(GuestPath base, String path, boolean followLast) throws IOException {
            if (path.isEmpty()) {
                throw new NoSuchFileException(path);
            }
            this.path = path;
            this.followLast = followLast;
            this.here = base;
            enter(path);
        }

        /** Puts the components of {@code text}, a path or a link's, in front of what is ahead. */
        private void enter(String text) {
            if (text.startsWith("/")) {
                here = GuestPath.ROOT;
            }
            namesDirectory |= ahead.isEmpty() && text.endsWith("/");
            String[] names = text.split("/");
            for (int i = names.length - 1; i >= 0; i--) {
                if (!names[i].isEmpty()) {
                    ahead.push(names[i]);
                }
            }
        }

        Target target() throws IOException {
            status = files.status(here);
            while (!ahead.isEmpty()) {
                if (status == null) {
                    throw new NoSuchFileException(path);
                }
                if (!status.isDirectory()) {
                    throw new NotDirectoryException(path);
                }
                step(ahead.pop());
            }
            if (namesDirectory && status != null && !status.isDirectory()) {
                throw new NotDirectoryException(path);
            }
            return new Target(here, status, namesDirectory);
        }

        private void step(String name) throws IOException {
            if (name.equals(".") || name.equals("..")) {
                here = name.equals(".") ? here : here.parent();
                status = files.status(here);
                namesDirectory |= ahead.isEmpty();
                return;
            }
            checkLength(name);
            GuestPath next = here.resolve(name);
            status = statusOrNull(next);
            if (isLink() && (followLast || namesDirectory || !ahead.isEmpty())) {
                followLink(next);
            } else {
                here = next;
            }
        }

        private boolean isLink() {
            return status != null && status.kind() == FileStatus.Kind.LINK;
        }

        private void followLink(GuestPath link) throws IOException {
            if (++links > MAX_LINKS) {
                throw new FileSystemLoopException(path);
            }
            enter(files.readLink(link));
            status = files.status(here);
        }
    }

    private FileStatus statusOrNull(GuestPath path) throws IOException {
        try {
            return files.status(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static void checkLength(String name) throws NameTooLongException {
        if (name.length() > GuestPath.NAME_MAX / 3
                && name.getBytes(StandardCharsets.UTF_8).length > GuestPath.NAME_MAX) {
            throw new NameTooLongException(name);
        }
    }
}
