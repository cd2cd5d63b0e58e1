package io.scratchvm.vmm.image;

import io.scratchvm.vmm.elf.ProgramHeader;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Makes images that are sealed as they must be, and hold what they must not. */
final class Forger {
    private final byte[] good;
    private final ImageHead head;
    private List<Note> notes;
    private List<ProgramHeader> userSegments;

    Forger(byte[] good) {
        this.good = good;
        long notesEnd = CoreHeader.segment(good, 0).offset()
                + CoreHeader.segment(good, 0).fileSize();
        this.head = ImageHead.of(Arrays.copyOf(good, (int) (notesEnd + 4095 & -4096)));
        this.notes = new ArrayList<>(head.notes());
        this.userSegments = userSegments();
    }

    private List<ProgramHeader> userSegments() {
        MemoryMap map = new RecordCodec()
                .decode(MemoryMap.class, noteOf(NoteType.MEMORY).payload());
        List<ProgramHeader> segments = new ArrayList<>();
        for (int i = 1; i < head.segments() - map.runs().size(); i++) {
            segments.add(moved(head.segment(i), -head.bytes().length));
        }
        return segments;
    }

    /** How many bytes of the file, at its end, are memory. */
    int memoryLength() {
        return good.length - head.bytes().length;
    }

    /** Whether the image has a note of this type. */
    /** Changes the record of a note. */
    <T extends Record> Forger change(NoteType type, Class<T> record, UnaryOperator<T> change) {
        RecordCodec codec = new RecordCodec();
        Note note = head.note(type);
        byte[] payload = codec.encode(change.apply(codec.decode(record, note.payload())));
        return replace(type, new Note(NoteType.OWNER, type.type(), payload));
    }

    /** Replaces a note; null removes it. */
    Forger replace(NoteType type, Note with) {
        int index = notes.indexOf(head.note(type));
        if (with == null) {
            notes.remove(index);
        } else {
            notes.set(index, with);
        }
        return this;
    }

    Forger addFirst(Note note) {
        notes.add(0, note);
        return this;
    }

    Forger addLast(Note note) {
        notes.add(note);
        return this;
    }

    /** Segments of the user view, with offsets from the first memory run. */
    Forger userSegments(List<ProgramHeader> segments) {
        userSegments = segments;
        return this;
    }

    /** The file, sealed. */
    byte[] forge() {
        long memoryStart = 0;
        byte[] bytes = assemble(0);
        while (bytes.length != memoryStart) {
            memoryStart = bytes.length;
            sealLength(memoryStart + good.length - head.bytes().length);
            bytes = assemble(memoryStart);
        }
        ImageHead forged = ImageHead.of(bytes);
        forged.fillUuid(new byte[16]);
        forged.fillChecksum(new byte[32]);
        forged.fillUuid(Seal.uuid(bytes));
        forged.fillChecksum(Seal.checksum(bytes, null));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes);
        out.write(good, head.bytes().length, good.length - head.bytes().length);
        return out.toByteArray();
    }

    private void sealLength(long length) {
        for (int i = 0; i < notes.size(); i++) {
            if (notes.get(i).name().equals("SEAL")) {
                byte[] payload = new RecordCodec().encode(new Seal(false, length, new byte[32]));
                notes.set(i, new Note(NoteType.OWNER, NoteType.SEAL.type(), payload));
            }
        }
    }

    private byte[] assemble(long memoryStart) {
        byte[] noteBytes = Note.write(notes);
        List<ProgramHeader> segments = new ArrayList<>();
        userSegments.forEach(segment -> segments.add(moved(segment, memoryStart)));
        long offset = memoryStart;
        MemoryMap map = new RecordCodec()
                .decode(MemoryMap.class, noteOf(NoteType.MEMORY).payload());
        for (MemoryMap.Run run : map.runs()) {
            segments.add(ImageLayout.physicalView(run.address(), run.length(), offset));
            offset += run.length();
        }
        long notesOffset = CoreHeader.notesOffset(segments.size() + 1);
        segments.add(0, ImageLayout.notesSegment(notesOffset, noteBytes.length));
        byte[] headers = CoreHeader.write(segments);
        byte[] all = Arrays.copyOf(headers, headers.length + noteBytes.length + 4095 & -4096);
        System.arraycopy(noteBytes, 0, all, headers.length, noteBytes.length);
        return all;
    }

    private static ProgramHeader moved(ProgramHeader p, long by) {
        return new ProgramHeader(
                p.type(),
                p.flags(),
                p.offset() + by,
                p.virtualAddress(),
                p.physicalAddress(),
                p.fileSize(),
                p.memorySize(),
                p.alignment());
    }

    boolean has(NoteType type) {
        return notes.stream().anyMatch(note -> note.name().equals(type.name()));
    }

    private Note noteOf(NoteType type) {
        return notes.stream()
                .filter(note -> note.name().equals(type.name()))
                .findFirst()
                .orElseThrow();
    }
}
