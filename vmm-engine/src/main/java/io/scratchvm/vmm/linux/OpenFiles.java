package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.host.GuestPath;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The open file descriptions of all processes, each as long as a descriptor of any of them names it. */
final class OpenFiles {
    /** The most pipes that there can be. */
    static final int MOST_PIPES = 1024;

    private final Set<OpenFile> all = new LinkedHashSet<>();

    /** Those that are mapped shared; null where the VMM does not know the guest's memory. */
    @Nullable
    private FileMappings mappings;

    void use(FileMappings mappings) {
        this.mappings = mappings;
    }

    void add(OpenFile file) {
        all.add(file);
    }

    void remove(OpenFile file) {
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
    OpenFile find(int id) {
        for (OpenFile file : all) {
            if (file.id() == id) {
                return file;
            }
        }
        return null;
    }

    /** Whether there is one that neither a descriptor nor a mapping names. */
    boolean hasUnused() {
        return all.stream().anyMatch(OpenFile::isUnused);
    }

    /** How many pipes are open. */
    int pipes() {
        Set<Pipe> pipes = new LinkedHashSet<>();
        for (OpenFile file : all) {
            if (file.pipe() != null) {
                pipes.add(file.pipe());
            }
        }
        return pipes.size();
    }

    // -- what is mapped follows, and is followed -------------------------------------------------------------------

    /** {@code file} is about to be read. */
    void beforeRead(OpenFile file) {
        if (mappings != null) {
            mappings.beforeRead(file);
        }
    }

    /** {@code file} has been given {@code count} of these bytes at {@code position}. */
    void afterWrite(OpenFile file, long position, byte[] bytes, int count) {
        if (mappings != null) {
            mappings.afterWrite(file, position, bytes, count);
        }
    }

    /** The file with this key has another size; the first {@code kept} bytes are what they were. */
    void afterResize(@Nullable Object key, long kept) {
        if (mappings != null) {
            mappings.afterResize(key, kept);
        }
    }

    /** The descriptions that are open because they are mapped. */
    List<OpenFile> mapped() {
        return mappings == null ? List.of() : mappings.open();
    }

    /** Nobody goes on: what was written to mapped pages is to be in the files. */
    void end() {
        if (mappings != null) {
            mappings.writeBack();
        }
    }

    /** A save: as {@link #end}, but the guest's memory stays as it is. */
    void copyBack() throws IOException {
        if (mappings != null) {
            mappings.copyBack();
        }
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
