package io.scratchvm.vmm.elf;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A little-endian ELF file of x86, 32 or 64 bits: an executable, a shared object or a core (System V gABI, chapters 4
 * and 5). The file is not trusted: every offset and count is checked against its size before it is used, so nothing
 * larger than the file is ever allocated, and what is wrong is a {@link VmmException} that names file, field and value.
 *
 * <p>The ELF header and the program headers are read at once, sections and symbols when they are asked for: a program
 * runs without them.
 */
public final class ElfFile {
    private static final int IDENT_SIZE = 16;
    /** More program headers than 16 bits count: the number is in section header 0's {@code sh_info}. */
    private static final int PN_XNUM = 0xffff;
    /** The section index is in section header 0's {@code sh_link}. */
    private static final int SHN_XINDEX = 0xffff;

    private final ElfSource source;
    private final ElfHeader header;
    private final List<ProgramHeader> programHeaders;
    private List<SectionHeader> sections;
    private SymbolTable symbols;

    private ElfFile(ElfSource source) throws IOException {
        this.source = source;
        this.header = readHeader();
        this.programHeaders = readProgramHeaders();
    }

    /** Reads {@code source}'s headers. */
    public static ElfFile of(ElfSource source) throws IOException {
        return new ElfFile(source);
    }

    /** Reads the whole of {@code file}, and its headers. */
    public static ElfFile of(Path file) throws IOException {
        return of(ElfSource.of(file));
    }

    /** What messages call the file. */
    public String name() {
        return source.name();
    }

    public ElfSource source() {
        return source;
    }

    public ElfHeader header() {
        return header;
    }

    public List<ProgramHeader> programHeaders() {
        return programHeaders;
    }

    /** A new list of the program headers of one type, in the file's order. */
    public List<ProgramHeader> programHeaders(int type) {
        List<ProgramHeader> found = new ArrayList<>();
        for (ProgramHeader header : programHeaders) {
            if (header.type() == type) {
                found.add(header);
            }
        }
        return found;
    }

    /**
     * The bytes that the file has for a segment.
     *
     * @throws VmmException if they are not inside the file or more than an array can hold
     */
    public byte[] bytes(ProgramHeader segment) throws IOException {
        checkInside("p_offset", segment.offset(), segment.fileSize());
        if (segment.fileSize() > Integer.MAX_VALUE - 8) {
            throw wrong("p_filesz", segment.fileSize(), "a segment of more than 2 GiB");
        }
        return source.read(segment.offset(), (int) segment.fileSize());
    }

    /** Refuses a part of the file that is not inside it; {@code field} is what the file calls its offset. */
    public void checkInside(String field, long offset, long length) {
        if (offset < 0 || length < 0 || offset > source.size() - length) {
            throw wrong(
                    field,
                    offset,
                    "%s bytes from there reach past the end of the file (%d bytes); is it truncated?"
                            .formatted(Long.toUnsignedString(length), source.size()));
        }
    }

    /** A {@link VmmException} that names this file, a field and its value. */
    public VmmException wrong(String field, long value, String what) {
        return new VmmException(name() + ": " + field + " 0x" + Long.toHexString(value) + ": " + what);
    }

    // -- the ELF header ---------------------------------------------------------------------------------------------

    private ElfHeader readHeader() throws IOException {
        Fields ident = fields(0, (int) Math.min(IDENT_SIZE, source.size()));
        if (source.size() < 4 || ident.word(0) != 0x464c457f) {
            throw new VmmException(name() + " is not an ELF file: it does not begin with 7f 45 4c 46 (\\x7fELF)");
        }
        if (source.size() < IDENT_SIZE) {
            throw truncated("the ELF header");
        }
        int bits = bits(ident.unsignedByte(4));
        check(ident.unsignedByte(5) == 1, "EI_DATA", ident.unsignedByte(5), "only little-endian files (1) are read");
        check(ident.unsignedByte(6) == 1, "EI_VERSION", ident.unsignedByte(6), "only version 1 exists");
        int size = bits == 64 ? 64 : 52;
        if (source.size() < size) {
            throw truncated("the ELF header");
        }
        return readHeader(bits, size, fields(0, size));
    }

