package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.FilesPolicy;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/**
 * The descriptor table. Numbers below the first descriptor, the standard streams' apart, are nobody's: they are never
 * given out.
 */
public final class Descriptors implements MappedFiles, Closeable {
    /** RLIMIT_NOFILE: descriptors are below it. */
    public static final int LIMIT = 1024;

    static final int STANDARD_STREAMS = 3;

    private final int first;
    private final OpenFiles system;
    private final OpenFile[] table = new OpenFile[LIMIT];
    private final boolean[] closeOnExec = new boolean[LIMIT];

    private int process = Identity.PROCESS;
    private IntSupplier limit = () -> LIMIT;

    private Descriptors(int first, OpenFiles system) {
        this.first = first;
        this.system = system;
    }

    /**
     * A table with the standard streams.
     *
     * @param first the lowest number that opening a file gives, 3 to 1023
     */
    public static Descriptors standard(int first) {
        Descriptors descriptors = empty(first);
        for (int i = 0; i < STANDARD_STREAMS; i++) {
            descriptors.put(i, OpenFile.standardStream(i), false);
        }
        return descriptors;
    }

    /** A table with nothing in it, not even the standard streams. */
    static Descriptors empty(int first) {
        return new Descriptors(first, new OpenFiles());
    }

    /** An empty table of another process. */
    Descriptors beside() {
        return new Descriptors(first, system);
    }

    /** What a forked process has: the same descriptors of the same descriptions. */
    public Descriptors fork() {
        Descriptors copy = beside();
        for (int i = 0; i < LIMIT; i++) {
            if (table[i] != null) {
                copy.put(i, table[i], closeOnExec[i]);
            }
        }
        return copy;
    }

    /** execve(2): closes what is marked for that. */
    public void closeForExec() {
        for (int i = 0; i < LIMIT; i++) {
            if (table[i] != null && closeOnExec[i]) {
                try {
                    close(i);
                } catch (IOException e) {
                    // The descriptor is closed; nobody is left to be told.
                }
            }
        }
    }

    /**
     * It is that of {@code newProcess} now. Numbers that are given out from now on are below what {@code newLimit} says, 0
     * to {@link #LIMIT}.
     */
    public void belongTo(int newProcess, IntSupplier newLimit) {
        process = newProcess;
        limit = newLimit;
    }

    /** The number of the process whose it is. */
    public int process() {
        return process;
    }

    /**
     * The lock that {@code state} is of, which this process waits for.
     *
     * @throws VmmException if there is none like this
     */
    public FileLock lock(FileLockState state) {
        OpenFile file = system.find(state.file());
        if (file == null) {
            throw new VmmException("the image tells of a lock on a file that is not open; save the VM again");
        }
        return SpecialFiles.lock(state, file, this);
    }

    /** What numbers that are given out are below. */
    public int limit() {
        return limit.getAsInt();
    }

    /** The descriptions of all processes. */
    public OpenFiles system() {
        return system;
    }

    public int first() {
        return first;
    }

    /** A number for a new description. */
    public int newId() {
        return system.newId();
    }

    /** @throws SystemCallError EBADF */
    public OpenFile get(int descriptor) {
        if (descriptor < 0 || descriptor >= LIMIT || table[descriptor] == null) {
            throw new SystemCallError(Errno.EBADF);
        }
        return table[descriptor];
    }

    public boolean isOpen(int descriptor) {
        return descriptor >= 0 && descriptor < LIMIT && table[descriptor] != null;
    }

    /** The numbers that are open. */
    public List<Integer> numbers() {
        return IntStream.range(0, LIMIT).filter(this::isOpen).boxed().toList();
    }

    public boolean closesOnExec(int descriptor) {
        return closeOnExec[descriptor];
    }

    public void setCloseOnExec(int descriptor, boolean value) {
        closeOnExec[descriptor] = value;
    }

    /**
     * The lowest free number from {@code atLeast} on.
     *
     * @throws SystemCallError EMFILE
     */
    public int free(int atLeast) {
        for (int i = atLeast; i < limit.getAsInt(); i++) {
            if (table[i] == null && !isReserved(i)) {
                return i;
            }
        }
        throw new SystemCallError(Errno.EMFILE);
    }

    private boolean isReserved(int descriptor) {
        return descriptor >= STANDARD_STREAMS && descriptor < first;
    }

    /**
     * Gives a new file that has no name the lowest free number.
     *
     * @param flags of open(2): O_CLOEXEC and O_NONBLOCK count
     * @throws SystemCallError EMFILE
     */
    public int add(FileKind kind, AnonymousFile anonymous, int flags) {
        int status = OpenFlags.O_RDWR | flags & OpenFlags.O_NONBLOCK;
        OpenFile file = OpenFile.anonymous(newId(), kind, anonymous, status);
        return put(free(0), file, (flags & OpenFlags.O_CLOEXEC) != 0);
    }

