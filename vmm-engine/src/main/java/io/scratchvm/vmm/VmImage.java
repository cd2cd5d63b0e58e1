package io.scratchvm.vmm;

import java.io.IOException;
import java.nio.file.Path;

/** A saved VM, read and verified whole. */
public final class VmImage {
    private VmImage() {}

    /**
     * Reads and checks an image.
     *
     * @param key the key it must be sealed with, or null
     * @throws io.scratchvm.vmm.api.VmmException if it is not an image, is damaged, or is of an unknown version
     */
    public static VmImage read(Path image, byte[] key) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** What the image holds, for a person, several lines. */
    public String describe() {
        throw new UnsupportedOperationException();
    }

    /** What the image holds, as one JSON object. */
    public String toJson() {
        throw new UnsupportedOperationException();
    }
}