    private ElfHeader readHeader(int bits, int size, Fields h) throws IOException {
        int addressSize = bits / 8;
        int afterOffsets = 24 + 3 * addressSize;
        long programHeaderOffset = h.address(24 + addressSize, bits);
        long sectionHeaderOffset = h.address(24 + 2 * addressSize, bits);
        int programHeaderCount = h.half(afterOffsets + 8);
        int sectionHeaderSize = h.half(afterOffsets + 10);
        int sectionHeaderCount = h.half(afterOffsets + 12);
        int sectionNames = h.half(afterOffsets + 14);
        check(
                h.half(afterOffsets + 4) >= size,
                "e_ehsize",
                h.half(afterOffsets + 4),
                "at least " + size + " is needed");
        boolean extended = programHeaderCount == PN_XNUM
                || sectionHeaderOffset != 0 && (sectionHeaderCount == 0 || sectionNames == SHN_XINDEX);
        if (extended) {
            SectionHeader first = firstSection(bits, sectionHeaderOffset, sectionHeaderSize, programHeaderCount);
            programHeaderCount = programHeaderCount == PN_XNUM ? count("sh_info", first.info()) : programHeaderCount;
            sectionHeaderCount = sectionHeaderCount == 0 ? count("sh_size", first.size()) : sectionHeaderCount;
            sectionNames = sectionNames == SHN_XINDEX ? first.link() : sectionNames;
        }
        return new ElfHeader(
                bits,
                h.unsignedByte(7),
                h.unsignedByte(8),
                h.half(16),
                machine(h.half(18), bits),
                h.address(24, bits),
                programHeaderOffset,
                sectionHeaderOffset,
                h.word(afterOffsets),
                h.half(afterOffsets + 4),
                h.half(afterOffsets + 6),
                programHeaderCount,
                sectionHeaderSize,
                sectionHeaderOffset == 0 ? 0 : sectionHeaderCount,
                sectionNames);
    }

    private int bits(int elfClass) {
        check(elfClass == 1 || elfClass == 2, "EI_CLASS", elfClass, "neither 32-bit (1) nor 64-bit (2)");
        return elfClass == 2 ? 64 : 32;
    }

    private int machine(int machine, int bits) {
        boolean known = machine == ElfHeader.EM_X86_64 || machine == ElfHeader.EM_386 && bits == 32;
        check(
                known,
                "e_machine",
                machine,
                "not a file for x86 (EM_386, 3, in 32 bits; EM_X86_64, 62); rebuild it for x86-64");
        return machine;
    }

    /** Section header 0, which carries what does not fit the ELF header. A file that claims to need it must have it. */
    private SectionHeader firstSection(int bits, long offset, int size, int programHeaderCount) throws IOException {
        if (offset == 0) {
            throw wrong("e_phnum", programHeaderCount, "the true count is in section header 0, and there is none");
        }
        checkTable("e_shoff", offset, 1, "e_shentsize", size, bits == 64 ? 64 : 40);
        return sectionHeader(fields(offset, size), bits, "");
    }

    private int count(String field, long value) {
        check(
                value >= 0 && value <= source.size(),
                field,
                value,
                "section header 0 counts more entries than the file has bytes");
        return (int) Math.min(value, Integer.MAX_VALUE);
    }

    // -- program headers --------------------------------------------------------------------------------------------

