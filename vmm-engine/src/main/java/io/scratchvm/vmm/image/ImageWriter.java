package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes images. Memory is streamed to the file, a megabyte at a time; the same VM gives the same bytes. See {@link
 * Publication} for what a crash leaves.
 */
public final class ImageWriter {
    private final FileChannel channel;
    private final byte[] buffer = new byte[MemoryMap.MAX_RUN];

    private ImageWriter(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Writes an image of the VM and, once it is on disk and was read back and checked, moves it over {@code target}.
     * Unless this returns, {@code target} is what it was before.
     *
     * @return the new image's manifest
     * @throws IOException if it cannot be written, or does not read back as it was written
     */
    public static Manifest publish(Path target, MachineState state, PhysicalMemory memory, SaveOptions options)
            throws IOException {
        ImageLayout layout = new ImageLayout(state, memory, options);
        try (Publication publication = Publication.of(target)) {
            ImageWriter writer = new ImageWriter(publication.channel());
            writer.write(memory, layout);
            writer.mark(options.moveMark());
            publication.force();
            Manifest manifest = readBack(publication.temporary(), options.readBack(memory.size()));
            publication.publish();
            return manifest;
        } catch (IOException e) {
            throw Publication.about(target, e);
        }
    }

    /**
     * Publishes an image that is already open, byte for byte, each run checked as it is copied.
     *
     * @param moveMark put after the image's end; null for none, whatever {@code image} has
     * @return the image's manifest
     * @throws VmmException if a run of {@code image} is damaged
     * @throws IOException if it cannot be written, or does not read back as it was written
     */
    public static Manifest publish(Path target, Image image, @Nullable MoveMark moveMark) throws IOException {
        try (Publication publication = Publication.of(target)) {
            ImageWriter writer = new ImageWriter(publication.channel());
            writer.copy(image);
            writer.mark(moveMark);
            publication.force();
            readBack(publication.temporary(), image.options().checkingRuns(ReadOptions.Runs.AT_USE));
            publication.publish();
            return image.manifest();
        } catch (IOException e) {
            throw Publication.about(target, e);
        }
    }

    /**
     * The bytes before the memory runs of the image that {@link #publish(Path, MachineState, PhysicalMemory,
     * SaveOptions)} would write now.
     *
     * @param digests of {@code memory}; of what was not written since they were taken nothing is digested again
     */
    public static byte[] head(MachineState state, PhysicalMemory memory, SaveOptions options, RunDigests digests) {
        ImageLayout layout = new ImageLayout(state, memory, options);
        List<MemoryMap.Run> runs = new ArrayList<>();
        for (StoredMemory.Place place : layout.runs()) {
            byte[] digest = digests.digest(place.address(), place.length());
            runs.add(new MemoryMap.Run(place.address(), place.length(), digest));
        }
        return layout.head(new MemoryMap(runs));
    }

    private static Manifest readBack(Path written, ReadOptions options) throws IOException {
        try (Image image = ImageReader.open(written, options)) {
            return image.manifest();
        } catch (VmmException e) {
            throw new IOException("what was saved does not read back: " + e.getMessage(), e);
        }
    }

    /** The runs come first, since the head holds their digests. */
    private void write(PhysicalMemory memory, ImageLayout layout) throws IOException {
        List<MemoryMap.Run> runs = new ArrayList<>();
        MessageDigest sha256 = Seal.sha256();
        for (StoredMemory.Place place : layout.runs()) {
            int length = (int) place.length();
            memory.read(place.address(), buffer, 0, length);
            sha256.update(buffer, 0, length);
            runs.add(new MemoryMap.Run(place.address(), place.length(), sha256.digest()));
            FileBytes.write(channel, layout.memoryStart() + place.offset(), buffer, 0, length);
        }
        FileBytes.write(channel, 0, layout.head(new MemoryMap(runs)));
    }

    private void copy(Image image) throws IOException {
        FileBytes.write(channel, 0, image.head());
        long offset = image.memoryStart();
        for (int i = 0; i < image.memory().runs().size(); i++) {
            int length = (int) image.readRun(i, buffer).length();
            FileBytes.write(channel, offset, buffer, 0, length);
            offset += length;
        }
    }

    private void mark(@Nullable MoveMark moveMark) throws IOException {
        if (moveMark != null) {
            FileBytes.write(channel, channel.size(), moveMark.bytes());
        }
    }
}
