package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an image's open files lie under the guest's root. The image is not trusted: its paths are walked like a guest's
 * own, so that nothing outside of the root is reached, nor the journal, should that lie within.
 */
final class GuestFiles {
    private final Host host;
    private final PathResolver resolver;
    private final @Nullable Object journalKey;

    /** @param journalKey identity of the journal's directory; null where the host cannot tell */
    GuestFiles(Host host, @Nullable Object journalKey) {
        this.host = host;
        this.resolver = new PathResolver(host);
        this.journalKey = journalKey;
    }

    /**
     * Where a path of the image leads.
     *
     * @param place no link on the way
     * @param status what is there; null if nothing is
     * @param link whether the path's last name is a symbolic link
     * @param missing the directories that the path needs and that do not exist, outer ones first
     */
    record Landing(FilePlace place, @Nullable FileStatus status, boolean link, List<GuestPath> missing) {}

    /** @throws VmmException if nothing can be, or may be, at the file's path */
    Landing find(OpenFileState file) throws IOException {
        try {
            GuestPath path = GuestPath.parse(file.path());
            return file.kind() == FileKind.DIRECTORY || path.isRoot() ? directory(path) : file(path);
        } catch (FileSystemException e) {
            throw refused(file, "cannot be reached here: " + reason(e), "make its path free, or name another --root");
        }
    }

    private Landing directory(GuestPath path) throws IOException {
        Walk walk = new Walk();
        for (String name : path.names()) {
            walk.enter(name);
        }
        walk.keepOutOfJournal();
        FileStatus status = walk.missing.isEmpty() ? host.status(walk.here) : null;
        return new Landing(place(walk.here), status, false, walk.missing);
    }

    private Landing file(GuestPath path) throws IOException {
        Walk walk = new Walk();
        for (String name : path.parent().names()) {
            walk.enter(name);
        }
        walk.keepOutOfJournal();
        if (!walk.missing.isEmpty()) {
            return new Landing(place(walk.here.resolve(path.name())), null, false, walk.missing);
        }
        PathResolver.Target named = resolver.noFollow(walk.here, path.name());
        boolean link = named.exists() && named.status().kind() == FileStatus.Kind.LINK;
        PathResolver.Target target = link ? resolver.follow(walk.here, path.name()) : named;
        return new Landing(place(target.path()), target.status(), link, List.of());
    }

    private FilePlace place(GuestPath path) {
        return new FilePlace(host, path);
    }

    /** The place {@code path}, if no link is on the way and its directory exists; else null. */
    @Nullable
    FilePlace at(String path) throws IOException {
        GuestPath expected = GuestPath.parse(path);
        try {
            PathResolver.Target target = resolver.noFollow(GuestPath.ROOT, path);
            return target.path().equals(expected) ? place(expected) : null;
        } catch (NoSuchFileException | NotDirectoryException | FileSystemLoopException e) {
            return null;
        }
    }

    /** A walk through directories, of which the last ones may be missing. */
    private final class Walk {
        final List<GuestPath> missing = new ArrayList<>();
        GuestPath here = GuestPath.ROOT;

        void enter(String name) throws IOException {
            PathResolver.Target next = missing.isEmpty()
                    ? resolver.follow(here, name)
                    : new PathResolver.Target(here.resolve(name), null, true);
            if (!next.exists()) {
                if (!next.path().equals(here.resolve(name))) {
                    throw new NoSuchFileException(next.path().toString());
                }
                missing.add(next.path());
            } else if (!next.status().isDirectory()) {
                throw new NotDirectoryException(next.path().toString());
            }
            here = next.path();
        }

        void keepOutOfJournal() throws IOException {
            GuestPath directory = missing.isEmpty() ? here : missing.get(0).parent();
            while (true) {
                Object key = host.status(directory).key();
                if (key != null && key.equals(journalKey)) {
                    throw new AccessDeniedException(directory.toString(), null, "it lies in the journal of migrations");
                }
                if (directory.isRoot()) {
                    return;
                }
                directory = directory.parent();
            }
        }
    }

    private static String reason(FileSystemException trouble) {
        if (trouble instanceof NotDirectoryException) {
            return "something on its way is no directory";
        }
        if (trouble instanceof NoSuchFileException || trouble instanceof FileSystemLoopException) {
            return "a link on its way leads nowhere";
        }
        return trouble.getReason() == null ? "permission denied" : trouble.getReason();
    }

    static VmmException refused(OpenFileState file, String what, String remedy) {
        return new VmmException("the guest's open file " + file.shownPath() + " " + what + "; " + remedy);
    }
}
