package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;

/**
 * Where a running VM comes from.
 *
 * @param image the UUID of the image that it was restored from, null if it was not
 * @param generation that image's generation, 0 if there is none
 */
public record Lineage(@Nullable byte[] image, long generation) {
    /** Of a VM that was loaded, not restored. */
    public static final Lineage FRESH = new Lineage(null, 0);
}
