package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.host.GuestPath;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The open file descriptions of all processes, each as long as a descriptor of any of them names it. */
public final class OpenFiles {
    /** The most pipes that there can be. */
    public static final int MOST_PIPES = 1024;

    private final Set<OpenFile> all = new LinkedHashSet<>();
    private final FileLocks locks = new FileLocks();

    private PageCache pages = PageCache.EMPTY;

    /** What of these files is mapped shared. */
    public void use(PageCache pages) {
        this.pages = pages;
    }

    public PageCache pages() {
        return pages;
    }

    /** What of files is locked. */
    public FileLocks locks() {
        return locks;
    }

    void add(OpenFile file) {
        all.add(file);
    }

    public void remove(OpenFile file) {
        all.remove(file);
    }

    /** A number for a new description: it follows from those that are open, so that it is no state of its own. */
    int newId() {
        int id = Descriptors.STANDARD_STREAMS;
        for (OpenFile file : all) {
            id = Math.max(id, file.id() + 1);
        }
        return id;
    }

    /** The description with this id, or null. */
    @Nullable
    public OpenFile find(int id) {
        for (OpenFile file : all) {
            if (file.id() == id) {
                return file;
            }
        }
        return null;
    }

    /** Whether there is one that neither a descriptor nor a mapping names. */
    public boolean hasUnused() {
        for (OpenFile file : all) {
            if (file.isUnused()) {
                return true;
            }
        }
        return false;
    }

    /** The descriptions of what has no name and is no pipe. */
    public List<OpenFile> anonymous() {
        return all.stream().filter(file -> file.anonymous() != null).toList();
    }

    /** How many pipes are open, those of sockets among them. */
    public int pipes() {
        Set<Pipe> pipes = new LinkedHashSet<>();
        for (OpenFile file : all) {
            pipes.add(file.incoming());
            pipes.add(file.outgoing());
        }
        pipes.remove(null);
        return pipes.size();
    }

    /** The guest has renamed something: what is open there is elsewhere now. */
    void renamed(GuestPath from, GuestPath to) {
        for (OpenFile file : all) {
            if (file.path() != null && !file.isDeleted() && file.path().startsWith(from)) {
                file.moveTo(file.path().moved(from, to));
            }
        }
    }

    /** The guest has given a file these nine rwx bits. */
    void permissionsChanged(GuestPath path, int permissions) {
        for (OpenFile file : all) {
            if (path.equals(file.path()) && !file.isDeleted()) {
                file.changeMode(permissions);
            }
        }
    }

    /** The guest has deleted or replaced something. */
    void deleted(GuestPath path) {
        for (OpenFile file : all) {
            if (path.equals(file.path())) {
                file.markDeleted();
            }
        }
    }
}
