package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;

/**
 * How an image is written.
 *
 * @param writer the VMM's name and version, for {@link Manifest#writer}
 * @param key what to seal the image with, not empty; null for a checksum
 * @param readMemoryBack whether the memory runs too are read back and checked before the image is published
 */
public record SaveOptions(String writer, @Nullable byte[] key, boolean readMemoryBack) {}
