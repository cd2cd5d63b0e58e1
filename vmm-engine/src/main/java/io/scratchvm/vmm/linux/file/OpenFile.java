package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.HostFile;
import java.io.IOException;

/** An open file description (open(2)): what descriptors name, and share when they were duplicated. */
public final class OpenFile {
    private final int id;
    private final FileKind kind;
    private final HostFile file;
    private Pipe pipe;
    private AnonymousFile anonymous;
    private GuestPath path;
    private boolean deleted;
    private int flags;
    private long offset;
    private int mode;
    private int descriptors;

    /**
     * A description of a file or directory.
     *
     * @param flags access mode and status flags of open(2)
     * @param mode the nine rwx bits that the file has
     * @param file null for a directory
     */
    public OpenFile(int id, FileKind kind, GuestPath path, int flags, int mode, HostFile file) {
        this.id = id;
        this.kind = kind;
        this.path = path;
        this.flags = flags & ~OpenFlags.OPENING_ONLY;
        this.mode = mode;
        this.file = file;
    }

    /** The VMM's own standard stream {@code number}, 0 to 2. */
    static OpenFile standardStream(int number) {
        int flags = number == 0 ? OpenFlags.O_RDONLY : OpenFlags.O_WRONLY;
        return new OpenFile(number, FileKind.values()[number], null, flags, 0600, null);
    }

    /** An end of a pipe: the one to read from, or the one to write to, as {@code flags} say. */
    public static OpenFile pipeEnd(int id, Pipe pipe, int flags, int mode) {
        OpenFile end = new OpenFile(id, FileKind.PIPE, null, flags, mode, null);
        end.pipe = pipe;
        return end;
    }

    /** A file without a name. */
    static OpenFile anonymous(int id, FileKind kind, AnonymousFile anonymous, int flags) {
        int mode = kind == FileKind.SOCKET ? 0777 : 0600;
        OpenFile file = new OpenFile(id, kind, null, flags, mode, null);
        file.become(anonymous);
        return file;
    }

    /** Makes this, which has no name, that one. */
    void become(AnonymousFile what) {
        anonymous = what;
    }

    /** What this is where it is neither a file of the host nor a pipe; else null. */
    public AnonymousFile anonymous() {
        return anonymous;
    }

    /** Makes this, which is an end of a pipe or a socket, read from that pipe. */
    void readFrom(Pipe incoming) {
        if (anonymous instanceof Socket socket) {
            socket.readFrom(incoming);
        } else {
            pipe = incoming;
        }
    }

    /** Makes this, which is an end of a pipe or a socket, write to that pipe. */
    void writeTo(Pipe outgoing) {
        if (anonymous instanceof Socket socket) {
            socket.writeTo(outgoing);
        } else {
            pipe = outgoing;
        }
    }

    /** The pipe that read(2) reads from; null where it does not read from one. */
    public Pipe incoming() {
        if (anonymous instanceof Socket socket) {
            return socket.incoming();
        }
        return isReadable() ? pipe : null;
    }

    /** The pipe that write(2) writes to; null where it does not write to one. */
    public Pipe outgoing() {
        if (anonymous instanceof Socket socket) {
            return socket.outgoing();
        }
        return isReadable() ? null : pipe;
    }

    /** The pipe that this is an end of; null for what is none. */
    public Pipe pipe() {
        return pipe;
    }

    /** Tells descriptions apart, in the image too. */
    public int id() {
        return id;
    }

    public FileKind kind() {
        return kind;
    }

    /** The open regular file. */
    public HostFile file() {
        return file;
    }

    /** Where the file is, or was when the guest deleted it; null for a standard stream. */
    public GuestPath path() {
        return path;
    }

    void moveTo(GuestPath path) {
        this.path = path;
    }

    /** Whether the guest deleted or replaced the file under its path. */
    public boolean isDeleted() {
        return deleted;
    }

    public void markDeleted() {
        deleted = true;
    }

    public int flags() {
        return flags;
    }

    /** F_SETFL. */
    public void changeFlags(int value) {
        flags = flags & ~OpenFlags.CHANGEABLE | value & OpenFlags.CHANGEABLE;
    }

    public int mode() {
        return mode;
    }

    /** Gives the file these nine rwx bits. */
    public void changeMode(int mode) {
        this.mode = mode;
    }

    /** In bytes; of a directory, in entries. */
    public long offset() {
        return offset;
    }

    /** Moves the offset; a device has none. */
    public void seek(long offset) {
        this.offset = kind == FileKind.DEVICE ? 0 : offset;
    }

    public boolean isReadable() {
        return OpenFlags.readable(flags);
    }

    public boolean isWritable() {
        return OpenFlags.writable(flags);
    }

    public boolean appends() {
        return (flags & OpenFlags.O_APPEND) != 0;
    }

    public boolean isNonBlocking() {
        return (flags & OpenFlags.O_NONBLOCK) != 0;
    }

    public boolean isFile() {
        return kind == FileKind.FILE;
    }

    public boolean isDirectory() {
        return kind == FileKind.DIRECTORY;
    }

    /** One more descriptor names this. */
    public OpenFile retain() {
        descriptors++;
        return this;
    }

    boolean isUnused() {
        return descriptors == 0;
    }

    public boolean isLastReference() {
        return descriptors == 1;
    }

    /** One descriptor less; the last one closes the file. */
    public void release() throws IOException {
        if (--descriptors > 0) {
            return;
        }
        if (file != null) {
            file.close();
        }
        if (pipe != null) {
            closePipeEnd();
        }
        if (anonymous != null) {
            anonymous.close();
        }
    }

    private void closePipeEnd() {
        if (isReadable()) {
            pipe.closeReadEnd();
        } else {
            pipe.closeWriteEnd();
        }
    }
}
