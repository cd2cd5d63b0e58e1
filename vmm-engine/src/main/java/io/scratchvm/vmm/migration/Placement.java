package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is to be changed under the guest's root. It is on disk before the first change, so that a process that knows
 * nothing else can complete the changes or undo them.
 *
 * @param directories those to be made, outer ones first
 */
record Placement(List<PlacedFile> files, List<String> directories) {
    static final Placement NOTHING = new Placement(List.of(), List.of());

    Placement {
        files = List.copyOf(files);
        directories = List.copyOf(directories);
    }

    /**
     * A file to be put under its name.
     *
     * @param number its name where it is staged
     * @param path no link on the way
     * @param permissions the nine rwx bits that it gets
     * @param replaces those of the file that stood there, {@link #NO_FILE} for none
     */
    record PlacedFile(int number, String path, long size, byte[] digest, int permissions, int replaces) {
        static final int NO_FILE = -1;

        boolean isAt(FilePlace place) throws IOException {
            return place.holds(size, digest);
        }

        String shownPath() {
            return OpenFileState.shown(path);
        }

        boolean replacesFile() {
            return replaces != NO_FILE;
        }
    }

    /** This and what was found since. */
    Placement and(List<PlacedFile> moreFiles, Set<GuestPath> moreDirectories) {
        List<PlacedFile> allFiles = new ArrayList<>(files);
        allFiles.addAll(moreFiles);
        Set<String> allDirectories = new LinkedHashSet<>(directories);
        moreDirectories.forEach(directory -> allDirectories.add(directory.toString()));
        return new Placement(allFiles, List.copyOf(allDirectories));
    }

    /** What is recorded of file {@code number}, or null. */
    @Nullable
    PlacedFile file(int number) {
        return files.stream()
                .filter(placed -> placed.number() == number)
                .findFirst()
                .orElse(null);
    }
}
