package io.scratchvm.vmm.host;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The real thing: a directory of the host, three streams, the host's clock and its random numbers. */
public final class DirectoryHost implements Host {
    /** What lies here under a file system's own root is the host's kernel, not files. */
    private static final Set<String> KERNEL_DIRECTORIES = Set.of("proc", "sys", "dev");

    /** The most entries of a directory that a guest is shown; they are all in the heap at once. */
    private static final int MOST_NAMES = 1 << 20;

    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

    private final Path root;
    private final boolean posix;
    private final InputPump input;
    private final OutputStream standardOutput;
    private final OutputStream standardError;

    /**
     * A host whose files are below {@code root}.
     *
     * @throws VmmException if {@code root} is not a directory
     */
    public DirectoryHost(Path root, InputStream input, OutputStream standardOutput, OutputStream standardError)
            throws IOException {
        if (!Files.isDirectory(root)) {
            throw new VmmException("the guest's root directory " + root
                    + " is not a directory; create it or name another one with --root");
        }
        this.root = root.toRealPath();
        this.posix = this.root.getFileSystem().supportedFileAttributeViews().contains("posix");
        this.input = new InputPump(input);
        this.standardOutput = standardOutput;
        this.standardError = standardError;
    }

    // -- files -------------------------------------------------------------------------------------------------------

    @Override
    public FileStatus status(GuestPath path) throws IOException {
        return status(hostPath(path));
    }

    private FileStatus status(Path path) throws IOException {
        if (posix) {
            PosixFileAttributes attributes =
                    Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return status(attributes, bits(attributes.permissions()));
        }
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        int execute = attributes.isDirectory() ? 0111 : 0;
        return status(attributes, execute | (Files.isWritable(path) ? 0666 : 0444));
    }

    private static FileStatus status(BasicFileAttributes attributes, int permissions) {
        return new FileStatus(
                kind(attributes),
                attributes.size(),
                permissions,
                attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                attributes.fileKey());
    }

