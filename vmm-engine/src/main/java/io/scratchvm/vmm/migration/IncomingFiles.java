package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import io.scratchvm.vmm.linux.file.FilesStateRules;
import io.scratchvm.vmm.migration.GuestFiles.Landing;
import io.scratchvm.vmm.migration.Placement.PlacedFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The open files of a VM that comes from elsewhere. A regular file whose size and bytes are those that were saved stays
 * what it is; every other one is brought: from the source, or from the image where that holds its bytes. It is staged in
 * the journal until all have arrived, and put under its name then. The bytes of deleted files are in the image and not
 * our concern.
 *
 * <p>A longer file is another file, even one that begins alike and that the guest appends to: what would follow the
 * guest's bytes is not what it wrote. It is replaced only if the user says so.
 *
 * <p>A killed process is followed by one that begins with any of these methods; {@link #takeBack} and {@link #cleanUp}
 * need not even know the image's files.
 */
final class IncomingFiles {
    private static final int OWNER_READS = 0400, OWNER_WRITES = 0200;

    private final GuestFiles guest;
    private final Shelf staged;
    private final Shelf replaced;
    private final FilePlacer placer;
    private final List<OpenFileState> files;
    private final boolean overwrite;
    private final long maxBytes;

    private Found found;

    /** What a look at the guest's root has told. */
    private static final class Found {
        /** Files to be brought, by index. */
        final Map<Integer, Incoming> incoming = new TreeMap<>();
        /** Of these, the ones that no process has begun to place. */
        final List<PlacedFile> unplaced = new ArrayList<>();

        final Set<GuestPath> missingDirectories = new LinkedHashSet<>();
        /** The index that each path is known by. */
        final Map<GuestPath, Integer> byPath = new HashMap<>();
    }

    /** A file to be brought. */
    private static final class Incoming {
        final OpenFileState file;
        /** Bytes that were there before this conversation. */
        final long before;

        long received;

        Incoming(OpenFileState file, long before) {
            this.file = file;
            this.before = before;
            this.received = before;
        }

        boolean isComplete() {
            return received == file.size();
        }
    }

    /**
     * @param host holds the guest's root
     * @param staged a directory of the journal, for files as they arrive; made when needed, and ours
     * @param replaced likewise, for the files whose names they take
     * @param files the image's open files, in its order
     * @param overwrite whether a different file may be replaced
     * @param maxBytes the most that may be brought, all together
     * @throws VmmException if no open files can look like this
     */
    IncomingFiles(Host host, Path staged, Path replaced, List<OpenFileState> files, boolean overwrite, long maxBytes)
            throws IOException {
        this(host, Shelf.of(staged), Shelf.of(replaced), files, overwrite, maxBytes);
    }

    IncomingFiles(Host host, Shelf staged, Shelf replaced, List<OpenFileState> files, boolean overwrite, long maxBytes)
            throws IOException {
        files.forEach(FilesStateRules::checkAlone);
        this.guest = new GuestFiles(host, staged.journalKey());
        this.staged = staged;
        this.replaced = replaced;
        this.placer = new FilePlacer(guest, staged, replaced);
        this.files = files;
        this.overwrite = overwrite;
        this.maxBytes = maxBytes;
    }

    // -- looking -----------------------------------------------------------------------------------------------------

    /**
     * The files to ask the source for, each from the first byte that is not staged yet. Nothing under the root is
     * changed. To be called once in each conversation, before data comes.
     *
     * @throws VmmException if a different file is in the way, if a file cannot be where it must, or if there is too much
     */
    List<Message.WantedFile> wanted() throws IOException {
        look();
        List<Message.WantedFile> wanted = new ArrayList<>();
        found.incoming.forEach((index, incoming) -> {
            if (!incoming.isComplete()) {
                wanted.add(new Message.WantedFile(index, incoming.received));
            }
        });
        return wanted;
    }

    /** Bytes of the files to ask for that are not here yet. */
    long missing() {
        return found.incoming.values().stream()
                .mapToLong(incoming -> incoming.file.size() - incoming.received)
                .sum();
    }

    private void look() throws IOException {
        found = new Found();
        Placement recorded = placer.recorded();
        for (int i = 0; i < files.size(); i++) {
            OpenFileState file = files.get(i);
            if (file.kind() == FileKind.DIRECTORY) {
                lookForDirectory(file);
            } else if (file.isNamedFile()) {
                lookForFile(i, recorded.file(i));
            }
        }
        requireRoom();
        for (Map.Entry<Integer, Incoming> incoming : found.incoming.entrySet()) {
            stageFromImage(incoming.getKey(), incoming.getValue());
        }
    }

    private void lookForDirectory(OpenFileState file) throws IOException {
        Landing landing = guest.find(file);
        found.missingDirectories.addAll(landing.missing());
    }

    private void lookForFile(int index, PlacedFile recorded) throws IOException {
        OpenFileState file = files.get(index);
        if (recorded != null) {
            found.byPath.put(GuestPath.parse(recorded.path()), index);
            bring(index);
            return;
        }
        Landing landing = guest.find(file);
        int first = found.byPath.computeIfAbsent(landing.place().path(), path -> index);
        if (first != index) {
            requireSame(files.get(first), file);
        } else if (!isHere(file, landing)) {
            requireReplaceable(file, landing);
            found.missingDirectories.addAll(landing.missing());
            found.unplaced.add(placed(index, landing));
            bring(index);
        }
        if (!found.incoming.containsKey(first)) {
            requireOpenable(file, landing.place());
        }
    }

    private PlacedFile placed(int index, Landing landing) {
        OpenFileState file = files.get(index);
        FileStatus status = landing.status();
        return new PlacedFile(
                index,
                landing.place().toString(),
                file.size(),
                file.digest(),
                permissions(file),
                status == null ? PlacedFile.NO_FILE : status.permissions());
    }

    /** A process may have a file open in a way that the file's mode does not allow: whoever creates it may. */
    private int permissions(OpenFileState placed) {
        int permissions = placed.mode() | OWNER_READS;
        for (OpenFileState file : files) {
            boolean writes = file.isNamedFile() && file.access() != Host.Access.READ;
            if (writes && file.path().equals(placed.path())) {
                permissions |= OWNER_WRITES;
            }
        }
        return permissions;
    }

    private void bring(int index) throws IOException {
        OpenFileState file = files.get(index);
        long size = staged.size(index);
        if (size > file.size()) {
            staged.file(index).delete();
            size = 0;
        }
        found.incoming.put(index, new Incoming(file, size));
    }

    /** A file is opened more than once under one path; whoever has two paths for one file has two files. */
    private static void requireSame(OpenFileState first, OpenFileState second) {
        if (!first.path().equals(second.path())) {
            throw GuestFiles.refused(
                    second, "is the same file here as " + first.shownPath(), "take away the link that makes it so");
        }
        if (first.size() != second.size() || !Arrays.equals(first.digest(), second.digest())) {
            throw GuestFiles.refused(second, "was saved as two different files", "save the VM again");
        }
    }

    private static boolean isHere(OpenFileState file, Landing landing) throws IOException {
        try {
            return landing.place().holds(file.size(), file.digest());
        } catch (AccessDeniedException e) {
            throw GuestFiles.refused(file, "may not be read here", "allow that on the host");
        }
    }

    private void requireReplaceable(OpenFileState file, Landing landing) {
        if (landing.link()) {
            throw GuestFiles.refused(
                    file, "is a link here, to something else than was saved", "put the file in its place");
        }
        if (landing.status() == null) {
            return;
        }
        if (!landing.status().isRegular()) {
            throw GuestFiles.refused(file, "is no regular file here", "move away what has its name");
        }
        if (!overwrite) {
            throw GuestFiles.refused(
                    file, "is a different file here" + sizes(file, landing), "move it away, or allow --overwrite");
        }
    }

    private static String sizes(OpenFileState file, Landing landing) {
        long size = landing.status().size();
        return size == file.size() ? "" : ", of " + size + " bytes instead of " + file.size();
    }

    private static void requireOpenable(OpenFileState file, FilePlace place) throws IOException {
        try {
            place.host().open(place.path(), file.access()).close();
        } catch (AccessDeniedException e) {
            throw GuestFiles.refused(file, "may not be opened here as the guest has it", "allow that on the host");
        }
    }

    private void requireRoom() {
        long room = maxBytes;
        for (Incoming incoming : found.incoming.values()) {
            if (incoming.file.size() > room) {
                throw new VmmException("the VM's open files are more than the " + maxBytes
                        + " bytes that --max-files allows; allow more, or share the storage");
            }
            room -= incoming.file.size();
        }
    }

    private void stageFromImage(int index, Incoming incoming) throws IOException {
        byte[] content = incoming.file.content();
        if (content == null || staged.file(index).holds(content.length, incoming.file.digest())) {
            return;
        }
        staged.create();
        staged.file(index).delete();
        staged.write(index, 0, content, 0, content.length);
        incoming.received = content.length;
    }

    // -- receiving ---------------------------------------------------------------------------------------------------

    /**
     * A piece of file {@code index} has arrived.
     *
     * @throws ProtocolException if it was not wanted, or is not what follows
     */
    void write(int index, long offset, byte[] bytes, int start, int length) throws IOException {
        Incoming incoming = found == null ? null : found.incoming.get(index);
        if (incoming == null) {
            throw new ProtocolException("a piece of file " + index + ", which was not wanted");
        }
        if (length <= 0 || offset != incoming.received || length > incoming.file.size() - offset) {
            throw new ProtocolException("a piece of file " + index + " at " + offset + " of " + length
                    + " bytes, where byte " + incoming.received + " of " + incoming.file.size() + " is next");
        }
        staged.create();
        staged.write(index, offset, bytes, start, length);
        incoming.received += length;
    }

    /**
     * All have arrived and are on disk, or this fails.
     *
     * @throws ProtocolException if one is not what was saved
     * @throws IOException if one was damaged here; it is asked for again in the next conversation
     */
    void verify() throws IOException {
        for (Map.Entry<Integer, Incoming> entry : found.incoming.entrySet()) {
            verify(entry.getKey(), entry.getValue());
        }
        if (!found.incoming.isEmpty()) {
            staged.force();
        }
    }

    private void verify(int index, Incoming incoming) throws IOException {
        OpenFileState file = incoming.file;
        FilePlace place = staged.file(index);
        if (!incoming.isComplete()) {
            throw new ProtocolException("only " + incoming.received + " bytes of the guest's open file "
                    + file.shownPath() + " arrived, of " + file.size());
        }
        if (file.size() == 0 && !place.exists()) {
            staged.create();
            staged.write(index, 0, new byte[0], 0, 0);
        }
        if (place.holds(file.size(), file.digest())) {
            place.force();
            return;
        }
        place.delete();
        if (incoming.before > 0) {
            throw new IOException("what was here of the guest's open file " + file.shownPath()
                    + " from an interrupted transfer was damaged; it has been deleted");
        }
        throw new ProtocolException(
                "the contents of the guest's open file " + file.shownPath() + " are not those that were saved");
    }

    // -- placing -----------------------------------------------------------------------------------------------------

    /**
     * Puts the files under their names, and makes the directories that they need and that the guest has open. Can be
     * repeated. When this returns it is on disk.
     *
     * @throws VmmException if something has come in the way
     */
    void place() throws IOException {
        if (found == null) {
            look();
        }
        placer.place(found.unplaced, found.missingDirectories);
        found = null;
    }

    /**
     * Undoes {@link #place}, however much of it was done, and deletes what is staged. Can be repeated.
     *
     * @return for a person, a line for each file that was replaced and cannot be put back: something else has its name
     *     now; it stays in the journal
     */
    List<String> takeBack() throws IOException {
        List<String> left = placer.takeBack();
        staged.clear();
        replaced.deleteIfEmpty();
        return left;
    }

    /** The VM runs: nothing is taken back any more, and what is staged or was replaced is deleted. Can be repeated. */
    void cleanUp() throws IOException {
        placer.forget();
        staged.clear();
        replaced.clear();
    }
}
