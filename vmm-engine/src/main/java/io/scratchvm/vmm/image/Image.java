package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** An image that {@link ImageReader} opened and checked. Holds the file open, for the memory. Not thread-safe. */
public final class Image implements Closeable {
    private final Path file;
    private final ImageSource source;
    private final ReadOptions options;
    private final byte[] head;
    private final List<NoteInfo> notes;
    private final Manifest manifest;
    private final MemoryMap memory;
    private final Seal seal;
    private final MoveMark moveMark;
    /** Where each run begins in the image. */
    private final long[] offsets;

    private MachineState state;

    Image(
            Path file,
            ImageSource source,
            ReadOptions options,
            ImageHead head,
            Manifest manifest,
            MemoryMap memory,
            Seal seal,
            @Nullable MoveMark moveMark) {
        this.file = file;
        this.source = source;
        this.options = options;
        this.head = head.bytes();
        this.notes = describe(head.notes());
        this.manifest = manifest;
        this.memory = memory;
        this.seal = seal;
        this.moveMark = moveMark;
        this.offsets = offsets(head.bytes().length, memory);
    }

    private static long[] offsets(long first, MemoryMap memory) {
        long[] offsets = new long[memory.runs().size()];
        long offset = first;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = offset;
            offset += memory.runs().get(i).length();
        }
        return offsets;
    }

    private static List<NoteInfo> describe(List<Note> notes) {
        List<NoteInfo> infos = new ArrayList<>();
        for (Note note : notes) {
            infos.add(new NoteInfo(note.owner(), note.type(), note.offset(), note.payload().length));
        }
        return List.copyOf(infos);
    }

    void believe(MachineState state) {
        this.state = state;
    }

    ReadOptions options() {
        return options;
    }

    public Path file() {
        return file;
    }

    public Manifest manifest() {
        return manifest;
    }

    /** Everything about the VM but its memory. */
    public MachineState state() {
        return state;
    }

    public MemoryMap memory() {
        return memory;
    }

    public Seal seal() {
        return seal;
    }

    /** Where in the image the first run begins; the others follow it. */
    public long memoryStart() {
        return head.length;
    }

    /** All of the image that comes before the first run. */
    public byte[] head() {
        return head.clone();
    }

    /** What says that the VM is no longer to be restored from here; null if nothing does. */
    @Nullable
    public MoveMark moveMark() {
        return moveMark;
    }

    /**
     * A note, described.
     *
     * @param offset of the payload in the image
     * @param size of the payload in bytes
     */
    public record NoteInfo(String owner, int type, long offset, int size) {
        /** Its {@link NoteType}, or owner and type. */
        public String name() {
            return Note.name(owner, type);
        }
    }

    /** All notes, in the file's order. */
    public List<NoteInfo> notes() {
        return notes;
    }

    /**
     * Checks every run against its digest.
     *
     * @throws VmmException if one does not match
     */
    public void verifyMemory() throws IOException {
        byte[] buffer = new byte[MemoryMap.MAX_RUN];
        for (int i = 0; i < offsets.length; i++) {
            readRun(i, buffer);
        }
    }

    /**
     * Fills blank memory. Each run is checked before a byte of it is copied, whether or not it was before.
     *
     * @param to memory of the manifest's size, all zero
     * @throws VmmException if a run does not match its digest
     */
    public void loadMemory(PhysicalMemory to) throws IOException {
        byte[] buffer = new byte[MemoryMap.MAX_RUN];
        for (int i = 0; i < offsets.length; i++) {
            MemoryMap.Run run = readRun(i, buffer);
            to.write(run.address(), buffer, 0, (int) run.length());
        }
    }

    /**
     * The memory, a megabyte at a time, each run checked before it is used: for {@link PhysicalMemory#setSource}. This
     * image must stay open meanwhile.
     *
     * @throws VmmException if the image is wrapped in gzip, which can only be read from front to back
     */
    public PhysicalMemory.ChunkSource lazyMemory() {
        if (!source.isRandomAccess()) {
            throw new VmmException(file + ": a VM cannot be restored lazily from a gzip file; "
                    + "unpack it, or restore it whole (without --lazy)");
        }
        return new LazyMemory(this);
    }

    /**
     * Reads a run of memory and checks it.
     *
     * @param index in {@link #memory()}
     * @param buffer gets the bytes; of 1 MiB, which no run exceeds
     * @return the run
     * @throws VmmException if the bytes do not match their digest
     */
    public MemoryMap.Run readRun(int index, byte[] buffer) throws IOException {
        MemoryMap.Run run = memory.runs().get(index);
        long offset = offsets[index];
        int length = (int) run.length();
        int n = source.readRun(run, offset, buffer);
        if (n < length) {
            throw damaged(file, run.describe(offset), "the file is cut short at byte " + (offset + n));
        }
        MessageDigest sha256 = Seal.sha256();
        sha256.update(buffer, 0, length);
        if (!MessageDigest.isEqual(sha256.digest(), run.sha256())) {
            throw damaged(file, run.describe(offset), "its bytes do not match their SHA-256");
        }
        return run;
    }

    static VmmException damaged(Path file, String where, String what) {
        return new VmmException(
                file + " is damaged: " + where + ": " + what + "; get a good copy, or save the VM again");
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
