package io.scratchvm.vmm.elf;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The bytes of an ELF file: in memory, or in a file that is read as it is asked for. */
public abstract class ElfSource {
    private final String name;
    private final long size;

    private ElfSource(String name, long size) {
        this.name = name;
        this.size = size;
    }

    /** What messages call the file. */
    public final String name() {
        return name;
    }

    /** The file's length in bytes. */
    public final long size() {
        return size;
    }

    /**
     * Reads a part of the file, all of it inside.
     *
     * @throws VmmException if the part is not inside the file; nothing is allocated then
     */
    public final byte[] read(long offset, int length) throws IOException {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new VmmException(name + ": " + length + " bytes at offset 0x" + Long.toHexString(offset)
                    + " lie outside the file, which has " + size + "; is it truncated?");
        }
        return readInside(offset, length);
    }

    abstract byte[] readInside(long offset, int length) throws IOException;

    /** A file that is already in memory; {@code bytes} is not copied. */
    public static ElfSource of(String name, byte[] bytes) {
        return new ElfSource(name, bytes.length) {
            @Override
            byte[] readInside(long offset, int length) {
                return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
            }
        };
    }

    /** The whole of a regular file, read now. */
    public static ElfSource of(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new VmmException(
                    file + (Files.exists(file) ? " is not a regular file" : ": no such file; check the path"));
        }
        return of(file.toString(), Files.readAllBytes(file));
    }

    /** An open file, read as it is asked for. The caller closes the channel. */
    public static ElfSource of(String name, FileChannel channel) throws IOException {
        return new ElfSource(name, channel.size()) {
            @Override
            byte[] readInside(long offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.allocate(length);
                while (buffer.hasRemaining()) {
                    if (channel.read(buffer, offset + buffer.position()) < 0) {
                        throw new VmmException(name + " became shorter while it was read");
                    }
                }
                return buffer.array();
            }
        };
    }
}
