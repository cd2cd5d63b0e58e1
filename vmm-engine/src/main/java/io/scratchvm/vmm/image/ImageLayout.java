package io.scratchvm.vmm.image;

import io.scratchvm.vmm.elf.ProgramHeader;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An image put together: all that comes before the memory runs (the <i>head</i>), and which runs follow. The head's
 * size does not depend on the digests in it, so that the runs can be written, and digested on the way, before it.
 */
final class ImageLayout {
    /** Where the physical view lies in a debugger's address space: Linux's direct map. */
    static final long DIRECT_MAP = 0xffff_8880_0000_0000L;

    private static final int NOTE_ALIGNMENT = 4;

    private final MachineState state;
    private final byte[] key;
    private final RecordCodec codec = new RecordCodec();
    private final Manifest manifest;
    private final StoredMemory memory;
    private final List<UserView.Mapping> mappings;
    private final long memoryStart;

    ImageLayout(MachineState state, PhysicalMemory physical, SaveOptions options) {
        this.state = state;
        this.key = options.key();
        this.manifest = manifest(state, physical.size(), options.writer());
        this.mappings = UserView.of(state.vcpu(), physical);
        this.memory =
                new StoredMemory(physical, StoredMemory.behind(state.setup().guestFiles(), mappings));
        this.memoryStart = findMemoryStart();
    }

    private static Manifest manifest(MachineState state, long memorySize, String writer) {
        return new Manifest(
                Manifest.MAJOR,
                Manifest.MINOR,
                writer,
                new byte[Manifest.UUID_SIZE],
                state.lineage().image(),
                state.lineage().generation() + 1,
                memorySize,
                state.vcpu().instructions(),
                state.cpuFeatures(),
                state.setup());
    }

    private static long pageUp(long length) {
        return length + MemoryMap.PAGE - 1 & -MemoryMap.PAGE;
    }

    /** The head holds the file's length, whose encoding is the longer the later the runs begin: tried until it fits. */
    private long findMemoryStart() {
        MemoryMap undigested = undigested();
        long start = 0;
        for (long next = -1; next != start; ) {
            start = Math.max(next, 0);
            next = pageUp(assemble(undigested, start).length);
        }
        return start;
    }

    /** The runs to write, with offsets from {@link #memoryStart}. */
    List<StoredMemory.Place> runs() {
        return memory.places();
    }

    /** Where the first run begins in the file. */
    long memoryStart() {
        return memoryStart;
    }

    /** The head, complete, once the runs' digests are known. */
    byte[] head(MemoryMap map) {
        ImageHead head = ImageHead.of(Arrays.copyOf(assemble(map, memoryStart), Math.toIntExact(memoryStart)));
        head.fillUuid(Seal.uuid(head.bytes()));
        head.fillChecksum(Seal.checksum(head.bytes(), key));
        return head.bytes();
    }

    private MemoryMap undigested() {
        List<MemoryMap.Run> runs = new ArrayList<>();
        for (StoredMemory.Place place : memory.places()) {
            runs.add(new MemoryMap.Run(place.address(), place.length(), new byte[Seal.CHECKSUM_SIZE]));
        }
        return new MemoryMap(runs);
    }

    private byte[] assemble(MemoryMap map, long start) {
        byte[] notes = Note.write(notes(map, start + memory.length()));
        byte[] headers = CoreHeader.write(segments(notes.length, start));
        byte[] head = Arrays.copyOf(headers, Math.addExact(headers.length, notes.length));
        System.arraycopy(notes, 0, head, headers.length, notes.length);
        return head;
    }

    private List<ProgramHeader> segments(int notesLength, long start) {
        List<ProgramHeader> loads = memory.segments(mappings, start);
        for (StoredMemory.Place place : memory.places()) {
            loads.add(physicalView(place.address(), place.length(), start + place.offset()));
        }
        long notesOffset = CoreHeader.notesOffset(loads.size() + 1);
        loads.add(0, notesSegment(notesOffset, notesLength));
        return loads;
    }

    static ProgramHeader notesSegment(long offset, long length) {
        return new ProgramHeader(
                ProgramHeader.PT_NOTE, ProgramHeader.PF_R, offset, 0, 0, length, length, NOTE_ALIGNMENT);
    }

    static ProgramHeader physicalView(long address, long length, long offset) {
        int flags = ProgramHeader.PF_R | ProgramHeader.PF_W | ProgramHeader.PF_X;
        return new ProgramHeader(
                ProgramHeader.PT_LOAD, flags, offset, DIRECT_MAP + address, address, length, length, MemoryMap.PAGE);
    }

    private List<Note> notes(MemoryMap map, long length) {
        List<Note> notes = DebuggerNotes.of(state);
        notes.add(note(NoteType.MANIFEST, manifest));
        for (NoteType type : NoteType.values()) {
            Record part = state.part(type);
            if (part != null) {
                notes.add(note(type, part));
            }
        }
        notes.add(note(NoteType.MEMORY, map));
        notes.add(note(NoteType.SEAL, new Seal(key != null, length, new byte[Seal.CHECKSUM_SIZE])));
        return notes;
    }

    private Note note(NoteType type, Record value) {
        try {
            return new Note(NoteType.OWNER, type.type(), codec.encode(value));
        } catch (CborException e) {
            throw e.in(type.name());
        }
    }
}
