package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.elf.ProgramHeader;
import io.scratchvm.vmm.linux.ProcessesState;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipException;

/**
 * Opens images, which are not trusted. The order of the checks: ELF header; the head's length and form (program
 * headers' count, notes, padding); format version; which notes there are; total length; seal; UUID; the records' own
 * form; the memory map against the manifest, the program headers and the file's length; the runs' digests; the vCPU's
 * rules. Only then is there an {@link Image} to build anything from. What is wrong is a {@link VmmException} naming
 * file and place.
 */
public final class ImageReader {
    /** The contents of open files may take 64 MiB of it. */
    static final int LARGEST_HEAD_WITHOUT_RUNS = 80 << 20;

    private final Path file;
    private final ImageSource source;
    private final ReadOptions options;

    private ImageReader(Path file, ImageSource source, ReadOptions options) {
        this.file = file;
        this.source = source;
        this.options = options;
    }

    /**
     * Opens and checks an image, which may be wrapped in gzip.
     *
     * @throws VmmException if the file is not an image, is damaged, is of an unknown version, is not sealed as the
     *     options say, or has more memory than they allow
     */
    public static Image open(Path file, ReadOptions options) throws IOException {
        return open(file, ImageSource.open(file), options);
    }

    /**
     * Opens and checks an image that need not be a file's.
     *
     * @param name what it is called in messages
     * @param source closed by the image, or here if there is none
     * @throws VmmException as {@link #open(Path, ReadOptions)}
     */
    public static Image open(Path name, ImageSource source, ReadOptions options) throws IOException {
        try {
            return new ImageReader(name, source, options).read();
        } catch (ZipException e) {
            source.close();
            throw new VmmException(name + " is damaged: its gzip wrapper: " + e.getMessage(), e);
        } catch (IOException | RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    /** The most bytes of headers and notes that an image of {@code memorySize} bytes of memory may have. */
    public static long largestHead(long memorySize) {
        return Math.min(LARGEST_HEAD_WITHOUT_RUNS + memorySize / 32, Integer.MAX_VALUE - MemoryMap.PAGE);
    }

    private Image read() throws IOException {
        ImageHead head = wellFormed(readHead());
        Note manifestNote = checkVersion(head);
        boolean newer = checkNotes(head, manifestNote);
        Seal seal = checkSeal(head, newer);
        MoveMark mark = checkEnd(head.note(NoteType.SEAL), seal.length());
        checkChecksum(head, seal);
        RecordCodec codec = codec(newer);
        Manifest manifest = decode(codec, manifestNote, Manifest.class);
        checkManifest(manifest, head);
        head.fillUuid(manifest.uuid());
        head.fillChecksum(seal.checksum());
        MemoryMap map = readMap(head, manifest, newer);
        checkSegments(head, map);
        checkLength(seal, head, map);
        Image image = new Image(file, source, options, head, manifest, map, seal, mark);
        if (options.runs() == ReadOptions.Runs.AT_OPEN) {
            image.verifyMemory();
        }
        image.believe(MachineState.of(manifest, parts(head, codec, manifest)));
        return image;
    }

    // -- the head's form ------------------------------------------------------------------------------------------

    private byte[] readHead() throws IOException {
        byte[] header = new byte[CoreHeader.SIZE + CoreHeader.SEGMENT_SIZE];
        int n = source.readHead(header, header.length);
        if (n < 4 || !CoreHeader.isElf(header)) {
            throw new VmmException(
                    file + " is not a VM image: it does not begin as an ELF file does; name a file that a save wrote");
        }
        if (n < header.length) {
            throw cutShort(n, header.length);
        }
        int segments = CoreHeader.segments(header);
        String differing = CoreHeader.differing(header, segments);
        if (differing != null) {
            throw new VmmException(file + " is not a VM image, or is damaged: " + differing);
        }
        byte[] head = new byte[headSize(CoreHeader.segment(header, 0), segments)];
        n = source.readHead(head, head.length);
        if (n < head.length) {
            throw cutShort(n, head.length);
        }
        return head;
    }

    private int headSize(ProgramHeader notes, int segments) throws IOException {
        long offset = CoreHeader.notesOffset(segments);
        String place = "program header 0 at byte 0x40";
        if (segments < 1 || !CoreHeader.same(notes, ImageLayout.notesSegment(offset, notes.fileSize()))) {
            throw damaged(
                    place,
                    "it is not that of the notes at byte 0x" + Long.toHexString(offset) + ", after " + segments
                            + " program headers (e_phnum)");
        }
        long end = offset + notes.fileSize();
        long limit = largestHead(options.maxMemory());
        if (notes.fileSize() < 0 || end < 0 || end > limit) {
            throw damaged(
                    place,
                    "the notes end at byte " + Long.toUnsignedString(end) + ", past the " + limit
                            + " that a VM of the memory allowed can need");
        }
        if (end > source.plausibleHead()) {
            throw damaged(place, "the notes end at byte " + end + ", or the file is cut short");
        }
        return (int) (end + MemoryMap.PAGE - 1 & -MemoryMap.PAGE);
    }

    private ImageHead wellFormed(byte[] bytes) {
        try {
            return ImageHead.of(bytes);
        } catch (VmmException e) {
            throw damaged("notes", e.getMessage());
        }
    }

    // -- version, notes, seal -------------------------------------------------------------------------------------

    private Note checkVersion(ImageHead head) {
        Note note = head.note(NoteType.MANIFEST);
        if (note == null) {
            throw new VmmException(file + " is not a VM image: an ELF file without the note MANIFEST of owner VMM");
        }
        FormatVersion version = decode(codec(true), note, FormatVersion.class);
        if (version.major() != Manifest.MAJOR) {
            throw new VmmException(file + ": its format is version " + version + ", written by " + version.writer()
                    + "; this VMM reads version " + Manifest.MAJOR + "." + Manifest.MINOR
                    + ": use a VMM that reads it");
        }
        return note;
    }

    /** @return whether the image is of a newer minor version, whose records may have keys that we do not know */
    private boolean checkNotes(ImageHead head, Note manifest) {
        Set<Integer> seen = new HashSet<>();
        for (Note note : head.notes()) {
            if (note.owner().equals(NoteType.OWNER)) {
                checkNote(note, seen);
            }
        }
        for (NoteType type : NoteType.values()) {
            if (!type.isPart()) {
                require(head, type);
            }
        }
        Note last = head.notes().get(head.notes().size() - 1);
        if (last != head.note(NoteType.SEAL)) {
            throw damaged("notes", "the last one is " + last.name() + ", not SEAL");
        }
        return decode(codec(true), manifest, FormatVersion.class).minor() > Manifest.MINOR;
    }

    private void require(ImageHead head, NoteType type) {
        if (head.note(type) == null) {
            throw damaged("notes", "there is no note " + type);
        }
    }

    private void checkNote(Note note, Set<Integer> seen) {
        if (!seen.add(note.type())) {
            throw damaged(at(note), "a second note of its type");
        }
        if (NoteType.of(note.type()) == null && NoteType.mustBeUnderstood(note.type())) {
            throw new VmmException(file + ": " + at(note)
                    + " must be understood and is not known to this VMM; use the version that wrote the image");
        }
    }

    private Seal checkSeal(ImageHead head, boolean newer) {
        Note note = head.note(NoteType.SEAL);
        Seal seal = decode(codec(newer), note, Seal.class);
        if (seal.keyed() && options.key() == null) {
            throw new VmmException(file + ": it is sealed with a key; give the key (--key) to read it");
        }
        if (!seal.keyed() && options.key() != null) {
            throw new VmmException(file + ": it is sealed without a key, so nothing shows who wrote it; "
                    + "read it without --key, or have it saved with one");
        }
        if (seal.checksum().length != Seal.CHECKSUM_SIZE) {
            throw damaged(at(note), "checksum: not " + Seal.CHECKSUM_SIZE + " bytes");
        }
        return seal;
    }

    private void checkChecksum(ImageHead head, Seal seal) {
        if (!MessageDigest.isEqual(seal.checksum(), Seal.checksum(head.withoutChecksum(), options.key()))) {
            throw damaged(
                    at(head.note(NoteType.SEAL)),
                    "the headers and notes, bytes 0 to 0x" + Integer.toHexString(head.bytes().length - 1)
                            + ", do not match their checksum" + (seal.keyed() ? ", or the key is another" : ""));
        }
    }

    /** @return the mark that follows the image's end, or null */
    private MoveMark checkEnd(Note note, long length) throws IOException {
        if (length <= 0 || length > LARGEST_HEAD_WITHOUT_RUNS + options.maxMemory() + options.maxMemory() / 32) {
            throw damaged(at(note), "a length of " + Long.toUnsignedString(length) + " bytes");
        }
        byte[] tail = new byte[MoveMark.SIZE + 1];
        int n = source.readTail(length, tail);
        if (n < 0) {
            throw damaged(at(note), "the file is cut short: it is to be " + length + " bytes long");
        }
        MoveMark mark = n == 0 ? null : MoveMark.of(Arrays.copyOf(tail, n));
        if (n > 0 && mark == null) {
            throw damaged(at(note), "the file goes on after the " + length + " bytes that it is to be long");
        }
        return mark;
    }

    // -- the records ----------------------------------------------------------------------------------------------

    private RecordCodec codec(boolean newer) {
        RecordCodec.UnknownKeys rule = newer ? RecordCodec.UnknownKeys.SKIP : RecordCodec.UnknownKeys.REFUSE;
        return new RecordCodec(rule, RecordCodec.MAX_LIST);
    }

    private <T extends Record> T decode(RecordCodec codec, Note note, Class<T> type) {
        try {
            return codec.decode(type, note.payload());
        } catch (CborException e) {
            throw damaged(at(note), e.getMessage());
        }
    }

    private void checkManifest(Manifest manifest, ImageHead head) {
        Note place = head.note(NoteType.MANIFEST);
        if (manifest.memorySize() <= 0 || manifest.memorySize() % MemoryMap.PAGE != 0) {
            String size = Long.toUnsignedString(manifest.memorySize());
            throw damaged(at(place), "memorySize: " + size + " is not a positive multiple of 4096");
        }
        if (manifest.memorySize() > options.maxMemory()) {
            throw new VmmException(file + ": it has " + manifest.memorySize() + " bytes of memory, more than the "
                    + options.maxMemory() + " that are allowed; allow more (--memory)");
        }
        if (!MessageDigest.isEqual(manifest.uuid(), Seal.uuid(head.withoutUuid()))) {
            throw damaged(at(place), "uuid: not the one of this content");
        }
        if (manifest.parent() != null && manifest.parent().length != Manifest.UUID_SIZE) {
            throw damaged(at(place), "parent: not " + Manifest.UUID_SIZE + " bytes");
        }
    }

    private Map<NoteType, Record> parts(ImageHead head, RecordCodec codec, Manifest manifest) {
        Map<NoteType, Record> parts = new EnumMap<>(NoteType.class);
        for (NoteType type : NoteType.values()) {
            if (type.isPart() && type.isRequired(manifest.setup().start())) {
                require(head, type);
            }
            Note note = head.note(type);
            if (type.isPart() && note != null) {
                parts.put(type, decode(codec, note, type.record()));
            }
        }
        String problem = VcpuRules.problem((VcpuState) parts.get(NoteType.VCPU), manifest.instructions());
        if (problem != null) {
            throw damaged(at(head.note(NoteType.VCPU)), problem);
        }
        checkTasks((ProcessesState) parts.get(NoteType.PROCESSES), head);
        return parts;
    }

    /** The registers of a task that does not run obey the same rules; what it counted is of its last turn. */
    private void checkTasks(@Nullable ProcessesState processes, ImageHead head) {
        List<ProcessesState.TaskState> tasks = processes == null ? List.of() : processes.tasks();
        for (ProcessesState.TaskState task : tasks) {
            VcpuState registers = task.registers();
            String problem = registers == null ? null : VcpuRules.problem(registers, registers.instructions());
            if (problem != null) {
                throw damaged(at(head.note(NoteType.PROCESSES)), "task " + task.id() + ": " + problem);
            }
        }
    }

    // -- memory ---------------------------------------------------------------------------------------------------

    private MemoryMap readMap(ImageHead head, Manifest manifest, boolean newer) {
        Note note = head.note(NoteType.MEMORY);
        int pages = (int) Math.min(manifest.memorySize() / MemoryMap.PAGE, Integer.MAX_VALUE);
        RecordCodec.UnknownKeys rule = newer ? RecordCodec.UnknownKeys.SKIP : RecordCodec.UnknownKeys.REFUSE;
        MemoryMap map = decode(new RecordCodec(rule, pages), note, MemoryMap.class);
        String problem = map.problem(manifest.memorySize());
        if (problem != null) {
            throw damaged(at(note), problem);
        }
        return map;
    }

    /** What a debugger is shown must be what is restored. */
    private void checkSegments(ImageHead head, MemoryMap map) {
        int first = head.segments() - map.runs().size();
        if (first < 1) {
            throw damaged(
                    "program headers",
                    head.segments() + " of them do not cover " + map.runs().size() + " runs");
        }
        long offset = head.bytes().length;
        for (int i = 0; i < map.runs().size(); i++) {
            MemoryMap.Run run = map.runs().get(i);
            ProgramHeader expected = ImageLayout.physicalView(run.address(), run.length(), offset);
            if (!CoreHeader.same(head.segment(first + i), expected)) {
                throw damaged("program header " + (first + i), "it is not that of run " + i + " of MEMORY");
            }
            offset += run.length();
        }
        for (int i = 1; i < first; i++) {
            checkUserSegment(i, head.segment(i), head.bytes().length, offset);
        }
    }

    private void checkUserSegment(int index, ProgramHeader segment, long from, long to) {
        boolean inside = segment.offset() >= from
                && segment.fileSize() >= 0
                && segment.offset() <= to
                && segment.fileSize() <= to - segment.offset();
        if (segment.type() != ProgramHeader.PT_LOAD || !inside) {
            throw damaged("program header " + index, "it is not of memory that the file holds");
        }
    }

    private void checkLength(Seal seal, ImageHead head, MemoryMap map) {
        long length = head.bytes().length + map.stored();
        if (seal.length() != length) {
            throw damaged(
                    at(head.note(NoteType.SEAL)),
                    "length: " + seal.length() + ", but notes and runs are " + length + " bytes");
        }
    }

    // -- complaints -----------------------------------------------------------------------------------------------

    private static String at(Note note) {
        return "note " + note.name() + " at byte 0x" + Long.toHexString(note.offset());
    }

    private VmmException cutShort(long length, long expected) {
        return damaged("end", "the file is cut short: it ends at byte " + length + ", inside its first " + expected);
    }

    private VmmException damaged(String where, String what) {
        return Image.damaged(file, where, what);
    }

    /** The part of a manifest that every reader can read, for ever. */
    record FormatVersion(int major, int minor, String writer) {
        @Override
        public String toString() {
            return major + "." + minor;
        }
    }
}