    private List<ProgramHeader> readProgramHeaders() throws IOException {
        int count = header.programHeaders();
        if (count == 0) {
            return List.of();
        }
        int size = header.programHeaderSize();
        checkTable("e_phoff", header.programHeaderOffset(), count, "e_phentsize", size, header.bits() == 64 ? 56 : 32);
        List<ProgramHeader> result = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Fields p = fields(header.programHeaderOffset() + (long) i * size, size);
            result.add(header.bits() == 64 ? programHeader64(p) : programHeader32(p));
        }
        return List.copyOf(result);
    }

    private static ProgramHeader programHeader64(Fields p) {
        return new ProgramHeader(
                p.word(0), p.word(4), p.xword(8), p.xword(16), p.xword(24), p.xword(32), p.xword(40), p.xword(48));
    }

    private static ProgramHeader programHeader32(Fields p) {
        return new ProgramHeader(
                p.word(0),
                p.word(24),
                p.unsignedWord(4),
                p.unsignedWord(8),
                p.unsignedWord(12),
                p.unsignedWord(16),
                p.unsignedWord(20),
                p.unsignedWord(28));
    }

    // -- sections ---------------------------------------------------------------------------------------------------

    /**
     * The section headers, index 0 first.
     *
     * @throws VmmException if the table is damaged
     */
    public List<SectionHeader> sections() throws IOException {
        if (sections == null) {
            sections = readSections();
        }
        return sections;
    }

    private List<SectionHeader> readSections() throws IOException {
        int count = header.sectionHeaders();
        if (count == 0) {
            return List.of();
        }
        int size = header.sectionHeaderSize();
        checkTable("e_shoff", header.sectionHeaderOffset(), count, "e_shentsize", size, header.bits() == 64 ? 64 : 40);
        StringTable names = sectionNames(size);
        List<SectionHeader> result = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Fields s = fields(header.sectionHeaderOffset() + (long) i * size, size);
            result.add(sectionHeader(s, header.bits(), names.at(s.unsignedWord(0))));
        }
        return List.copyOf(result);
    }

    private StringTable sectionNames(int size) throws IOException {
        int index = header.sectionNames();
        if (index == 0) {
            return StringTable.EMPTY;
        }
        check(
                index > 0 && index < header.sectionHeaders(),
                "e_shstrndx",
                index,
                "the file has " + header.sectionHeaders() + " sections");
        Fields s = fields(header.sectionHeaderOffset() + (long) index * size, size);
        return stringTable(sectionHeader(s, header.bits(), ""));
    }

    private static SectionHeader sectionHeader(Fields s, int bits, String name) {
        int a = bits / 8;
        return new SectionHeader(
                name,
                s.word(4),
                s.address(8, bits),
                s.address(8 + a, bits),
                s.address(8 + 2 * a, bits),
                s.address(8 + 3 * a, bits),
                s.word(8 + 4 * a),
                s.word(12 + 4 * a),
                s.address(16 + 4 * a, bits),
                s.address(16 + 5 * a, bits));
    }

    private StringTable stringTable(SectionHeader section) throws IOException {
        return new StringTable(sectionBytes(section));
    }

    private byte[] sectionBytes(SectionHeader section) throws IOException {
        if (section.type() == SectionHeader.SHT_NOBITS) {
            return new byte[0];
        }
        checkInside("sh_offset", section.offset(), section.size());
        check(section.size() <= Integer.MAX_VALUE - 8, "sh_size", section.size(), "a section of more than 2 GiB");
        return source.read(section.offset(), (int) section.size());
    }

    // -- symbols ----------------------------------------------------------------------------------------------------

    /**
     * The symbols: of the full table, or of the dynamic one where the file is stripped, or none.
     *
     * @throws VmmException if the tables are damaged
     */
    public SymbolTable symbols() throws IOException {
        if (symbols == null) {
            symbols = readSymbols();
        }
        return symbols;
    }

    private SymbolTable readSymbols() throws IOException {
        SectionHeader dynamic = null;
        for (SectionHeader section : sections()) {
            if (section.type() == SectionHeader.SHT_SYMTAB) {
                return readSymbols(section);
            }
            dynamic = section.type() == SectionHeader.SHT_DYNSYM ? section : dynamic;
        }
        return dynamic == null ? new SymbolTable(List.of()) : readSymbols(dynamic);
    }

    private SymbolTable readSymbols(SectionHeader table) throws IOException {
        int size = header.bits() == 64 ? 24 : 16;
        check(table.entrySize() == size, "sh_entsize", table.entrySize(), "a symbol has " + size + " bytes");
        check(
                table.link() > 0 && table.link() < sections().size(),
                "sh_link",
                table.link(),
                "the section with the symbols' names does not exist");
        StringTable names = stringTable(sections().get(table.link()));
        byte[] bytes = sectionBytes(table);
        List<Symbol> result = new ArrayList<>(bytes.length / size);
        for (int at = 0; at + size <= bytes.length; at += size) {
            result.add(symbol(new Fields(bytes, at), names));
        }
        return new SymbolTable(List.copyOf(result));
    }

    private Symbol symbol(Fields s, StringTable names) {
        String name = names.at(s.unsignedWord(0));
        if (header.bits() == 64) {
            return new Symbol(name, s.xword(8), s.xword(16), s.unsignedByte(4), s.unsignedByte(5), s.half(6));
        }
        return new Symbol(
                name, s.unsignedWord(4), s.unsignedWord(8), s.unsignedByte(12), s.unsignedByte(13), s.half(14));
    }

    // -- checks -----------------------------------------------------------------------------------------------------

    private void checkTable(String offsetField, long offset, int count, String sizeField, int size, int least) {
        check(size >= least, sizeField, size, "at least " + least + " bytes are needed");
        checkInside(offsetField, offset, (long) count * size);
    }

    private void check(boolean good, String field, long value, String otherwise) {
        if (!good) {
            throw wrong(field, value, otherwise);
        }
    }

    private VmmException truncated(String what) {
        return new VmmException(name() + ": the file ends within " + what + " (" + source.size() + " bytes)");
    }

    private Fields fields(long offset, int length) throws IOException {
        return new Fields(source.read(offset, length), 0);
    }
}
