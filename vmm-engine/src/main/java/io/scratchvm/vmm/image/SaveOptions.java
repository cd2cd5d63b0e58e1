package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;

/**
 * How an image is written.
 *
 * @param writer the VMM's name and version, for {@link Manifest#writer}
 * @param key what to seal the image with, not empty; null for a checksum
 * @param readMemoryBack whether the memory runs too are read back and checked before the image is published
 * @param moveMark put after the image's end before it is published; null for none
 */
public record SaveOptions(String writer, @Nullable byte[] key, boolean readMemoryBack, @Nullable MoveMark moveMark) {
    /** Without a mark. */
    public SaveOptions(String writer, @Nullable byte[] key, boolean readMemoryBack) {
        this(writer, key, readMemoryBack, null);
    }

    /** How an image of {@code memorySize} bytes of memory is read back. */
    ReadOptions readBack(long memorySize) {
        return new ReadOptions(key, memorySize, readMemoryBack ? ReadOptions.Runs.AT_OPEN : ReadOptions.Runs.AT_USE);
    }
}
