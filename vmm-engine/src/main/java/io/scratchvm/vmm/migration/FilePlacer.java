package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.image.RecordCodec;
import io.scratchvm.vmm.migration.Placement.PlacedFile;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Puts files that have arrived under their names, and takes them back. Wherever it is killed, each name leads to the old
 * file or to the new one, whole; and a later process, from the {@link Placement} on disk, can do either to the end.
 */
final class FilePlacer {
    private static final String RECORD = "placement";
    private static final int NEW_DIRECTORY = 0755, PRIVATE_FILE = 0600;

    private final GuestFiles guest;
    private final Shelf staged;
    private final Shelf replaced;
    private final RecordCodec codec = new RecordCodec();

    FilePlacer(GuestFiles guest, Shelf staged, Shelf replaced) {
        this.guest = guest;
        this.staged = staged;
        this.replaced = replaced;
    }

    // -- the record --------------------------------------------------------------------------------------------------

    /** What was to be changed when a process began with it; {@link Placement#NOTHING} if none has. */
    Placement recorded() throws IOException {
        FilePlace record = staged.file(RECORD);
        FileStatus status = record.status();
        if (status == null) {
            return Placement.NOTHING;
        }
        byte[] bytes = new byte[Math.toIntExact(status.size())];
        try (HostFile file = record.host().open(record.path(), Host.Access.READ)) {
            int done = 0;
            for (int n; (n = file.read(done, bytes, done, bytes.length - done)) > 0; ) {
                done += n;
            }
        }
        return codec.decode(Placement.class, bytes);
    }

    /** Nothing is taken back any more. */
    void forget() throws IOException {
        staged.file(RECORD).delete();
    }

    private Placement record(List<PlacedFile> more, Set<GuestPath> directories) throws IOException {
        Placement before = recorded();
        Placement now = before.and(more, directories);
        if (!now.equals(before)) {
            staged.publish(RECORD, codec.encode(now));
        } else {
            staged.create();
            staged.file(RECORD).forceName();
        }
        return now;
    }

    // -- placing -----------------------------------------------------------------------------------------------------

    /**
     * Does what is recorded, and {@code more}, which is recorded first. When this returns it is on disk.
     *
     * @throws VmmException if something has come in the way since it was looked for
     */
    void place(List<PlacedFile> more, Set<GuestPath> directories) throws IOException {
        deleteTemporaries(recorded());
        Placement placement = record(more, directories);
        for (String directory : placement.directories()) {
            make(directory);
        }
        for (PlacedFile file : placement.files()) {
            place(file);
        }
    }

    private void make(String directory) throws IOException {
        FilePlace place = guest.at(directory);
        if (place == null) {
            throw new IOException("the directory " + directory + " cannot be made: its path leads elsewhere now");
        }
        if (!place.exists()) {
            place.host().createDirectory(place.path(), NEW_DIRECTORY);
        }
        place.forceName();
    }

    private void place(PlacedFile placed) throws IOException {
        FilePlace target = guest.at(placed.path());
        if (target == null) {
            throw new VmmException("the path " + placed.shownPath()
                    + " of the guest's open file leads elsewhere now; put back what was there, and go on");
        }
        if (!placed.isAt(target)) {
            if (target.exists()) {
                setAside(placed, target);
            }
            copyHere(placed, target);
        }
        target.forceName();
    }

    /** What stands there stays there until ours replaces it: it is copied. */
    private void setAside(PlacedFile placed, FilePlace target) throws IOException {
        FilePlace kept = replaced.file(placed.number());
        if (!placed.replacesFile() || !target.status().isRegular()) {
            throw taken(placed);
        }
        if (!kept.exists()) {
            replaced.create();
            FilePlace part = replaced.part(placed.number());
            part.delete();
            target.copyTo(part, PRIVATE_FILE);
            part.renameTo(kept);
        } else if (!kept.holdsSameAs(target)) {
            throw taken(placed);
        }
        kept.forceName();
    }

    private static VmmException taken(PlacedFile placed) {
        return new VmmException("the name of the guest's open file " + placed.shownPath()
                + " has been taken by something new; move that away, and go on");
    }

    private void copyHere(PlacedFile placed, FilePlace target) throws IOException {
        FilePlace temporary = temporary(placed);
        byte[] digest = staged.file(placed.number()).copyTo(temporary, placed.permissions());
        if (!Arrays.equals(digest, placed.digest())) {
            temporary.delete();
            throw new IOException("what arrived of the guest's open file " + placed.shownPath()
                    + " has been damaged since, in " + staged.hostPath(placed.number()));
        }
        temporary.renameTo(target);
    }

    /** Where a file of the root is written before it is complete; its directory exists. */
    private FilePlace temporary(PlacedFile placed) throws IOException {
        FilePlace target = guest.at(placed.path());
        String name = ".vmm-" + staged.token() + "-" + placed.number() + ".part";
        return target.sibling(name);
    }

    private void deleteTemporaries(Placement placement) throws IOException {
        for (PlacedFile placed : placement.files()) {
            if (guest.at(placed.path()) != null) {
                temporary(placed).delete();
            }
        }
    }

    // -- taking back -------------------------------------------------------------------------------------------------

    /**
     * Undoes what is recorded. What is no longer as we left it stays.
     *
     * @return for a person, a line for each file that we replaced and cannot put back
     */
    List<String> takeBack() throws IOException {
        Placement placement = recorded();
        deleteTemporaries(placement);
        List<String> left = new ArrayList<>();
        for (PlacedFile placed : placement.files()) {
            if (!takeBack(placed)) {
                left.add("the file that was replaced by the guest's " + placed.shownPath() + " stays in "
                        + replaced.hostPath(placed.number()) + ": its name is taken by something new");
            }
        }
        List<String> directories = placement.directories();
        for (int i = directories.size() - 1; i >= 0; i--) {
            deleteIfEmpty(guest.at(directories.get(i)));
        }
        forget();
        return left;
    }

    /** Whether nothing of ours, and of what we replaced, needs a person. */
    private boolean takeBack(PlacedFile placed) throws IOException {
        FilePlace target = guest.at(placed.path());
        FilePlace kept = replaced.file(placed.number());
        replaced.part(placed.number()).delete();
        if (!kept.exists()) {
            // Nothing was replaced, or not yet, or it was put back already.
            kept.forceName();
            if (!placed.replacesFile() && target != null && (!target.exists() || placed.isAt(target))) {
                target.delete();
            }
            return true;
        }
        if (target == null) {
            return false;
        }
        if (!target.exists() || placed.isAt(target)) {
            putBack(placed, kept, target);
        } else if (!kept.holdsSameAs(target)) {
            return false;
        }
        target.forceName();
        kept.delete();
        return true;
    }

    private void putBack(PlacedFile placed, FilePlace kept, FilePlace target) throws IOException {
        FilePlace temporary = temporary(placed);
        kept.copyTo(temporary, PRIVATE_FILE);
        temporary.setPermissions(placed.replaces());
        temporary.renameTo(target);
    }

    private static void deleteIfEmpty(@Nullable FilePlace directory) throws IOException {
        if (directory == null || directory.exists() && !directory.status().isDirectory()) {
            return;
        }
        try {
            directory.delete();
        } catch (DirectoryNotEmptyException e) {
            // Somebody uses it.
        }
    }
}
