package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.host.FileTree;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** How the process names files: its working directory, its umask, and the paths in its calls. */
public final class FileNames {
    /** The directory descriptor that stands for the working directory. */
    public static final int AT_FDCWD = -100;

    private final UserMemory memory;
    private final Descriptors descriptors;
    private final PathResolver resolver;
    private GuestPath workingDirectory;
    private int umask;

    public FileNames(
            UserMemory memory, FileTree files, Descriptors descriptors, GuestPath workingDirectory, int umask) {
        this.memory = memory;
        this.descriptors = descriptors;
        this.resolver = new PathResolver(files);
        this.workingDirectory = workingDirectory;
        this.umask = umask & 0777;
    }

    public GuestPath workingDirectory() {
        return workingDirectory;
    }

    void changeDirectory(GuestPath directory) {
        workingDirectory = directory;
    }

    public int umask() {
        return umask;
    }

    void setUmask(int umask) {
        this.umask = umask & 0777;
    }

    /** The nine rwx bits that a new file gets. */
    int permissions(long mode) {
        return (int) mode & 0777 & ~umask;
    }

    /**
     * The path at {@code address}.
     *
     * @throws SystemCallError EFAULT, ENAMETOOLONG, or EINVAL if it is not UTF-8
     */
    public String path(long address) {
        byte[] bytes = memory.readString(address, UserMemory.PATH_MAX);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new SystemCallError(Errno.EINVAL);
        }
    }

    /** Where the path at {@code address} leads from the directory {@code descriptor}, links followed. */
    PathResolver.Target follow(int descriptor, long address) throws IOException {
        String path = path(address);
        return resolver.follow(base(descriptor, path), path);
    }

    /** As {@link #follow}, but a link at the end is where it leads. */
    PathResolver.Target noFollow(int descriptor, long address) throws IOException {
        String path = path(address);
        return resolver.noFollow(base(descriptor, path), path);
    }

    /** Where a path that the guest gave earlier leads; what is there exists. */
    public PathResolver.Target existing(String path) throws IOException {
        return existing(resolver.follow(workingDirectory, path));
    }

    /** As {@link #follow}; what is there exists. */
    public PathResolver.Target existing(int descriptor, long address) throws IOException {
        return existing(follow(descriptor, address));
    }

    /** As {@link #noFollow}; what is there exists. */
    PathResolver.Target existingNoFollow(int descriptor, long address) throws IOException {
        return existing(noFollow(descriptor, address));
    }

    /**
     * A path that ends in a slash is refused by O_CREAT, whatever is there, once its directory was found.
     *
     * @throws SystemCallError EISDIR
     */
    void checkCreatable(int descriptor, long address) throws IOException {
        String path = path(address);
        if (!path.endsWith("/")) {
            return;
        }
        String name = path.replaceFirst("/+$", "");
        if (!name.isEmpty()) {
            resolver.noFollow(base(descriptor, name), name);
            throw new SystemCallError(Errno.EISDIR);
        }
    }

    /**
     * As {@link #noFollow}; nothing is there, and something other than a directory can be made there.
     *
     * @throws SystemCallError EEXIST; ENOENT for a path that only a directory can have
     */
    PathResolver.Target creatable(int descriptor, long address) throws IOException {
        PathResolver.Target target = noFollow(descriptor, address);
        if (target.exists()) {
            throw new SystemCallError(Errno.EEXIST);
        }
        if (target.namesDirectory()) {
            throw new SystemCallError(Errno.ENOENT);
        }
        return target;
    }

    private static PathResolver.Target existing(PathResolver.Target target) {
        if (!target.exists()) {
            throw new SystemCallError(Errno.ENOENT);
        }
        return target;
    }

    private GuestPath base(int descriptor, String path) {
        if (descriptor == AT_FDCWD || path.startsWith("/")) {
            return workingDirectory;
        }
        OpenFile directory = descriptors.get(descriptor);
        if (!directory.isDirectory()) {
            throw new SystemCallError(Errno.ENOTDIR);
        }
        return directory.path();
    }
}
