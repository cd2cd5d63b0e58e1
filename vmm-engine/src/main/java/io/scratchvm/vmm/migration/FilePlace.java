package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.linux.file.FileDigest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.Arrays;

/** A place for a file: under the guest's root, or in the journal. */
record FilePlace(Host host, GuestPath path) {
    private static final int CHUNK = 1 << 18;

    /** What is there; null if nothing is. */
    @Nullable
    FileStatus status() throws IOException {
        try {
            return host.status(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    boolean exists() throws IOException {
        return status() != null;
    }

    /** Whether a regular file of this size and digest is there. */
    boolean holds(long size, byte[] digest) throws IOException {
        FileStatus status = status();
        return status != null && status.isRegular() && status.size() == size && Arrays.equals(digest(size), digest);
    }

    /** Whether both are regular files with the same bytes. */
    boolean holdsSameAs(FilePlace other) throws IOException {
        FileStatus status = other.status();
        return status != null && status.isRegular() && holds(status.size(), other.digest(status.size()));
    }

    private byte[] digest(long size) throws IOException {
        try (HostFile file = host.open(path, Host.Access.READ)) {
            return FileDigest.of(file, size);
        }
    }

    /**
     * Makes {@code copy}, a file that does not exist, and forces it to disk.
     *
     * @param permissions the nine rwx bits, of which the host may withhold some
     * @return the digest of what was copied
     */
    byte[] copyTo(FilePlace copy, int permissions) throws IOException {
        MessageDigest digest = FileDigest.sha256();
        try (HostFile from = host.open(path, Host.Access.READ);
                HostFile to = copy.host.create(copy.path, Host.Access.WRITE, permissions)) {
            byte[] buffer = new byte[(int) Math.min(CHUNK, from.size() + 1)];
            long position = 0;
            for (int n; (n = from.read(position, buffer, 0, buffer.length)) > 0; position += n) {
                to.write(position, buffer, 0, n);
                digest.update(buffer, 0, n);
            }
            to.force();
        }
        return digest.digest();
    }

    /** Puts the file under the name {@code target} of the same directory in one step; it is on disk there afterwards. */
    void renameTo(FilePlace target) throws IOException {
        host.rename(path, target.path);
        target.forceName();
    }

    /** Gives the file exactly these nine rwx bits, on disk. */
    void setPermissions(int permissions) throws IOException {
        try (HostFile file = host.open(path, Host.Access.WRITE)) {
            host.setPermissions(path, permissions);
            file.force();
        }
    }

    /** The file's bytes are on disk when this returns. */
    void force() throws IOException {
        try (HostFile file = host.open(path, Host.Access.WRITE)) {
            file.force();
        }
    }

    /**
     * That there is, or is not, something under this name is on disk when this returns. To be asked for also where things
     * are found as they should be: a process that was killed may have made them so and not forced them.
     */
    void forceName() throws IOException {
        try {
            host.force(path.parent());
        } catch (NoSuchFileException e) {
            // No directory, no name.
        }
    }

    /** Nothing is there when this returns, on disk. */
    void delete() throws IOException {
        if (exists()) {
            host.delete(path);
        }
        forceName();
    }

    /** The place {@code name} in the same directory. */
    FilePlace sibling(String name) throws IOException {
        return new FilePlace(host, path.parent().resolve(name));
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
