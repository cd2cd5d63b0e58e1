package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.linux.abi.ShownText;
import java.util.List;

/**
 * What is saved of the guest's files: the open file descriptions, and the descriptors that name them, so that duplicated
 * descriptors still share an offset.
 *
 * @param special of the descriptions without a name, and of locks; null for nothing, as in images of format 1.1
 */
public record FilesState(
        List<OpenFileState> files, List<DescriptorState> descriptors, @Nullable SpecialFilesState special) {
    public FilesState {
        files = List.copyOf(files);
        descriptors = List.copyOf(descriptors);
    }

    /** Of files and pipes only, nothing of them locked. */
    public FilesState(List<OpenFileState> files, List<DescriptorState> descriptors) {
        this(files, descriptors, null);
    }

    public FilesState with(@Nullable SpecialFilesState others) {
        return new FilesState(files, descriptors, others);
    }

    /**
     * An open file description.
     *
     * @param id what descriptors name it by
     * @param path absolute under the guest's root; null for a standard stream
     * @param flags access mode and status flags of open(2) on x86-64
     * @param offset in bytes; of a directory, in entries
     * @param size bytes at the save
     * @param mode the nine rwx bits
     * @param deleted whether nothing led to the file any more
     * @param digest SHA-256 of the {@code size} bytes; null for what is no regular file
     * @param content the bytes themselves; null where they did not travel
     */
    public record OpenFileState(
            int id,
            FileKind kind,
            @Nullable String path,
            int flags,
            long offset,
            long size,
            int mode,
            boolean deleted,
            @Nullable byte[] digest,
            @Nullable byte[] content) {
        /** Whether this is a regular file that its path still leads to. */
        public boolean isNamedFile() {
            return kind == FileKind.FILE && !deleted;
        }

        /** How the guest had opened it. */
        public Host.Access access() {
            return OpenFlags.access(flags);
        }

        /** The path, fit for a message. */
        public String shownPath() {
            return shown(path);
        }

        /** A guest's path, fit for a message. */
        public static String shown(String path) {
            return ShownText.of(path);
        }
    }

    /**
     * A descriptor.
     *
     * @param number 0 to 1023
     * @param file the description's id
     */
    public record DescriptorState(int number, int file, boolean closeOnExec) {}
}
