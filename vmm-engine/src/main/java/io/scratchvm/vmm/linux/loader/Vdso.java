package io.scratchvm.vmm.linux.loader;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The shared object that the kernel gives every program (vdso(7)): one page, an ELF file whose functions make the system
 * calls of their names, so that time passes as it does for any other program. C libraries and Go find it by the auxiliary
 * vector and look functions up by its dynamic section; diet libc, which cannot do without, by its section headers.
 */
final class Vdso {
    /** Below the vsyscall page, under the same page table. */
    static final long ADDRESS = 0xffff_ffff_ff5f_f000L;

    private record Function(String name, int systemCall) {}

    private static final List<Function> FUNCTIONS = List.of(
            new Function("__vdso_gettimeofday", 96),
            new Function("__vdso_time", 201),
            new Function("__vdso_clock_gettime", 228),
            new Function("__vdso_clock_getres", 229),
            new Function("__vdso_getcpu", 309));

    private static final String NAME = "linux-vdso.so.1", VERSION = "LINUX_2.6";
    private static final int FILE_HEADER = 64, PROGRAM_HEADER = 56, SECTION_HEADER = 64, SYMBOL = 24, DYNAMIC = 16;
    private static final int FUNCTION = 16;
    private static final int VERSION_DEFINITION = 28, VERSION_NAME_OFFSET = 20;

    private static final int SYMBOLS = 1 + FUNCTIONS.size();
    private static final int DYNAMIC_ENTRIES = 10, SECTIONS = 4, STRING_SECTION = 2, TEXT_SECTION = 3;

    // Where its parts are, each aligned to what it consists of.
    private static final int DYNAMIC_AT = FILE_HEADER + 2 * PROGRAM_HEADER;
    private static final int SYMBOLS_AT = DYNAMIC_AT + DYNAMIC_ENTRIES * DYNAMIC;
    private static final int SECTIONS_AT = SYMBOLS_AT + SYMBOLS * SYMBOL;
    private static final int TEXT_AT = SECTIONS_AT + SECTIONS * SECTION_HEADER;
    private static final int HASH_AT = TEXT_AT + FUNCTIONS.size() * FUNCTION;
    private static final int DEFINITIONS_AT = HASH_AT + (3 + SYMBOLS) * 4;
    private static final int VERSIONS_AT = DEFINITIONS_AT + 2 * VERSION_DEFINITION;
    private static final int STRINGS_AT = VERSIONS_AT + SYMBOLS * 2;

    private final ByteBuffer page = ByteBuffer.allocate(PAGE_SIZE).order(ByteOrder.LITTLE_ENDIAN);

    /** Where the next string goes; the first one is empty. */
    private int stringsEnd = STRINGS_AT + 1;

    private Vdso() {}

    /** The page's contents. */
    static byte[] contents() {
        Vdso vdso = new Vdso();
        vdso.putSymbols();
        vdso.putHash();
        int name = vdso.string(NAME);
        vdso.putVersions(name);
        vdso.putDynamicSection(name);
        vdso.putSections();
        vdso.putHeaders();
        return vdso.page.array();
    }

