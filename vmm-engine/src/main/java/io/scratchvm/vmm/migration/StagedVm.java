package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.ImageReader;
import io.scratchvm.vmm.image.ImageWriter;
import io.scratchvm.vmm.image.Publication;
import io.scratchvm.vmm.image.ReadOptions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A VM whose head and memory lie beside the journal, as a live copy gathers them; it has no image of its own yet. */
final class StagedVm implements SavedVm, Closeable {
    private final Path head;
    private final MarkedImage image;
    private final StagedMemory memory;

    private StagedVm(Path head, MarkedImage image, StagedMemory memory) {
        this.head = head;
        this.image = image;
        this.memory = memory;
    }

    /**
     * The one of {@code token}; nothing of it needs to be there.
     *
     * @param image what it is to become if the user takes it back
     * @param memorySize in bytes
     */
    static StagedVm of(Path journal, Token token, MarkedImage image, long memorySize) throws IOException {
        Path memory = journal.resolve(token + ".memory");
        return new StagedVm(journal.resolve(token + ".head"), image, StagedMemory.open(memory, memorySize));
    }

    StagedMemory memory() {
        return memory;
    }

    /** Completes it: the memory is on disk, and so is the head when this returns. */
    void seal(byte[] bytes) throws IOException {
        Publication.replace(head, bytes);
    }

    @Override
    public boolean exists() {
        return Files.isRegularFile(head);
    }

    @Override
    public Image open() throws IOException {
        ReadOptions options = new ReadOptions(image.key(), memory.size(), ReadOptions.Runs.AT_USE);
        return ImageReader.open(head, new StagedImage(Files.readAllBytes(head), memory), options);
    }

    @Override
    public void becomeImage() throws IOException {
        if (exists()) {
            try (Image staged = open()) {
                ImageWriter.publish(image.file(), staged, image.mark());
            }
        }
    }

    @Override
    public void free() throws IOException {
        image.free();
        forget();
    }

    @Override
    public void forget() throws IOException {
        Files.deleteIfExists(head);
        memory.delete();
    }

    @Override
    public String place() {
        return head.getParent().toString();
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
