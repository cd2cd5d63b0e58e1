package io.scratchvm.vmm.image;

import io.scratchvm.vmm.elf.ElfHeader;
import io.scratchvm.vmm.elf.ProgramHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The ELF header and program headers of an image (System V gABI, chapters 4 and 5). The number of segments determines
 * every byte of the ELF header, so a reader compares instead of interpreting. Where there are more than 65,534
 * segments, the number is in {@code sh_info} of one section header that follows the program headers ({@code PN_XNUM}).
 */
final class CoreHeader {
    static final int SIZE = 64;
    static final int SEGMENT_SIZE = 56;
    private static final int SECTION_SIZE = 64;
    private static final int PN_XNUM = 0xffff;
    private static final byte[] IDENT = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    /** The ELF header's fields, for messages. */
    private enum Field {
        EI_MAG(0, 4),
        EI_CLASS(4, 1),
        EI_DATA(5, 1),
        EI_VERSION(6, 1),
        EI_OSABI(7, 1),
        EI_ABIVERSION(8, 1),
        EI_PAD(9, 7),
        E_TYPE(16, 2),
        E_MACHINE(18, 2),
        E_VERSION(20, 4),
        E_ENTRY(24, 8),
        E_PHOFF(32, 8),
        E_SHOFF(40, 8),
        E_FLAGS(48, 4),
        E_EHSIZE(52, 2),
        E_PHENTSIZE(54, 2),
        E_PHNUM(56, 2),
        E_SHENTSIZE(58, 2),
        E_SHNUM(60, 2),
        E_SHSTRNDX(62, 2);

        final int offset;
        final int size;

        Field(int offset, int size) {
            this.offset = offset;
            this.size = size;
        }

        long in(byte[] header) {
            long value = 0;
            for (int i = Math.min(size, 8) - 1; i >= 0; i--) {
                value = value << 8 | header[offset + i] & 0xff;
            }
            return value;
        }
    }

    private CoreHeader() {}

    /** Where the notes begin in an image of {@code segments} segments. */
    static long notesOffset(int segments) {
        return SIZE + (long) SEGMENT_SIZE * segments + (segments < PN_XNUM ? 0 : SECTION_SIZE);
    }

    /** The ELF header, program headers and, where needed, the section header. */
    static byte[] write(List<ProgramHeader> segments) {
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(notesOffset(segments.size())));
        out.order(ByteOrder.LITTLE_ENDIAN).put(header(segments.size()));
        for (ProgramHeader segment : segments) {
            out.putInt(segment.type()).putInt(segment.flags());
            out.putLong(segment.offset()).putLong(segment.virtualAddress()).putLong(segment.physicalAddress());
            out.putLong(segment.fileSize()).putLong(segment.memorySize()).putLong(segment.alignment());
        }
        if (segments.size() >= PN_XNUM) {
            out.put(countSection(segments.size()));
        }
        return out.array();
    }

    private static byte[] header(int segments) {
        boolean many = segments >= PN_XNUM;
        ByteBuffer out =
                ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN).put(IDENT);
        out.putShort((short) ElfHeader.ET_CORE)
                .putShort((short) ElfHeader.EM_X86_64)
                .putInt(1);
        out.putLong(0).putLong(SIZE).putLong(many ? SIZE + (long) SEGMENT_SIZE * segments : 0);
        out.putInt(0).putShort((short) SIZE).putShort((short) SEGMENT_SIZE);
        out.putShort((short) Math.min(segments, PN_XNUM));
        out.putShort((short) (many ? SECTION_SIZE : 0))
                .putShort((short) (many ? 1 : 0))
                .putShort((short) 0);
        return out.array();
    }

    private static byte[] countSection(int segments) {
        ByteBuffer out = ByteBuffer.allocate(SECTION_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(32, 1).putInt(44, segments);
        return out.array();
    }

    /** Whether {@code header} begins as an ELF file does. */
    static boolean isElf(byte[] header) {
        return Field.EI_MAG.in(header) == Field.EI_MAG.in(IDENT);
    }

    /**
     * The number of segments that {@code header}, 64 bytes, stands for; nonsense gives one that {@link #differing}
     * tells.
     */
    static int segments(byte[] header) {
        int count = (int) Field.E_PHNUM.in(header);
        if (count != PN_XNUM) {
            return count;
        }
        long tables = Field.E_SHOFF.in(header) - SIZE;
        return tables < 0 || tables / SEGMENT_SIZE > Integer.MAX_VALUE ? PN_XNUM : (int) (tables / SEGMENT_SIZE);
    }

    /**
     * The field of {@code header} that is not as an image of {@code segments} segments has it, described; null if none.
     */
    static String differing(byte[] header, int segments) {
        byte[] expected = header(segments);
        for (Field field : Field.values()) {
            if (field.in(header) != field.in(expected)) {
                return "ELF header field " + field.name().toLowerCase(Locale.ROOT) + " at byte "
                        + field.offset + " is 0x" + Long.toHexString(field.in(header)) + ", not 0x"
                        + Long.toHexString(field.in(expected));
            }
        }
        return null;
    }

    /** Whether the section header that follows the program headers, if there is to be one, is as it must be. */
    static boolean countSectionMatches(byte[] head, int segments) {
        int end = (int) notesOffset(segments);
        return segments < PN_XNUM
                || Arrays.equals(head, end - SECTION_SIZE, end, countSection(segments), 0, SECTION_SIZE);
    }

    /** What {@code a.equals(b)} says, without the tens of milliseconds that a record's first {@code equals} takes. */
    static boolean same(ProgramHeader a, ProgramHeader b) {
        return a.type() == b.type()
                && a.flags() == b.flags()
                && a.offset() == b.offset()
                && a.virtualAddress() == b.virtualAddress()
                && a.physicalAddress() == b.physicalAddress()
                && a.fileSize() == b.fileSize()
                && a.memorySize() == b.memorySize()
                && a.alignment() == b.alignment();
    }

    /** Program header {@code index} of the image that begins with {@code head}. */
    static ProgramHeader segment(byte[] head, int index) {
        ByteBuffer in =
                ByteBuffer.wrap(head, SIZE + SEGMENT_SIZE * index, SEGMENT_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        return new ProgramHeader(
                in.getInt(),
                in.getInt(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong());
    }
}
