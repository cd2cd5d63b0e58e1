package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.image.Image;
import java.io.IOException;

/** Where a source has its VM on disk while it is not decided whose it is. */
interface SavedVm {
    /** Whether all of it is there, and is this migration's. */
    boolean exists() throws IOException;

    /**
     * Opens it.
     *
     * @throws io.scratchvm.vmm.api.VmmException if it is not there any more, or damaged
     */
    Image open() throws IOException;

    /** Makes it an image that would be the user's, but for its move mark. Can be repeated. */
    void becomeImage() throws IOException;

    /** The VM is the user's again: removes the mark, and whatever is not the image. Can be repeated. */
    void free() throws IOException;

    /** The VM is another's. Can be repeated. */
    void forget() throws IOException;

    /** For a person, where it is. */
    String place();
}
