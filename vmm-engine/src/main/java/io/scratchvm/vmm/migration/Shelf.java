package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.host.DirectoryHost;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory of the journal that holds files by number. It exists from its first file on. */
final class Shelf {
    private static final int PRIVATE_DIRECTORY = 0700, PRIVATE_FILE = 0600;

    private final Host journal;
    private final GuestPath directory;
    private final Path hostDirectory;
    /** Whether the directory is known to be on disk. */
    private boolean made;

    /** @param hostDirectory what {@code directory} is called outside of {@code journal}, for messages */
    Shelf(Host journal, GuestPath directory, Path hostDirectory) {
        this.journal = journal;
        this.directory = directory;
        this.hostDirectory = hostDirectory;
    }

    static Shelf of(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        Files.createDirectories(absolute.getParent());
        Host journal = new DirectoryHost(
                absolute.getParent(),
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream());
        return new Shelf(journal, GuestPath.ROOT.resolve(absolute.getFileName().toString()), absolute);
    }

    /** The directory's name, without what follows its first dot. */
    String token() {
        String name = directory.name();
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** Identity of the directory that this one is in, as {@link FileStatus#key}. */
    @Nullable
    Object journalKey() throws IOException {
        return journal.status(directory.parent()).key();
    }

    FilePlace file(int number) throws IOException {
        return file(Integer.toString(number));
    }

    /** Where file {@code number} is written before it is complete. */
    FilePlace part(int number) throws IOException {
        return file(number + ".part");
    }

    FilePlace file(String name) throws IOException {
        return new FilePlace(journal, directory.resolve(name));
    }

    /** The host's own path of a file. */
    Path hostPath(int number) {
        return hostDirectory.resolve(Integer.toString(number));
    }

    /** Makes the directory, if it is not there yet. */
    void create() throws IOException {
        if (made) {
            return;
        }
        FilePlace place = place();
        if (!place.exists()) {
            journal.createDirectory(directory, PRIVATE_DIRECTORY);
        }
        place.forceName();
        made = true;
    }

    private FilePlace place() {
        return new FilePlace(journal, directory);
    }

    /** Bytes of file {@code number}; 0 if there is none. */
    long size(int number) throws IOException {
        FileStatus status = file(number).status();
        return status == null ? 0 : status.size();
    }

    /** Writes to file {@code number}, which is made if there is none. */
    void write(int number, long offset, byte[] bytes, int start, int length) throws IOException {
        FilePlace place = file(number);
        try (HostFile file = place.exists() ? journal.open(place.path(), Host.Access.WRITE) : create(place)) {
            file.write(offset, bytes, start, length);
        }
    }

    /** Publishes a small file whole, in one step, and on disk. */
    void publish(String name, byte[] content) throws IOException {
        create();
        FilePlace temporary = file(name + ".part");
        temporary.delete();
        try (HostFile file = create(temporary)) {
            file.write(0, content, 0, content.length);
            file.force();
        }
        temporary.renameTo(file(name));
    }

    private HostFile create(FilePlace place) throws IOException {
        return journal.create(place.path(), Host.Access.WRITE, PRIVATE_FILE);
    }

    /** Which files there are is on disk when this returns. */
    void force() throws IOException {
        journal.force(directory);
    }

    /** Deletes the directory with all that is in it. */
    void clear() throws IOException {
        if (place().exists()) {
            for (String name : journal.list(directory)) {
                journal.delete(directory.resolve(name));
            }
        }
        deleteIfEmpty();
    }

    void deleteIfEmpty() throws IOException {
        if (!place().exists() || journal.list(directory).isEmpty()) {
            place().delete();
            made = false;
        }
    }
}
