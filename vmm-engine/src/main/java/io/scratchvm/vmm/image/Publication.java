package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears under its name whole or not at all: written under a temporary name in the same directory, moved
 * over the target once it is complete and on disk. Whatever kills the process leaves the old file or the new one.
 *
 * <p>The temporary file is locked while its writer lives. One that a killed writer left is not locked, and the next
 * publication of the same target deletes it.
 */
public final class Publication implements AutoCloseable {
    private static final String SUFFIX = ".part";

    private final Path target;
    private final Path directory;
    private final Path temporary;
    private final FileChannel channel;
    private boolean published;

    private Publication(Path target, Path directory, Path temporary, FileChannel channel) {
        this.target = target;
        this.directory = directory;
        this.temporary = temporary;
        this.channel = channel;
    }

    /** Begins to write {@code target}, which stays as it is until {@link #publish}. */
    public static Publication of(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            throw new VmmException(target + " is a directory; name a file");
        }
        // A device would be moved over, not written to.
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new VmmException(target + " is not a regular file; name another one");
        }
        Path directory = target.toAbsolutePath().getParent();
        deleteAbandoned(target, directory);
        long process = ProcessHandle.current().pid();
        for (int attempt = 0; ; attempt++) {
            Path temporary = directory.resolve(prefix(target) + process + "-" + attempt + SUFFIX);
            try {
                FileChannel channel = FileChannel.open(
                        temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
                lock(channel);
                return new Publication(target, directory, temporary, channel);
            } catch (FileAlreadyExistsException e) {
                // Another publication of this process, under way: the next name.
            }
        }
    }

    /** Makes {@code content} all that is in {@code target}. */
    public static void replace(Path target, byte[] content) throws IOException {
        try (Publication publication = of(target)) {
            FileBytes.write(publication.channel, 0, content);
            publication.force();
            publication.publish();
        }
    }

    private static String prefix(Path target) {
        return "." + target.getFileName() + ".";
    }

    /** Without a lock, on file systems that have none, a file is at worst deleted as abandoned, and cannot be published. */
    private static FileLock lock(FileChannel channel) {
        try {
            return channel.tryLock();
        } catch (IOException | OverlappingFileLockException e) {
            return null;
        }
    }

    private static void deleteAbandoned(Path target, Path directory) throws IOException {
        String prefix = prefix(target);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                directory, file -> isTemporary(file.getFileName().toString(), prefix))) {
            for (Path file : files) {
                deleteIfAbandoned(file);
            }
        }
    }

    private static boolean isTemporary(String name, String prefix) {
        return name.startsWith(prefix)
                && name.endsWith(SUFFIX)
                && name.length() > prefix.length() + SUFFIX.length()
                && name.substring(prefix.length(), name.length() - SUFFIX.length())
                        .matches("[0-9]+-[0-9]+");
    }

    private static void deleteIfAbandoned(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (lock(channel) != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // Somebody else's, or gone: no reason not to publish.
        }
    }

    /** The file that is being written, empty at first. */
    public FileChannel channel() {
        return channel;
    }

    /** The name of the file that is being written. */
    public Path temporary() {
        return temporary;
    }

    /** Everything written so far is on disk when this returns. */
    public void force() throws IOException {
        channel.force(true);
    }

    /** Moves the file, which is to be {@linkplain #force on disk}, over the target; that too is on disk then. */
    public void publish() throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw about(target, new IOException("this file system cannot replace a file in one step", e));
        }
        published = true;
        syncDirectory();
    }

    /** Trouble with what was to become {@code target}, which is named: a full disk's own words name no file. */
    static IOException about(Path target, IOException trouble) {
        if (trouble instanceof FileSystemException) {
            return trouble;
        }
        IOException named = new FileSystemException(target.toString(), null, trouble.getMessage());
        named.initCause(trouble);
        return named;
    }

    /** Makes the new name outlast a power failure, where the host lets a directory be opened for that. */
    private void syncDirectory() throws IOException {
        FileChannel opened;
        try {
            opened = FileChannel.open(directory, StandardOpenOption.READ);
        } catch (IOException e) {
            // Windows: there the move itself is journalled.
            return;
        }
        try (opened) {
            opened.force(true);
        }
    }

    /** Ends the publication; the temporary file is deleted if it was not published. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            if (!published) {
                Files.deleteIfExists(temporary);
            }
        }
    }
}