    /** Lets {@code descriptor}, which is free, name {@code file}. */
    public int put(int descriptor, OpenFile file, boolean cloexec) {
        table[descriptor] = file.retain();
        system.add(file);
        closeOnExec[descriptor] = cloexec;
        return descriptor;
    }

    /** dup2(2): lets {@code descriptor} name what {@code from} does, whatever it named before. */
    public int replace(int from, int descriptor, boolean cloexec) throws IOException {
        OpenFile file = get(from);
        if (descriptor < 0 || descriptor >= limit.getAsInt() || isReserved(descriptor)) {
            throw new SystemCallError(Errno.EBADF);
        }
        if (table[descriptor] != null) {
            close(descriptor);
        }
        return put(descriptor, file, cloexec);
    }

    public void close(int descriptor) throws IOException {
        OpenFile file = get(descriptor);
        table[descriptor] = null;
        closeOnExec[descriptor] = false;
        system.locks().descriptorClosed(this, file);
        if (file.isLastReference()) {
            system.locks().descriptionClosed(file);
            system.remove(file);
        }
        file.release();
    }

    /** The descriptions that descriptors name, each once, in the order of the descriptors. */
    public Set<OpenFile> openFiles() {
        Set<OpenFile> files = new LinkedHashSet<>(Arrays.asList(table));
        files.remove(null);
        return files;
    }

    /** The guest has renamed something: what is open there is elsewhere now. */
    public void renamed(GuestPath from, GuestPath to) {
        system.renamed(from, to);
    }

    /** The guest has given a file these nine rwx bits. */
    public void permissionsChanged(GuestPath path, int permissions) {
        system.permissionsChanged(path, permissions);
    }

    /** The guest has deleted or replaced something. */
    public void deleted(GuestPath path) {
        system.deleted(path);
    }

    @Override
    public OpenFile open(int descriptor) {
        return get(descriptor);
    }

    @Override
    public long read(int descriptor, long position, byte[] to) {
        if (descriptor < 0 || descriptor >= LIMIT || table[descriptor] == null) {
            return -Errno.EBADF;
        }
        OpenFile file = table[descriptor];
        if (!file.isFile()) {
            return -Errno.ENODEV;
        }
        if (!file.isReadable()) {
            return -Errno.EACCES;
        }
        try {
            return readFully(file.file(), position, to);
        } catch (IOException e) {
            return -Errno.of(e);
        }
    }

    private static int readFully(HostFile file, long position, byte[] to) throws IOException {
        int done = 0;
        while (done < to.length) {
            int n = file.read(position + done, to, done, to.length - done);
            if (n == 0) {
                break;
            }
            done += n;
        }
        return done;
    }

    /**
     * The record of these files. What the guest wrote to them is on the disk when this returns.
     *
     * @param policy whether their bytes are to be in it; those of a deleted file are in any case
     * @param stop whether reading a large file is to end early
     * @throws io.scratchvm.vmm.api.VmmException if a file cannot be saved
     * @throws IOException if one cannot be read, or {@code stop} said so
     */
    public FilesState state(Host host, FilesPolicy policy, BooleanSupplier stop) throws IOException {
        system.pages().copyBack();
        return new FileSaver(host, policy, stop).save(List.of(this));
    }

    /**
     * The table that {@code state} holds, its files opened anew under the host's root and found to be what {@code policy}
     * asks for. All are opened and checked before any is changed.
     *
     * @param first as {@link #standard}
     * @param stop asked while long files are read
     * @throws io.scratchvm.vmm.api.VmmException if {@code state} holds no table, or a file is not as it must be
     * @throws IOException if the host cannot read a file, or {@code stop} said to stop
     */
    public static Descriptors restore(Host host, int first, FilesState state, FilesPolicy policy, BooleanSupplier stop)
            throws IOException {
        return restoreAll(host, first, state, OtherDescriptors.NONE, policy, stop)
                .get(Identity.PROCESS);
    }

    /**
     * The tables of all processes, by their numbers, as {@link #restore}.
     *
     * @param others the tables of processes besides the first, whose table {@code state} has
     */
    public static Map<Integer, Descriptors> restoreAll(
            Host host, int first, FilesState state, OtherDescriptors others, FilesPolicy policy, BooleanSupplier stop)
            throws IOException {
        return new FileRestorer(host, policy, stop).restore(first, state, others);
    }

    /** Closes every file. */
    @Override
    public void close() throws IOException {
        IOException trouble = null;
        for (int i = 0; i < LIMIT; i++) {
            try {
                if (table[i] != null) {
                    close(i);
                }
            } catch (IOException e) {
                trouble = e;
            }
        }
        if (trouble != null) {
            throw trouble;
        }
    }
}
