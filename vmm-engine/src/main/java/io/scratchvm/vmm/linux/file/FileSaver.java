package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.FilesPolicy;
import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.linux.abi.ShownText;
import io.scratchvm.vmm.linux.file.FilesState.DescriptorState;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Makes the record of the guest's open files. */
public final class FileSaver {
    /** The most bytes of files that an image carries, all together. */
    public static final long CONTENT_LIMIT = 64 << 20;

    private final Host host;
    private final FilesPolicy policy;
    private final BooleanSupplier stop;
    /** The deleted files met so far, by their keys. */
    private final Map<Object, OpenFile> deleted = new HashMap<>();

    private long room = CONTENT_LIMIT;

    public FileSaver(Host host, FilesPolicy policy, BooleanSupplier stop) {
        this.host = host;
        this.policy = policy;
        this.stop = stop;
    }

    /** @param tables of all processes, of which the record has the first */
    public FilesState save(List<Descriptors> tables) throws IOException {
        Set<OpenFile> all = new LinkedHashSet<>();
        for (Descriptors descriptors : tables) {
            all.addAll(descriptors.openFiles());
        }
        List<OpenFileState> files = new ArrayList<>();
        all.addAll(tables.get(0).system().pages().mapped());
        for (OpenFile file : all) {
            files.add(file.isFile() ? regular(file) : other(file));
        }
        return new FilesState(files, table(tables.get(0)));
    }

    public static List<DescriptorState> table(Descriptors descriptors) {
        List<DescriptorState> table = new ArrayList<>();
        for (int i = 0; i < Descriptors.LIMIT; i++) {
            if (descriptors.isOpen(i)) {
                table.add(new DescriptorState(i, descriptors.get(i).id(), descriptors.closesOnExec(i)));
            }
        }
        return table;
    }

    private static OpenFileState other(OpenFile file) {
        String path = file.path() == null ? null : file.path().toString();
        return new OpenFileState(
                file.id(), file.kind(), path, file.flags(), file.offset(), 0, file.mode(), false, null, null);
    }

    private OpenFileState regular(OpenFile file) throws IOException {
        if (file.isWritable()) {
            file.file().force();
        }
        boolean gone = isGone(file);
        long size = file.file().size();
        try (Reading reading = reading(file)) {
            byte[] content = gone || policy == FilesPolicy.EMBED ? content(file, reading.file(), size, gone) : null;
            byte[] digest = content == null ? digest(file, reading.file(), size) : FileDigest.of(content);
            return new OpenFileState(
                    file.id(),
                    FileKind.FILE,
                    file.path().toString(),
                    file.flags(),
                    file.offset(),
                    size,
                    file.mode(),
                    gone,
                    digest,
                    content);
        }
    }

    private byte[] digest(OpenFile file, HostFile bytes, long size) throws IOException {
        try {
            return FileDigest.of(bytes, size, stop);
        } catch (InterruptedIOException e) {
            throw new IOException(
                    "the save was stopped while it read the guest's open file "
                            + ShownText.of(file.path().toString()) + ", " + size
                            + " bytes; allow more time, or let the guest close it before",
                    e);
        }
    }

    /** Whether the guest's path no longer leads to the file: deleted or replaced, by the guest or by the host. */
    private boolean isGone(OpenFile file) throws IOException {
        if (file.isDeleted()) {
            return true;
        }
        try {
            FileStatus status = host.status(file.path());
            Object key = file.file().key();
            return !status.isRegular() || key != null && !key.equals(status.key());
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private byte[] content(OpenFile file, HostFile bytes, long size, boolean gone) throws IOException {
        if (gone && bytes.key() != null && deleted.putIfAbsent(bytes.key(), file) != null) {
            throw new VmmException("the guest's file " + file.path() + " was deleted and is open more than once, which"
                    + " an image cannot hold; save before it is deleted or after it is closed");
        }
        if (size > room) {
            throw new VmmException(tooLarge(file.path(), size, gone));
        }
        room -= size;
        return FileDigest.bytes(bytes, (int) size);
    }

    private static String tooLarge(GuestPath path, long size, boolean gone) {
        String limit = "an image carries at most " + CONTENT_LIMIT + " bytes of files; ";
        return gone
                ? "the guest's file " + path + ", " + size + " bytes, was deleted and is still open, but " + limit
                        + "save before it is deleted or after it is closed"
                : "the guest's file " + path + ", " + size + " bytes, does not fit: " + limit
                        + "save without --files embed and let the file stay where it is";
    }

    /** A file that can be read: the open one, or, if that may only be written, the same opened anew. */
    private record Reading(HostFile file, @Nullable HostFile toClose) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (toClose != null) {
                toClose.close();
            }
        }
    }

    private Reading reading(OpenFile file) throws IOException {
        try {
            file.file().read(0, new byte[1], 0, 1);
            return new Reading(file.file(), null);
        } catch (AccessDeniedException e) {
            HostFile again = host.open(file.path(), Host.Access.READ);
            return new Reading(again, again);
        }
    }
}
