package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import java.io.IOException;
import java.util.List;

/** The pages of files that are in the guest's memory because programs have mapped them shared, as files see them. */
public interface PageCache {
    /** The most descriptions that mappings can keep open. */
    int MOST_FILES = 1024;

    /** Nothing is mapped shared. */
    PageCache EMPTY = new PageCache() {
        @Override
        public void beforeRead(OpenFile file) {}

        @Override
        public void afterWrite(OpenFile file, long position, byte[] bytes, int count) {}

        @Override
        public void afterResize(@Nullable Object key, long kept) {}

        @Override
        public List<OpenFile> mapped() {
            return List.of();
        }

        @Override
        public void writeBack() {}

        @Override
        public void copyBack() {}
    };

    /** {@code file} is about to be read. */
    void beforeRead(OpenFile file);

    /** {@code file} has been given {@code count} of these bytes at {@code position}. */
    void afterWrite(OpenFile file, long position, byte[] bytes, int count);

    /** The file with this key has another size; the first {@code kept} bytes are what they were. */
    void afterResize(@Nullable Object key, long kept);

    /** The descriptions that are open for mappings alone, or for them too. */
    List<OpenFile> mapped();

    /**
     * Writes what is not in the files yet.
     *
     * @throws SystemCallError if the host cannot
     */
    void writeBack();

    /** As {@link #writeBack}, but changes nothing in the guest's memory: for a save. */
    void copyBack() throws IOException;
}
