package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.elf.ProgramHeader;
import java.util.Arrays;
import java.util.List;

/**
 * All of an image that comes before its memory runs, in memory, taken apart and found to be well-formed; believed only
 * once its seal was checked.
 */
final class ImageHead {
    private final byte[] bytes;
    private final int segments;
    private final List<Note> notes;

    private ImageHead(byte[] bytes, int segments, List<Note> notes) {
        this.bytes = bytes;
        this.segments = segments;
        this.notes = notes;
    }

    /**
     * The head that {@code bytes} are, whose ELF header and first program header are known to be right.
     *
     * @throws VmmException naming the offset of what is wrong
     */
    static ImageHead of(byte[] bytes) {
        int segments = CoreHeader.segments(Arrays.copyOf(bytes, CoreHeader.SIZE));
        if (!CoreHeader.countSectionMatches(bytes, segments)) {
            throw new VmmException("section header 0 is not the count of the program headers");
        }
        ProgramHeader section = CoreHeader.segment(bytes, 0);
        int from = Math.toIntExact(section.offset());
        int to = Math.toIntExact(section.offset() + section.fileSize());
        List<Note> notes = Note.read(bytes, from, to);
        Note.requireZero(bytes, to, bytes.length, "the padding before the memory runs");
        return new ImageHead(bytes, segments, notes);
    }

    byte[] bytes() {
        return bytes;
    }

    int segments() {
        return segments;
    }

    ProgramHeader segment(int index) {
        return CoreHeader.segment(bytes, index);
    }

    List<Note> notes() {
        return notes;
    }

    /** The note of {@code type}, or null. */
    Note note(NoteType type) {
        for (Note note : notes) {
            if (note.owner().equals(NoteType.OWNER) && note.type() == type.type()) {
                return note;
            }
        }
        return null;
    }

    void fillUuid(byte[] uuid) {
        System.arraycopy(uuid, 0, bytes, uuidOffset(), uuid.length);
    }

    void fillChecksum(byte[] checksum) {
        System.arraycopy(checksum, 0, bytes, checksumOffset(), checksum.length);
    }

    /** The bytes, from now on with the seal's checksum zero; the notes keep what they say. */
    byte[] withoutChecksum() {
        fillChecksum(new byte[Seal.CHECKSUM_SIZE]);
        return bytes;
    }

    /** The bytes, from now on with UUID and checksum zero; the notes keep what they say. */
    byte[] withoutUuid() {
        fillUuid(new byte[Manifest.UUID_SIZE]);
        return withoutChecksum();
    }

    private int uuidOffset() {
        return offset(NoteType.MANIFEST, "uuid", Manifest.UUID_SIZE);
    }

    private int checksumOffset() {
        return offset(NoteType.SEAL, "checksum", Seal.CHECKSUM_SIZE);
    }

    private int offset(NoteType type, String component, int length) {
        Note note = note(type);
        try {
            return Math.toIntExact(note.offset()) + CborReader.bytesOffset(note.payload(), component, length);
        } catch (CborException e) {
            throw e.in(type.name());
        }
    }
}
