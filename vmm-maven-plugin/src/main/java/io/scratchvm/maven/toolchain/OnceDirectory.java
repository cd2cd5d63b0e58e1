package io.scratchvm.maven.toolchain;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A directory that is there as a whole or not at all, filled once, however many modules and Mavens want it at a time.
 *
 * @param path where it is to be
 */
record OnceDirectory(Path path) {
    private static final long RETRY_MILLIS = 100;

    /** Fills an empty directory. */
    interface Filler {
        void fill(Path directory) throws IOException;
    }

    /** Makes the directory unless it exists, or somebody else makes it meanwhile. */
    void create(Filler filler) throws IOException {
        Files.createDirectories(path.getParent());
        try (FileChannel channel =
                        FileChannel.open(sibling(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            if (!Files.isDirectory(path)) {
                fill(filler);
            }
        }
    }

    private void fill(Filler filler) throws IOException {
        Path incomplete = sibling(".incomplete");
        delete(incomplete);
        Files.createDirectory(incomplete);
        try {
            filler.fill(incomplete);
            Files.move(incomplete, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            delete(incomplete);
            throw e;
        }
    }

    private Path sibling(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** A file lock is the whole JVM's: another module of the same build shows as an exception. */
    private static FileLock lock(FileChannel channel) throws IOException {
        for (; ; ) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) {
                pause();
            }
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(tree)) {
                for (Path entry : entries) {
                    delete(entry);
                }
            }
        }
        Files.deleteIfExists(tree);
    }
}
