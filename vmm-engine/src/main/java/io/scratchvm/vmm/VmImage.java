package io.scratchvm.vmm;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.ImageComparison;
import io.scratchvm.vmm.image.ImageDescription;
import io.scratchvm.vmm.image.ImageReader;
import io.scratchvm.vmm.image.ReadOptions;
import java.io.IOException;
import java.nio.file.Path;

/** A saved VM, checked whole when it was opened. Holds its file open until it is closed. */
public final class VmImage implements AutoCloseable {
    private final Image image;

    private VmImage(Image image) {
        this.image = image;
    }

    /**
     * Opens an image and checks all of it.
     *
     * @param key the key it must be sealed with, or null
     * @throws io.scratchvm.vmm.api.VmmException if it is not an image, is damaged, is of an unknown version, or is sealed
     *     with another key
     */
    public static VmImage read(Path image, byte[] key) throws IOException {
        return new VmImage(ImageReader.open(image, ReadOptions.with(key)));
    }

    /**
     * Opens an image and checks all of it but the memory, whose runs are checked when they are used: by a restore, each
     * before it is copied; by a VM that is {@linkplain io.scratchvm.vmm.api.VmConfiguration#lazy restored lazily}, at its
     * first touch. Such a VM needs the image open as long as it runs, and stops with an exception where a run is damaged.
     *
     * @param key the key it must be sealed with, or null
     * @throws io.scratchvm.vmm.api.VmmException as {@link #read}
     */
    public static VmImage readLazily(Path image, byte[] key) throws IOException {
        return new VmImage(ImageReader.open(image, ReadOptions.with(key).checkingRuns(ReadOptions.Runs.AT_USE)));
    }

    /** Guest physical memory in bytes. */
    public long memorySize() {
        return image.manifest().memorySize();
    }

    /** Instructions that the VM had retired when it was saved. */
    public long instructions() {
        return image.manifest().instructions();
    }

    /**
     * The token of the migration that took this VM to another VMM, or is about to; null if there is none. Such an image
     * is whole, but not restored.
     */
    @Nullable
    public String moveToken() {
        return image.moveMark() == null ? null : image.moveMark().token();
    }

    /** What the image holds, for a person, several lines. */
    public String describe() {
        return ImageDescription.text(image);
    }

    /** What the image holds, as one JSON object. */
    public String toJson() {
        return ImageDescription.json(image);
    }

    /**
     * What differs between this VM and another saved one, of which this one is the older. Memory that both images have
     * with the same digests is not read.
     *
     * @throws io.scratchvm.vmm.api.VmmException if memory that has to be read is damaged
     */
    public VmDifference diff(VmImage other) throws IOException {
        return new VmDifference(ImageComparison.of(image, other.image));
    }

    @Override
    public void close() throws IOException {
        image.close();
    }

    Image image() {
        return image;
    }
}
