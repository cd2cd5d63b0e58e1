package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.file.FileDigest;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * The open files of a VM that goes elsewhere. Of each as many bytes are sent as it had when it was saved; what was
 * appended since is not the guest's.
 */
final class OutgoingFiles {
    private final Host host;
    private final List<OpenFileState> files;
    private final byte[] buffer = new byte[Data.MAX];

    /** What takes the pieces. */
    @FunctionalInterface
    interface Sink {
        /** @param piece valid during the call */
        void send(Data piece) throws IOException;
    }

    /**
     * @param host holds the guest's root
     * @param files the image's open files, in its order
     */
    OutgoingFiles(Host host, List<OpenFileState> files) {
        this.host = host;
        this.files = files;
    }

    /**
     * Bytes that are to be sent.
     *
     * @throws ProtocolException if one cannot be wanted
     */
    long size(List<Message.WantedFile> wanted) throws ProtocolException {
        long size = 0;
        for (Message.WantedFile file : wanted) {
            size += file(file).size() - file.from();
        }
        return size;
    }

    /**
     * Sends a file from the byte that is wanted first.
     *
     * @throws ProtocolException if it cannot be wanted
     * @throws VmmException if it is not there any more as it was saved
     */
    void send(Message.WantedFile wanted, Sink sink) throws IOException {
        OpenFileState file = file(wanted);
        try (HostFile open = open(file)) {
            send(wanted, file, open, sink);
        }
    }

    private OpenFileState file(Message.WantedFile wanted) throws ProtocolException {
        boolean known = wanted.file() >= 0 && wanted.file() < files.size();
        if (!known || !files.get(wanted.file()).isNamedFile()) {
            throw new ProtocolException("the peer wants file " + wanted.file() + ", which is none that can be sent");
        }
        OpenFileState file = files.get(wanted.file());
        if (wanted.from() < 0 || wanted.from() > file.size()) {
            throw new ProtocolException("the peer wants file " + wanted.file() + " from byte " + wanted.from()
                    + ", but it has " + file.size());
        }
        return file;
    }

    private HostFile open(OpenFileState file) throws IOException {
        try {
            PathResolver.Target target = new PathResolver(host).follow(GuestPath.ROOT, file.path());
            FileStatus status = target.status();
            if (status == null || !status.isRegular()) {
                throw gone(file);
            }
            return host.open(target.path(), Host.Access.READ);
        } catch (FileSystemException e) {
            throw new VmmException(gone(file).getMessage(), e);
        }
    }

    private static VmmException gone(OpenFileState file) {
        return GuestFiles.refused(
                file, "cannot be opened any more, and is to be sent", "put it back as it was saved, and send again");
    }

    /** All of it is read, also what is not wanted: only so is it known to be what was saved. */
    private void send(Message.WantedFile wanted, OpenFileState file, HostFile open, Sink sink) throws IOException {
        MessageDigest digest = FileDigest.sha256();
        long position = 0;
        while (position < file.size()) {
            long limit = position < wanted.from() ? wanted.from() : file.size();
            int n = open.read(position, buffer, 0, (int) Math.min(buffer.length, limit - position));
            if (n == 0) {
                throw changed(
                        file, "is shorter than when it was saved: " + position + " bytes instead of " + file.size());
            }
            digest.update(buffer, 0, n);
            if (position >= wanted.from()) {
                sink.send(new Data(Data.Kind.FILE, wanted.file(), position, buffer, 0, n));
            }
            position += n;
        }
        if (!Arrays.equals(digest.digest(), file.digest())) {
            throw changed(file, "has other contents than when it was saved");
        }
    }

    private static VmmException changed(OpenFileState file, String how) {
        return GuestFiles.refused(file, how, "put it back as it was saved, and send again");
    }
}
