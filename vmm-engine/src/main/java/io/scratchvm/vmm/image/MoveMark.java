package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands after the end of an image whose VM was moved to another VMM, or is about to be: whoever would restore the
 * image must not, or the VM would run twice. No part of the image, whose seal does not cover it, so that it can be put
 * and removed without writing the image again.
 *
 * @param token of the migration, 32 hexadecimal digits
 */
public record MoveMark(String token) {
    /** In bytes, all of them readable. */
    static final int SIZE = 64;

    private static final String BEFORE = "\nVM moved or is moving, token: ", AFTER = "\n";

    private static final Pattern FORM = Pattern.compile(BEFORE + "([0-9a-f]{32})" + AFTER);

    public MoveMark {
        if (!FORM.matcher(BEFORE + token + AFTER).matches()) {
            throw new IllegalArgumentException("'" + token + "' is not 32 hexadecimal digits");
        }
    }

    byte[] bytes() {
        return (BEFORE + token + AFTER).getBytes(StandardCharsets.US_ASCII);
    }

    /** The mark that the first {@code length} of {@code bytes} are; null if they are none. */
    @Nullable
    static MoveMark read(byte[] bytes, int length) {
        Matcher form = FORM.matcher(new String(bytes, 0, Math.max(length, 0), StandardCharsets.ISO_8859_1));
        return form.matches() ? new MoveMark(form.group(1)) : null;
    }

    /**
     * The mark of the image in {@code file}; null if there is none. Looks at nothing else in the file.
     *
     * @throws IOException also if there is no such file
     */
    @Nullable
    public static MoveMark of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return at(end(channel), channel);
        }
    }

    /**
     * Puts this mark after the image in {@code file}, which is to be whole and not wrapped; on disk when this returns.
     *
     * @throws VmmException if another one stands there
     */
    public void put(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = end(channel);
            MoveMark present = at(end, channel);
            if (present != null && !present.equals(this)) {
                throw new VmmException(present.refusal(file));
            }
            write(channel, end);
            channel.force(true);
        }
    }

    /** Removes the mark of the image in {@code file}, if there is one; that is on disk when this returns. */
    public static void remove(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = end(channel);
            if (at(end, channel) != null) {
                channel.truncate(end);
                channel.force(true);
            }
        }
    }

    /** Why the image in {@code file}, which has this mark, is not restored. */
    public String refusal(Path file) {
        return file + " was moved or is moving to another VMM, token " + token + "; 'vmm send --resume " + token
                + "' goes on, 'vmm send --abort " + token + "' takes it back";
    }

    void write(FileChannel channel, long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(bytes());
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    /** Where the image ends, if there is a mark: every image is of whole pages, and a mark is no page. */
    private static long end(FileChannel channel) throws IOException {
        return channel.size() & -MemoryMap.PAGE;
    }

    private static MoveMark at(long end, FileChannel channel) throws IOException {
        ByteBuffer tail = ByteBuffer.allocate(SIZE + 1);
        int n = 0;
        while (n >= 0 && tail.hasRemaining()) {
            n = channel.read(tail, end + tail.position());
        }
        return read(tail.array(), tail.position());
    }
}
