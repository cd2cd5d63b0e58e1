package io.scratchvm.vmm.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the VMs in two images differ in, told to a person or a program. It is the VMs that are compared, not the files:
 * who wrote an image, how it is sealed and where in it things lie make no difference. Everything from the images is
 * escaped: they are not trusted.
 */
public final class ImageComparison {
    private static final int COLUMN = 17;

    /** A person sees no more of a value than this many characters. */
    private static final int MOST_SHOWN = 160;

    /** What a manifest says of the file. */
    private static final List<String> ABOUT_THE_FILE = List.of("major", "minor", "writer", "uuid");

    private final Image before;
    private final Image after;
    private final Map<NoteType, RecordComparison> parts = new LinkedHashMap<>();
    private final MemoryComparison memory;

    private ImageComparison(Image before, Image after) throws IOException {
        this.before = before;
        this.after = after;
        compareParts();
        this.memory = MemoryComparison.of(before, after);
    }

    /**
     * Compares two images. Of their memory only megabytes are read whose digests differ.
     *
     * @throws io.scratchvm.vmm.api.VmmException if memory that has to be read does not match its digest
     */
    public static ImageComparison of(Image before, Image after) throws IOException {
        return new ImageComparison(before, after);
    }

    private void compareParts() {
        for (NoteType type : NoteType.values()) {
            RecordComparison comparison = RecordComparison.of(members(before, type), members(after, type));
            if (!comparison.isEmpty()) {
                parts.put(type, comparison);
            }
        }
    }

    /** What there is to compare of a part. */
    private static Object members(Image image, NoteType type) {
        return switch (type) {
            case MANIFEST -> members(image.manifest());
            case VCPU -> NamedRegisters.of(image.state().vcpu());
            default -> image.state().part(type);
        };
    }

    private static Map<String, Object> members(Manifest manifest) {
        Map<String, Object> members = Json.components(manifest);
        members.keySet().removeAll(ABOUT_THE_FILE);
        members.put("parent", manifest.parentText());
        return members;
    }

    /** Whether the images hold the same VM. */
    public boolean isEmpty() {
        return parts.isEmpty() && memory.isEmpty();
    }

    /** Registers and addresses are read best in hexadecimal. */
    private static Object shown(NoteType part, Object value) {
        boolean hexadecimal = part == NoteType.VCPU || part == NoteType.ADDRESS_SPACE;
        return hexadecimal ? Json.hexadecimal(value) : value;
    }

    // -- for a person ---------------------------------------------------------------------------------------------

    /** Several lines for a person: each difference as {@code name old -> new}. */
    public String text() {
        StringBuilder out = new StringBuilder();
        line(out, "a", describe(before));
        line(out, "b", describe(after));
        if (isEmpty()) {
            line(out, "", "the same VM");
        }
        parts.forEach((type, comparison) -> appendPart(out, type, comparison));
        if (!memory.isEmpty()) {
            appendMemory(out);
        }
        return out.toString();
    }

    private static String describe(Image image) {
        return image.file() + ", uuid " + image.manifest().uuidText();
    }

    private static void appendPart(StringBuilder out, NoteType type, RecordComparison comparison) {
        String label = type.title();
        for (RecordComparison.Difference difference : comparison.differences()) {
            String change = value(type, difference.before()) + " -> " + value(type, difference.after());
            line(out, label, difference.name().isEmpty() ? change : difference.name() + ' ' + change);
            label = "";
        }
        appendOmitted(out, comparison.omitted());
    }

    private static String value(NoteType type, Object value) {
        if (value == null) {
            return "none";
        }
        Object shown = shown(type, value);
        String text = value instanceof Long ? unquoted(shown) : Json.of(shown);
        return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
    }

    /** A number, which may have become a text of digits. */
    private static String unquoted(Object number) {
        return number instanceof Long ? Json.of(number) : number.toString();
    }

    private void appendMemory(StringBuilder out) {
        line(out, "memory", memory.bytes() + " bytes in " + memory.pages() + " pages differ");
        for (MemoryComparison.Range range : memory.ranges()) {
            line(
                    out,
                    "",
                    String.format("0x%x-0x%x, %d bytes differ", range.address(), range.end() - 1, range.differing()));
        }
        appendOmitted(out, memory.omitted());
    }

    private static void appendOmitted(StringBuilder out, int omitted) {
        if (omitted > 0) {
            line(out, "", "... and " + omitted + " more");
        }
    }

    private static void line(StringBuilder out, String label, String value) {
        out.append(String.format("%-" + COLUMN + "s%s%n", label, value));
    }

    // -- for a program --------------------------------------------------------------------------------------------

    /** One JSON object, on one line; {@code docs/image-format.md} lists its members. */
    public String json() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("a", members(before));
        members.put("b", members(after));
        members.put("equal", isEmpty());
        List<Object> differences = new ArrayList<>();
        Map<String, Object> omitted = new LinkedHashMap<>();
        parts.forEach((type, comparison) -> {
            comparison.differences().forEach(difference -> differences.add(members(type, difference)));
            if (comparison.omitted() > 0) {
                omitted.put(type.title(), comparison.omitted());
            }
        });
        members.put("differences", differences);
        members.put("omitted", omitted);
        members.put("memory", memoryMembers());
        return Json.of(members);
    }

    private static Map<String, Object> members(Image image) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("file", image.file().toString());
        members.put("uuid", image.manifest().uuidText());
        return members;
    }

    private static Map<String, Object> members(NoteType type, RecordComparison.Difference difference) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("part", type.title());
        members.put("name", difference.name());
        members.put("a", shown(type, difference.before()));
        members.put("b", shown(type, difference.after()));
        return members;
    }

    private Map<String, Object> memoryMembers() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("bytes", memory.bytes());
        members.put("pages", memory.pages());
        members.put("ranges", memory.ranges());
        members.put("omitted", memory.omitted());
        return members;
    }
}
