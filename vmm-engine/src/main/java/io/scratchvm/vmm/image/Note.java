package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.VmmException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A note (System V gABI, chapter 5): owner, type, payload; name and payload padded with zeros to 4 bytes.
 *
 * @param offset of the payload in the file, where the note was read from one
 */
record Note(String owner, int type, byte[] payload, long offset) {
    private static final int HEADER = 12;

    /** Real ones have about fifteen, and four a thread. */
    private static final int MAX_NOTES = 8192;

    private static final int MAX_OWNER = 32;

    Note(String owner, int type, byte[] payload) {
        this(owner, type, payload, 0);
    }

    /** What a person calls it. */
    String name() {
        return name(owner, type);
    }

    static String name(String owner, int type) {
        NoteType row = owner.equals(NoteType.OWNER) ? NoteType.of(type) : null;
        return row != null ? row.name() : owner + "/0x" + Integer.toHexString(type);
    }

    /** The bytes of {@code notes}, one after the other. */
    static byte[] write(List<Note> notes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Note note : notes) {
            byte[] owner = (note.owner + '\0').getBytes(StandardCharsets.US_ASCII);
            ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(owner.length).putInt(note.payload.length).putInt(note.type);
            out.writeBytes(header.array());
            out.writeBytes(Arrays.copyOf(owner, padded(owner.length)));
            out.writeBytes(note.payload);
            out.writeBytes(new byte[padded(note.payload.length) - note.payload.length]);
        }
        return out.toByteArray();
    }

    private static int padded(int length) {
        return length + 3 & ~3;
    }

    /**
     * The notes in bytes {@code from} to {@code to} of {@code head}.
     *
     * @throws VmmException naming the offset of what is wrong
     */
    static List<Note> read(byte[] head, int from, int to) {
        List<Note> notes = new ArrayList<>();
        int at = from;
        while (at < to) {
            if (notes.size() == MAX_NOTES) {
                throw wrong(at, "more than " + MAX_NOTES + " notes");
            }
            at = readOne(head, at, to, notes);
        }
        return notes;
    }

    private static int readOne(byte[] head, int at, int to, List<Note> notes) {
        if (to - at < HEADER) {
            throw wrong(at, "the notes end inside a note's header");
        }
        ByteBuffer header = ByteBuffer.wrap(head, at, HEADER).order(ByteOrder.LITTLE_ENDIAN);
        int ownerSize = header.getInt();
        int size = header.getInt();
        int type = header.getInt();
        int left = to - at - HEADER;
        if (ownerSize < 2 || ownerSize > MAX_OWNER || padded(ownerSize) > left) {
            throw wrong(at, "a note's owner of " + Integer.toUnsignedString(ownerSize) + " bytes");
        }
        int payload = at + HEADER + padded(ownerSize);
        if (size < 0 || size > to - payload || padded(size) > to - payload) {
            throw wrong(
                    at + 4,
                    "a note's payload of " + Integer.toUnsignedString(size) + " bytes where " + (to - payload)
                            + " are left");
        }
        requireZero(head, at + HEADER + ownerSize - 1, payload, "the padding of a note's owner");
        requireZero(head, payload + size, payload + padded(size), "the padding of a note");
        String owner = new String(head, at + HEADER, ownerSize - 1, StandardCharsets.ISO_8859_1);
        notes.add(new Note(owner, type, Arrays.copyOfRange(head, payload, payload + size), payload));
        return payload + padded(size);
    }

    /** @throws VmmException if a byte from {@code from} to {@code to} is not zero */
    static void requireZero(byte[] head, int from, int to, String what) {
        for (int i = from; i < to; i++) {
            if (head[i] != 0) {
                throw wrong(i, what + " is not zero");
            }
        }
    }

    private static VmmException wrong(int offset, String what) {
        return new VmmException("byte 0x" + Integer.toHexString(offset) + ": " + what);
    }
}
