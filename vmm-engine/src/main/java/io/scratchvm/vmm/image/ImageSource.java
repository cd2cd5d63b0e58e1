package io.scratchvm.vmm.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where an image's bytes come from. Nobody trusts them: {@link ImageReader} checks the head before it asks for anything
 * else, and {@link Image} checks each run that it reads. Not thread-safe.
 */
public interface ImageSource extends Closeable {
    /** The image in {@code file}, which may be wrapped in gzip (RFC 1952). */
    static ImageSource open(Path file) throws IOException {
        return ImageFile.open(file);
    }

    /**
     * Reads the image's first {@code length} bytes, fewer only where there are no more.
     *
     * @return how many
     */
    int readHead(byte[] to, int length) throws IOException;

    /**
     * Reads the bytes of a run of memory, fewer only where there are no more.
     *
     * @param run inside the memory that the image has, at most 1 MiB
     * @param position of the run in the image
     * @return how many
     */
    int readRun(MemoryMap.Run run, long position, byte[] to) throws IOException;

    /**
     * Reads what follows the image, as far as there is room for it.
     *
     * @param end the number of bytes that the image is to have, positive
     * @return how many bytes follow; -1 if the image has fewer than {@code end}
     */
    int readTail(long end, byte[] to) throws IOException;

    /** Whether runs can be read in any order at little cost. */
    boolean isRandomAccess();

    /** The most bytes that it is sensible to allocate for the head on this source's word. */
    long plausibleHead() throws IOException;
}
