package io.scratchvm.vmm.image;

import static io.scratchvm.vmm.image.CborWriter.*;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads deterministic CBOR and nothing else: a head that is not the shortest, an indefinite length, a tag, a float, a
 * map whose keys are not ascending or are not text, text that is not UTF-8, are all refused. What it allocates is
 * bounded by the bytes that are there, never by a length that they claim.
 */
public final class CborReader {
    /** How deep values may be nested. */
    static final int MAX_DEPTH = 16;

    private static final String[] KINDS = {
        "a number", "a negative number", "a byte string", "a text", "an array", "a map", "a tag", "a simple value"
    };

    private final byte[] bytes;
    private int position;
    private int depth;

    public CborReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The offset of the next value. */
    public int position() {
        return position;
    }

    /** An unsigned 64-bit number. */
    public long unsigned() {
        return head(UNSIGNED);
    }

    /** A number that an {@code int} can hold. */
    public int signed() {
        int major = major();
        long value = head(major == NEGATIVE ? NEGATIVE : UNSIGNED);
        if (value < 0 || value > Integer.MAX_VALUE) {
            String number = (major == NEGATIVE ? "-1 - " : "") + Long.toUnsignedString(value);
            throw new CborException(number + " is out of a 32-bit number's range");
        }
        return (int) (major == NEGATIVE ? ~value : value);
    }

    public boolean bool() {
        long value = head(SIMPLE);
        if (value != FALSE && value != TRUE) {
            throw new CborException("simple value " + value + " where true or false is due");
        }
        return value == TRUE;
    }

    public byte[] bytes() {
        int length = length(BYTES);
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    public String text() {
        int length = length(TEXT);
        position += length;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, position - length, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CborException("text that is not UTF-8");
        }
    }

    /** Begins an array and returns its length, which is at most {@code max}. To be {@linkplain #leave left}. */
    public int array(int max) {
        int count = length(ARRAY);
        if (count > max) {
            throw new CborException("a list of " + count + " entries, more than the " + max + " that it may have");
        }
        enter();
        return count;
    }

    /** Begins a map. To be {@linkplain #leave left}. */
    public Keys map() {
        Keys keys = new Keys(length(MAP));
        enter();
        return keys;
    }

    /** Ends an array or a map. */
    public void leave() {
        depth--;
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw new CborException("values nested more than " + MAX_DEPTH + " deep");
        }
    }

    /** Passes over one value, which must be as well-formed as any other. */
    public void skip() {
        switch (major()) {
            case UNSIGNED, NEGATIVE -> head(major());
            case BYTES -> bytes();
            case TEXT -> text();
            case ARRAY -> {
                for (int left = array(Integer.MAX_VALUE); left > 0; left--) {
                    skip();
                }
                leave();
            }
            case MAP -> {
                Keys keys = map();
                while (keys.next() != null) {
                    skip();
                }
                leave();
            }
            case SIMPLE -> bool();
            default -> throw new CborException("a tag");
        }
    }

    /** @throws CborException if anything follows */
    public void end() {
        if (position != bytes.length) {
            throw new CborException(bytes.length - position + " bytes after the value");
        }
    }

    private int major() {
        if (position >= bytes.length) {
            throw new CborException("the value is cut short");
        }
        return (bytes[position] & 0xff) >> 5;
    }

    /** The argument of a head of kind {@code major}. */
    private long head(int major) {
        if (major() != major) {
            throw new CborException(KINDS[major()] + " where " + KINDS[major] + " is due");
        }
        int low = bytes[position++] & 0x1f;
        if (low < 24) {
            return low;
        }
        if (low > 27 || major == SIMPLE) {
            throw new CborException(low == 31 ? "an indefinite length" : "a head that this format does not use");
        }
        return longHead(1 << low - 24);
    }

    private long longHead(int extra) {
        if (extra > bytes.length - position) {
            throw new CborException("the value is cut short");
        }
        long argument = 0;
        for (int i = 0; i < extra; i++) {
            argument = argument << 8 | bytes[position++] & 0xff;
        }
        if (extraBytes(argument) != extra) {
            throw new CborException("a number that is not in its shortest form");
        }
        return argument;
    }

    /** A length or count, of which each unit takes at least one of the bytes that are left. */
    private int length(int major) {
        long length = head(major);
        if (length < 0 || length > bytes.length - position) {
            throw new CborException(KINDS[major] + " of " + Long.toUnsignedString(length) + " where "
                    + (bytes.length - position) + " bytes are left");
        }
        return (int) length;
    }

    /** The keys of a map, in their only order. */
    public final class Keys {
        private int left;
        private int lastStart;
        private int lastEnd;

        private Keys(int count) {
            left = count;
        }

        /** The next key, whose value follows; null after the last. */
        public String next() {
            if (left-- == 0) {
                return null;
            }
            int start = position;
            String key = text();
            if (lastEnd > 0 && Arrays.compareUnsigned(bytes, lastStart, lastEnd, bytes, start, position) >= 0) {
                throw new CborException("key \"" + CborException.shown(key) + "\" is not after the key before it");
            }
            lastStart = start;
            lastEnd = position;
            return key;
        }
    }

    /** Where in {@code payload}, a map, the content of {@code key}'s byte string of {@code length} bytes begins. */
    static int bytesOffset(byte[] payload, String key, int length) {
        CborReader reader = new CborReader(payload);
        Keys keys = reader.map();
        for (String next = keys.next(); next != null; next = keys.next()) {
            if (!next.equals(key)) {
                reader.skip();
            } else if (reader.bytes().length == length) {
                return reader.position - length;
            } else {
                throw new CborException("not " + length + " bytes").in(key);
            }
        }
        throw new CborException("missing").in(key);
    }
}