    /** A junction of Windows is a directory and "other"; it leads anywhere, so it counts as the latter. */
    private static FileStatus.Kind kind(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return FileStatus.Kind.LINK;
        }
        if (attributes.isOther()) {
            return FileStatus.Kind.OTHER;
        }
        return attributes.isDirectory() ? FileStatus.Kind.DIRECTORY : FileStatus.Kind.REGULAR;
    }

    @Override
    public String readLink(GuestPath path) throws IOException {
        String text = Files.readSymbolicLink(hostPath(path)).toString();
        String separator = root.getFileSystem().getSeparator();
        return separator.equals("/") ? text : text.replace(separator, "/");
    }

    @Override
    public HostFile open(GuestPath path, Access access) throws IOException {
        Path file = hostPath(path);
        FileStatus status = status(file);
        if (!status.isRegular()) {
            throw new AccessDeniedException(path.toString(), null, "not a regular file");
        }
        return new ChannelFile(open(file, access, NO_ATTRIBUTES), status.key());
    }

    @Override
    public HostFile create(GuestPath path, Access access, int permissions) throws IOException {
        Path file = hostPath(path);
        // Java creates no file that is opened for reading only.
        Access creating = access == Access.READ ? Access.READ_WRITE : access;
        FileChannel channel = open(file, creating, attributes(permissions), StandardOpenOption.CREATE_NEW);
        return new ChannelFile(channel, status(file).key());
    }

    /** A file to be written is opened for reading too where that is allowed: a save reads what was written. */
    private static FileChannel open(Path file, Access access, FileAttribute<?>[] attributes, OpenOption... more)
            throws IOException {
        if (access == Access.WRITE) {
            try {
                return open(file, Access.READ_WRITE, attributes, more);
            } catch (AccessDeniedException e) {
                // Writable only.
            }
        }
        Set<OpenOption> options = new HashSet<>(List.of(more));
        options.add(LinkOption.NOFOLLOW_LINKS);
        if (access != Access.WRITE) {
            options.add(StandardOpenOption.READ);
        }
        if (access != Access.READ) {
            options.add(StandardOpenOption.WRITE);
        }
        return FileChannel.open(file, options, attributes);
    }

    @Override
    public HostFile createUnnamed() throws IOException {
        Path file = Files.createTempFile(root, ".vmm-", ".deleted");
        Object key = status(file).key();
        // POSIX hosts delete it at once, Windows when it is closed.
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        return new ChannelFile(channel, key);
    }

    @Override
    public void createDirectory(GuestPath path, int permissions) throws IOException {
        Files.createDirectory(hostPath(path), attributes(permissions));
    }

    @Override
    public List<String> list(GuestPath directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(hostPath(directory))) {
            for (Path entry : entries) {
                if (names.size() == MOST_NAMES) {
                    throw new IOException(directory + " has more than " + MOST_NAMES + " entries");
                }
                names.add(entry.getFileName().toString());
            }
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public void link(GuestPath existing, GuestPath link) throws IOException {
        Files.createLink(hostPath(link), hostPath(existing));
    }

    @Override
    public void symbolicLink(GuestPath link, String text) throws IOException {
        try {
            Files.createSymbolicLink(hostPath(link), root.getFileSystem().getPath(text));
        } catch (InvalidPathException e) {
            throw new InvalidNameException(text);
        }
    }

    @Override
    public void delete(GuestPath path) throws IOException {
        Files.delete(hostPath(path));
    }

    @Override
    public void rename(GuestPath from, GuestPath to) throws IOException {
        Files.move(hostPath(from), hostPath(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void setPermissions(GuestPath path, int permissions) throws IOException {
        if (posix) {
            Files.setPosixFilePermissions(hostPath(path), permissions(permissions));
        }
    }

    @Override
    public void setTimes(GuestPath path, @Nullable Instant accessed, @Nullable Instant modified) throws IOException {
        Files.getFileAttributeView(hostPath(path), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(fileTime(modified), fileTime(accessed), null);
    }

    private static @Nullable FileTime fileTime(@Nullable Instant time) {
        return time == null ? null : FileTime.from(time);
    }

    /** Windows opens no directory: there a change of names is journalled. */
    @Override
    public void force(GuestPath directory) throws IOException {
        if (posix) {
            try (FileChannel channel = FileChannel.open(hostPath(directory), StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public @Nullable GuestPath placeOf(String hostPath) {
        try {
            Path file = root.getFileSystem().getPath(hostPath).toRealPath();
            if (!file.startsWith(root)) {
                return null;
            }
            GuestPath place = GuestPath.ROOT;
            for (Path name : root.relativize(file)) {
                place = place.resolve(name.toString());
            }
            return place;
        } catch (IOException | InvalidPathException e) {
            return null;
        }
    }

    private Path hostPath(GuestPath path) throws IOException {
        List<String> names = path.names();
        if (!names.isEmpty() && root.getParent() == null && KERNEL_DIRECTORIES.contains(names.get(0))) {
            throw new NoSuchFileException(path.toString());
        }
        try {
            return root.resolve(String.join("/", names));
        } catch (InvalidPathException e) {
            throw new InvalidNameException(path.toString());
        }
    }

    private FileAttribute<?>[] attributes(int permissions) {
        if (!posix) {
            return NO_ATTRIBUTES;
        }
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions(permissions))};
    }

    /** The constants of {@link PosixFilePermission} are in the order of the bits, from 0400 down. */
    private static Set<PosixFilePermission> permissions(int bits) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((bits & 0400 >> permission.ordinal()) != 0) {
                permissions.add(permission);
            }
        }
        return permissions;
    }

    private static int bits(Set<PosixFilePermission> permissions) {
        int bits = 0;
        for (PosixFilePermission permission : permissions) {
            bits |= 0400 >> permission.ordinal();
        }
        return bits;
    }

    // -- streams -----------------------------------------------------------------------------------------------------

    @Override
    public int readInput(byte[] to, int offset, int length, int waitMillis) throws IOException {
        return input.read(to, offset, length, waitMillis);
    }

    @Override
    public void write(Output stream, byte[] from, int offset, int length) throws IOException {
        OutputStream out = stream == Output.STANDARD_OUTPUT ? standardOutput : standardError;
        out.write(from, offset, length);
        out.flush();
    }

    // -- clock and randomness ----------------------------------------------------------------------------------------

    @Override
    public long realTime() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public long monotonicTime() {
        return System.nanoTime();
    }

    @Override
    public void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void random(byte[] to) {
        new SecureRandom().nextBytes(to);
    }
}
