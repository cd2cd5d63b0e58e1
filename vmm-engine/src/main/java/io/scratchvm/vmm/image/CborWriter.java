package io.scratchvm.vmm.image;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes deterministic CBOR (RFC 8949, section 4.2.1): shortest heads, definite lengths. The caller writes the keys of
 * a map in the order of their encodings.
 */
public final class CborWriter {
    static final int UNSIGNED = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, TAG = 6, SIMPLE = 7;
    static final int FALSE = 20, TRUE = 21;

    private byte[] buffer = new byte[256];
    private int length;

    /** An unsigned 64-bit number. */
    public void unsigned(long value) {
        head(UNSIGNED, value);
    }

    public void signed(long value) {
        head(value < 0 ? NEGATIVE : UNSIGNED, value < 0 ? ~value : value);
    }

    public void bool(boolean value) {
        head(SIMPLE, value ? TRUE : FALSE);
    }

    public void bytes(byte[] value) {
        head(BYTES, value.length);
        append(value, value.length);
    }

    /** @throws CborException if {@code value} has no UTF-8 form (a lone surrogate) */
    public void text(String value) {
        byte[] utf8 = utf8(value);
        head(TEXT, utf8.length);
        append(utf8, utf8.length);
    }

    /** Begins an array of {@code count} values, which follow. */
    public void array(int count) {
        head(ARRAY, count);
    }

    /** Begins a map of {@code count} pairs, which follow, sorted. */
    public void map(int count) {
        head(MAP, count);
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, length);
    }

    private static byte[] utf8(String value) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
            return Arrays.copyOf(encoded.array(), encoded.limit());
        } catch (CharacterCodingException e) {
            throw new CborException("text that is not Unicode");
        }
    }

    private void head(int major, long argument) {
        int extra = extraBytes(argument);
        int low = extra == 0 ? (int) argument : 24 + Integer.numberOfTrailingZeros(extra);
        ensure(9);
        buffer[length++] = (byte) (major << 5 | low);
        for (int i = extra - 1; i >= 0; i--) {
            buffer[length++] = (byte) (argument >>> 8 * i);
        }
    }

    /** How many bytes the shortest head of {@code argument} has after its first: 0, 1, 2, 4 or 8. */
    static int extraBytes(long argument) {
        if (argument >>> 32 != 0) {
            return 8;
        }
        if (argument >>> 16 != 0) {
            return 4;
        }
        if (argument >>> 8 != 0) {
            return 2;
        }
        return argument < 24 ? 0 : 1;
    }

    private void append(byte[] from, int count) {
        ensure(count);
        System.arraycopy(from, 0, buffer, length, count);
        length += count;
    }

    private void ensure(int more) {
        if (more > buffer.length - length) {
            buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(length, more), buffer.length * 2));
        }
    }
}
