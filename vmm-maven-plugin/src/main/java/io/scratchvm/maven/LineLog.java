package io.scratchvm.maven;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Gives a guest's output to a log, a line at a time. Bytes that are not UTF-8 and control characters show as U+FFFD; a
 * line longer than {@link #LONGEST} bytes is given in pieces, so that a guest cannot make the build hold an endless one.
 */
final class LineLog extends OutputStream {
    /** The longest line, in bytes. */
    static final int LONGEST = 8192;

    private final Consumer<String> log;
    private final byte[] line = new byte[LONGEST];
    private int length;

    LineLog(Consumer<String> log) {
        this.log = log;
    }

    @Override
    public void write(int value) {
        if (value == '\n') {
            emit(length > 0 && line[length - 1] == '\r' ? length - 1 : length, length);
            return;
        }
        if (length == LONGEST) {
            int whole = wholeCharacters();
            emit(whole, whole);
        }
        line[length++] = (byte) value;
    }

    /** Gives what stands of a last line without an end. */
    @Override
    public void close() {
        if (length > 0) {
            emit(length, length);
        }
    }

    private void emit(int shown, int consumed) {
        log.accept(printable(new String(line, 0, shown, StandardCharsets.UTF_8)));
        System.arraycopy(line, consumed, line, 0, length - consumed);
        length -= consumed;
    }

    /** How much of a full line can be given without cutting a UTF-8 sequence, of 4 bytes at most, in two. */
    private int wholeCharacters() {
        for (int start = length - 1; start >= length - 4; start--) {
            int lead = line[start] & 0xff;
            if (lead < 0x80 || lead >= 0xc0) {
                int needed = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
                return start + needed > length ? start : length;
            }
        }
        return length;
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) && c != '\t' ? '\ufffd' : c);
        }
        return shown.toString();
    }
}
