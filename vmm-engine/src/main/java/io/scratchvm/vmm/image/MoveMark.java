package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
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

    /** The mark that {@code tail} is, no byte more and none less; null if it is none. */
    @Nullable
    static MoveMark of(byte[] tail) {
        Matcher form = FORM.matcher(new String(tail, StandardCharsets.ISO_8859_1));
        return form.matches() ? new MoveMark(form.group(1)) : null;
    }

    /**
     * The mark of the image in {@code file}, which is not wrapped in gzip; null if there is none. Looks at nothing else
     * in the file.
     */
    @Nullable
    public static MoveMark of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return of(tail(channel));
        }
    }

    /**
     * Puts this mark after the image in {@code file}; on disk when this returns. What an interrupted attempt has left of
     * it is completed.
     *
     * @throws VmmException if something else stands there, such as another migration's mark
     */
    public void put(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            byte[] tail = tail(channel);
            if (!isBeginning(tail)) {
                MoveMark other = of(tail);
                throw new VmmException(
                        other != null
                                ? other.refusal(file)
                                : file + " does not end as an image does; get a good copy, or save the VM again");
            }
            FileBytes.write(channel, end(channel), bytes());
            channel.force(true);
        }
    }

    /** Removes the mark of the image in {@code file}, if there is one; that is on disk when this returns. */
    public static void remove(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (of(tail(channel)) != null) {
                channel.truncate(end(channel));
                channel.force(true);
            }
        }
    }

    /** Why the image in {@code file}, which has this mark, is not restored. */
    public String refusal(Path file) {
        return file + " was moved or is moving to another VMM, token " + token + "; 'vmm send --resume " + token
                + "' goes on, 'vmm send --abort " + token + "' takes it back";
    }

    /** Where the image ends, if there is a mark: every image is of whole pages, and a mark is no page. */
    private static long end(FileChannel channel) throws IOException {
        return channel.size() & -MemoryMap.PAGE;
    }

    /** What stands after the image's last page, a byte more than a mark at most. */
    private static byte[] tail(FileChannel channel) throws IOException {
        byte[] tail = new byte[SIZE + 1];
        return Arrays.copyOf(tail, FileBytes.read(channel, end(channel), tail, 0, tail.length));
    }

    private boolean isBeginning(byte[] tail) {
        return tail.length <= SIZE && Arrays.equals(tail, Arrays.copyOf(bytes(), tail.length));
    }
}
