package io.scratchvm.vmm.api;

/** What becomes of the guest's open files at a save and a restore. */
public enum FilesPolicy {
    /** A file that is gone, shorter, or different in the saved bytes refuses the restore. */
    FAIL,
    /** As {@link #FAIL}, but what was appended since the save is cut off. */
    TRUNCATE,
    /** The file is taken as it is. */
    ACCEPT,
    /** At a save, the files' bytes travel in the image; at a restore they are written back. */
    EMBED
}
