package io.scratchvm.vmm.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.scratchvm.vmm.HostTools;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what binutils reads: every header and every symbol of real files, compared with {@code readelf}. */
class ElfFileReadelfTest {
    private static final Pattern SEGMENT =
            Pattern.compile("^  (\\S+) +0x(\\w+) 0x(\\w+) 0x(\\w+) 0x(\\w+) 0x(\\w+) (.{3}) 0x(\\w+)$");
    private static final Pattern SECTION = Pattern.compile(
            "^  \\[ *(\\d+)] (.*?) +([A-Z_0-9]+|<\\S+>|[0-9a-f]+: <unknown>) +(\\w{8,16}) (\\w{6,}) (\\w{6,}) (\\w{2}) .* +(\\d+) +(\\d+) +(\\d+)$");
    private static final Pattern SYMBOL =
            Pattern.compile("^ *(\\d+): (\\w+) +(\\w+) (\\w+) +(\\S+) +(\\S+) +(?:\\[[^]]*] +)?(\\w+)(?: (.*))?$");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"/bin/busybox", "/bin/true", "/lib/x86_64-linux-gnu/libc.so.6"})
    void readsFilesOfTheHostAsReadelfDoes(String file) throws Exception {
        assumeTrue(Files.exists(Path.of(file)), file + " does not exist here");
        compare(Path.of(file));
    }

    @Test
    void readsA32BitProgramAsReadelfDoes() throws Exception {
        HostTools.require("nasm", "ld");
        Files.writeString(
                directory.resolve("a.asm"),
                """
                global _start, data
                section .text
                _start: mov eax, [data]
                .local: hlt
                section .data
                data: dd 1, 2, 3
                section .bss
                zeros: resb 5000
                """);
        HostTools.run(directory, "nasm", "-f", "elf32", "a.asm", "-o", "a.o");
        HostTools.run(directory, "ld", "-m", "elf_i386", "-Ttext=0x8000", "a.o", "-o", "a");
        compare(directory.resolve("a"));
        compare(directory.resolve("a.o"));
    }

    /** More sections than 16 bits count: the numbers move to section header 0. */
    @Test
    void readsExtendedCountsAsReadelfDoes() throws Exception {
        HostTools.require("gcc");
        StringBuilder source = new StringBuilder();
        for (int i = 0; i < 65_500; i++) {
            source.append(".section s").append(i).append("\n.byte 0\n");
        }
        Files.writeString(directory.resolve("many.s"), source);
        HostTools.run(directory, "gcc", "-c", "many.s");
        ElfFile file = compare(directory.resolve("many.o"));
        assertThat(file.header().sectionHeaders()).isGreaterThan(0xff00);
    }

    /** PN_XNUM: section header 0 has the number of program headers. */
    @Test
    void readsAnExtendedNumberOfProgramHeadersAsReadelfDoes() throws Exception {
        int count = 70_000;
        ByteBuffer file = ByteBuffer.allocate(64 + 64 + count * 56).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        file.putShort((short) 4)
                .putShort((short) 62)
                .putInt(1)
                .putLong(0)
                .putLong(128)
                .putLong(64)
                .putInt(0);
        file.putShort((short) 64)
                .putShort((short) 56)
                .putShort((short) 0xffff)
                .putShort((short) 64)
                .putShort((short) 1)
                .putShort((short) 0);
        file.putInt(64 + 44, count);
        for (int i = 0; i < count; i++) {
            file.position(128 + 56 * i);
            file.putInt(1)
                    .putInt(i % 8)
                    .putLong(64)
                    .putLong(4096L * i)
                    .putLong(i)
                    .putLong(8)
                    .putLong(4096)
                    .putLong(1);
        }
        Files.write(directory.resolve("core"), file.array());
        ElfFile core = ElfFile.of(directory.resolve("core"));
        assertThat(core.programHeaders()).hasSize(count);
        compareSegments(core, HostTools.run(directory, "readelf", "-W", "-l", "core"));
    }

    private ElfFile compare(Path path) throws Exception {
        HostTools.require("readelf");
        ElfFile file = ElfFile.of(path);
        compareHeader(file, HostTools.run(directory, "readelf", "-W", "-h", path.toString()));
        compareSegments(file, HostTools.run(directory, "readelf", "-W", "-l", path.toString()));
        compareSections(file, HostTools.run(directory, "readelf", "-W", "-S", path.toString()));
        compareSymbols(file, HostTools.run(directory, "readelf", "-W", "-s", path.toString()));
        return file;
    }

    private static void compareHeader(ElfFile file, String output) {
        ElfHeader header = file.header();
        assertThat(field(output, "Class")).isEqualTo("ELF" + header.bits());
        assertThat(Long.decode(field(output, "Entry point address"))).isEqualTo(header.entry());
        assertThat(number(output, "Start of program headers")).isEqualTo(header.programHeaderOffset());
        assertThat(number(output, "Start of section headers")).isEqualTo(header.sectionHeaderOffset());
        assertThat(number(output, "Size of this header")).isEqualTo(header.headerSize());
        assertThat(number(output, "Size of program headers")).isEqualTo(header.programHeaderSize());
        assertThat(number(output, "Number of program headers")).isEqualTo(header.programHeaders());
        assertThat(extended(output, "Number of section headers")).isEqualTo(header.sectionHeaders());
        assertThat(extended(output, "Section header string table index")).isEqualTo(header.sectionNames());
        String type = new String[] {"NONE", "REL", "EXEC", "DYN", "CORE"}[header.type()];
        assertThat(field(output, "Type")).startsWith(type);
    }

    private static String field(String output, String name) {
        Matcher matcher = Pattern.compile("^  " + Pattern.quote(name) + ": +(.*)$", Pattern.MULTILINE)
                .matcher(output);
        assertThat(matcher.find()).as(name).isTrue();
        return matcher.group(1);
    }

    private static long number(String output, String name) {
        return Long.parseLong(field(output, name).split(" ")[0]);
    }

    /** As "0 (65505)" where section header 0 has it. */
    private static long extended(String output, String name) {
        Matcher matcher = Pattern.compile("\\((\\d+)\\)").matcher(field(output, name));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : number(output, name);
    }

    private static void compareSegments(ElfFile file, String output) {
        List<String> expected = new ArrayList<>();
        for (String line : output.split("\n")) {
            Matcher m = SEGMENT.matcher(line);
            if (m.matches()) {
                expected.add(
                        String.join(" ", hex(m, 2), hex(m, 3), hex(m, 4), hex(m, 5), hex(m, 6), m.group(7), hex(m, 8)));
            }
        }
        List<String> actual = new ArrayList<>();
        for (ProgramHeader p : file.programHeaders()) {
            String flags = ((p.flags() & 4) != 0 ? "R" : " ")
                    + ((p.flags() & 2) != 0 ? "W" : " ")
                    + ((p.flags() & 1) != 0 ? "E" : " ");
            actual.add(String.join(
                    " ",
                    hex(p.offset()),
                    hex(p.virtualAddress()),
                    hex(p.physicalAddress()),
                    hex(p.fileSize()),
                    hex(p.memorySize()),
                    flags,
                    hex(p.alignment())));
        }
        assertThat(actual).isEqualTo(expected);
    }

    private static void compareSections(ElfFile file, String output) throws Exception {
        List<String> expected = new ArrayList<>();
        for (String line : output.split("\n")) {
            Matcher m = SECTION.matcher(line);
            if (m.matches()) {
                expected.add(String.join(
                        " ",
                        m.group(2),
                        hex(m, 4),
                        hex(m, 5),
                        hex(m, 6),
                        hex(m, 7),
                        m.group(8),
                        m.group(9),
                        m.group(10)));
            }
        }
        List<String> actual = new ArrayList<>();
        for (SectionHeader s : file.sections()) {
            actual.add(String.join(
                    " ",
                    s.name(),
                    hex(s.address()),
                    hex(s.offset()),
                    hex(s.size()),
                    hex(s.entrySize()),
                    "" + s.link(),
                    "" + s.info(),
                    "" + s.alignment()));
        }
        // Section 0 has no name, which the pattern needs.
        assertThat(expected).hasSizeGreaterThanOrEqualTo(actual.size() - 1);
        assertThat(actual.subList(1, actual.size()))
                .isEqualTo(expected.subList(expected.size() - actual.size() + 1, expected.size()));
    }

    private static void compareSymbols(ElfFile file, String output) throws Exception {
        boolean full = output.contains("Symbol table '.symtab'");
        String table = output.substring(
                Math.max(0, output.indexOf(full ? "Symbol table '.symtab'" : "Symbol table '.dynsym'")));
        List<String> expected = new ArrayList<>();
        for (String line : table.split("\n")) {
            Matcher m = SYMBOL.matcher(line);
            if (m.matches()) {
                String name = m.group(8) == null || m.group(4).equals("SECTION")
                        ? ""
                        : m.group(8).replaceAll("@.*", "");
                expected.add(hex(m, 2) + " " + Long.decode(m.group(3)) + " " + name);
            }
        }
        List<String> actual = new ArrayList<>();
        for (Symbol s : file.symbols().all()) {
            String name = s.type() == Symbol.STT_SECTION ? "" : s.name().replaceAll("@.*", "");
            actual.add(hex(s.value()) + " " + s.size() + " " + name);
        }
        assertThat(actual).isEqualTo(expected);
    }

    private static String hex(Matcher matcher, int group) {
        return hex(Long.parseUnsignedLong(matcher.group(group), 16));
    }

    private static String hex(long value) {
        return Long.toHexString(value);
    }
}