    /** @return where in the string table it is */
    private int string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int at = stringsEnd;
        page.position(at);
        page.put(bytes);
        stringsEnd = at + bytes.length + 1;
        return at - STRINGS_AT;
    }

    private void putSymbols() {
        for (int i = 0; i < FUNCTIONS.size(); i++) {
            Function function = FUNCTIONS.get(i);
            int code = TEXT_AT + i * FUNCTION;
            page.position(code);
            page.put((byte) 0xb8).putInt(function.systemCall()); // mov eax, number
            page.put((byte) 0x0f).put((byte) 0x05); // syscall
            page.put((byte) 0xc3); // ret
            int name = string(function.name());
            page.position(SYMBOLS_AT + (1 + i) * SYMBOL);
            page.putInt(name).put((byte) 0x12).put((byte) 0); // STB_GLOBAL, STT_FUNC
            page.putShort((short) TEXT_SECTION).putLong(code).putLong(FUNCTION);
        }
    }

    /** DT_HASH: all symbols are in one bucket. */
    private void putHash() {
        page.position(HASH_AT);
        page.putInt(1).putInt(SYMBOLS).putInt(1).putInt(0);
        for (int symbol = 1; symbol < SYMBOLS; symbol++) {
            page.putInt((symbol + 1) % SYMBOLS);
        }
    }

    /** DT_VERDEF and DT_VERSYM: the file's own version is 1; its functions' is 2. */
    private void putVersions(int name) {
        int version = string(VERSION);
        putDefinition(DEFINITIONS_AT, 1, 1, hash(NAME), name, VERSION_DEFINITION);
        putDefinition(DEFINITIONS_AT + VERSION_DEFINITION, 0, 2, hash(VERSION), version, 0);
        page.position(VERSIONS_AT);
        page.putShort((short) 0);
        for (int symbol = 1; symbol < SYMBOLS; symbol++) {
            page.putShort((short) 2);
        }
    }

    private void putDefinition(int at, int flags, int index, int hash, int name, int next) {
        page.position(at);
        page.putShort((short) 1).putShort((short) flags).putShort((short) index).putShort((short) 1);
        page.putInt(hash).putInt(VERSION_NAME_OFFSET).putInt(next).putInt(name).putInt(0);
    }

    /** The System V ABI's hash of a name (generic ABI, chapter 5). */
    private static int hash(String name) {
        int hash = 0;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash << 4) + name.charAt(i);
            int high = hash & 0xf000_0000;
            hash = (hash ^ high >>> 24) & ~high;
        }
        return hash;
    }

    private void putDynamicSection(int name) {
        long[] entries = {
            14, name, // DT_SONAME
            4, HASH_AT, // DT_HASH
            5, STRINGS_AT, // DT_STRTAB
            6, SYMBOLS_AT, // DT_SYMTAB
            10, stringsEnd - STRINGS_AT, // DT_STRSZ
            11, SYMBOL, // DT_SYMENT
            0x6fff_fffc, DEFINITIONS_AT, // DT_VERDEF
            0x6fff_fffd, 2, // DT_VERDEFNUM
            0x6fff_fff0, VERSIONS_AT, // DT_VERSYM
            0, 0, // DT_NULL
        };
        page.position(DYNAMIC_AT);
        for (long entry : entries) {
            page.putLong(entry);
        }
    }

    private void putSections() {
        putSection(1, 11, 2, SYMBOLS_AT, SYMBOLS * SYMBOL, STRING_SECTION, SYMBOL); // SHT_DYNSYM, SHF_ALLOC
        putSection(STRING_SECTION, 3, 2, STRINGS_AT, stringsEnd - STRINGS_AT, 0, 0); // SHT_STRTAB, SHF_ALLOC
        putSection(TEXT_SECTION, 1, 6, TEXT_AT, FUNCTIONS.size() * FUNCTION, 0, 0); // SHT_PROGBITS, + SHF_EXECINSTR
    }

    private void putSection(int index, int type, int flags, int at, int size, int link, int entrySize) {
        page.position(SECTIONS_AT + index * SECTION_HEADER);
        page.putInt(0).putInt(type).putLong(flags).putLong(at).putLong(at).putLong(size);
        page.putInt(link).putInt(index == 1 ? 1 : 0).putLong(8).putLong(entrySize);
    }

    private void putHeaders() {
        page.position(0);
        page.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        page.putShort((short) 3).putShort((short) 62).putInt(1); // ET_DYN, EM_X86_64
        page.putLong(0).putLong(FILE_HEADER).putLong(SECTIONS_AT).putInt(0);
        page.putShort((short) FILE_HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 2);
        page.putShort((short) SECTION_HEADER).putShort((short) SECTIONS).putShort((short) STRING_SECTION);
        putProgramHeader(1, 5, 0, PAGE_SIZE, PAGE_SIZE); // PT_LOAD, PF_R | PF_X
        putProgramHeader(2, 4, DYNAMIC_AT, DYNAMIC_ENTRIES * DYNAMIC, 8); // PT_DYNAMIC, PF_R
    }

    private void putProgramHeader(int type, int flags, int at, int size, int alignment) {
        page.putInt(type).putInt(flags).putLong(at).putLong(at).putLong(at);
        page.putLong(size).putLong(size).putLong(alignment);
    }
}
