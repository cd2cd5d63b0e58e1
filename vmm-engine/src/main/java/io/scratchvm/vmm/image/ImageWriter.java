package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
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
    private final PhysicalMemory memory;
    private final ImageLayout layout;
    private final byte[] buffer = new byte[MemoryMap.MAX_RUN];

    private ImageWriter(FileChannel channel, PhysicalMemory memory, ImageLayout layout) {
        this.channel = channel;
        this.memory = memory;
        this.layout = layout;
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
            new ImageWriter(publication.channel(), memory, layout).write();
            publication.force();
            Manifest manifest = readBack(publication.temporary(), memory.size(), options);
            publication.publish();
            return manifest;
        }
    }

    private static Manifest readBack(Path written, long memorySize, SaveOptions options) throws IOException {
        ReadOptions.Runs runs = options.readMemoryBack() ? ReadOptions.Runs.AT_OPEN : ReadOptions.Runs.AT_USE;
        try (Image image = ImageReader.open(written, new ReadOptions(options.key(), memorySize, runs))) {
            return image.manifest();
        } catch (VmmException e) {
            throw new IOException("what was saved does not read back: " + e.getMessage(), e);
        }
    }

    /** The runs come first, since the head holds their digests. */
    private void write() throws IOException {
        List<MemoryMap.Run> runs = new ArrayList<>();
        MessageDigest sha256 = Seal.sha256();
        for (StoredMemory.Place place : layout.runs()) {
            int length = (int) place.length();
            memory.read(place.address(), buffer, 0, length);
            sha256.update(buffer, 0, length);
            runs.add(new MemoryMap.Run(place.address(), place.length(), sha256.digest()));
            writeFully(ByteBuffer.wrap(buffer, 0, length), layout.memoryStart() + place.offset());
        }
        writeFully(ByteBuffer.wrap(layout.head(new MemoryMap(runs))), 0);
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }
}
