package io.scratchvm.vmm.image;

import io.scratchvm.vmm.cpu.state.VcpuState;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an image holds, told to a person or a program. Everything from the image is escaped: it is not trusted. */
public final class ImageDescription {
    private static final int COLUMN = 17;

    private final Image image;
    private final StringBuilder out = new StringBuilder();

    private ImageDescription(Image image) {
        this.image = image;
    }

    /** Several lines for a person. */
    public static String text(Image image) {
        return new ImageDescription(image).text();
    }

    /** One JSON object, on one line; {@code docs/image-format.md} lists its members. */
    public static String json(Image image) {
        return Json.of(new ImageDescription(image).members());
    }

    // -- for a person ---------------------------------------------------------------------------------------------

    private String text() {
        manifest();
        registers(image.state().vcpu());
        parts();
        memory();
        notes();
        return out.toString();
    }

    private void manifest() {
        Manifest manifest = image.manifest();
        line("image", image.file() + ", " + image.seal().length() + " bytes");
        if (image.moveMark() != null) {
            line("moved", "or moving to another VMM, token " + image.moveMark().token());
        }
        line("format", manifest.major() + "." + manifest.minor() + ", written by " + Json.of(manifest.writer()));
        line("uuid", manifest.uuidText());
        String parent = manifest.parent() == null ? "" : ", parent " + manifest.parentText();
        line("generation", Long.toUnsignedString(manifest.generation()) + parent);
        line("seal", sealKind() + " " + hex(image.seal().checksum()));
        line("instructions", Long.toUnsignedString(manifest.instructions()));
        line("cpu features", Json.of(manifest.cpuFeatures()));
        Json.components(manifest.setup()).forEach((name, value) -> line(name, Json.of(value)));
    }

    private String sealKind() {
        return image.seal().keyed() ? "HMAC-SHA-256" : "SHA-256";
    }

    private void registers(VcpuState cpu) {
        for (int i = 0; i < NamedRegisters.GENERAL.size(); i += 4) {
            StringBuilder row = new StringBuilder();
            for (int j = i; j < i + 4; j++) {
                row.append(String.format(
                        "%-4s%016x  ", NamedRegisters.GENERAL.get(j), cpu.gpr().get(j)));
            }
            line(i == 0 ? "vcpu" : "", row.toString().stripTrailing());
        }
        Json.components(cpu).forEach((name, value) -> {
            if (!name.equals("gpr")) {
                line("", name + " " + Json.of(Json.hexadecimal(value)));
            }
        });
    }

    private void parts() {
        for (NoteType type : NoteType.values()) {
            Record part = type == NoteType.VCPU ? null : image.state().part(type);
            if (part != null) {
                part(type.title(), part);
            }
        }
    }

    private void part(String title, Record part) {
        String label = title;
        for (Map.Entry<String, Object> component : Json.components(part).entrySet()) {
            line(label, component.getKey() + " " + Json.of(component.getValue()));
            label = "";
        }
    }

    private void memory() {
        MemoryMap map = image.memory();
        line(
                "memory",
                image.manifest().memorySize() + " bytes, " + map.stored() + " of them stored in "
                        + map.runs().size() + " runs");
        long offset = image.memoryStart();
        for (MemoryMap.Run run : map.runs()) {
            line(
                    "",
                    String.format(
                            "0x%x-0x%x at byte 0x%x sha256 %s",
                            run.address(), run.end() - 1, offset, hex(run.sha256())));
            offset += run.length();
        }
    }

    private void notes() {
        String label = "notes";
        for (Image.NoteInfo note : image.notes()) {
            line(label, String.format("%s, %d bytes at byte 0x%x", note.name(), note.size(), note.offset()));
            label = "";
        }
    }

    private void line(String label, String value) {
        out.append(String.format("%-" + COLUMN + "s%s%n", label, value));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    // -- for a program --------------------------------------------------------------------------------------------

    private Map<String, Object> members() {
        Manifest manifest = image.manifest();
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("file", image.file().toString());
        members.put("length", image.seal().length());
        members.put(
                "moveToken", image.moveMark() == null ? null : image.moveMark().token());
        members.put("format", manifest.major() + "." + manifest.minor());
        members.put("writer", manifest.writer());
        members.put("uuid", manifest.uuidText());
        members.put("parent", manifest.parentText());
        members.put("generation", manifest.generation());
        members.put("seal", sealKind());
        members.put("checksum", image.seal().checksum());
        members.put("instructions", manifest.instructions());
        members.put("cpuFeatures", manifest.cpuFeatures());
        members.put("setup", manifest.setup());
        members.put("memory", memoryMembers());
        for (NoteType type : NoteType.values()) {
            if (type.isPart()) {
                Record part = image.state().part(type);
                members.put(type.title(), type == NoteType.VCPU ? Json.hexadecimal(part) : part);
            }
        }
        members.put("notes", noteMembers());
        return members;
    }

    private List<Object> noteMembers() {
        List<Object> notes = new ArrayList<>();
        for (Image.NoteInfo note : image.notes()) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("name", note.name());
            members.put("offset", note.offset());
            members.put("size", note.size());
            notes.add(members);
        }
        return notes;
    }

    private Map<String, Object> memoryMembers() {
        List<Object> runs = new ArrayList<>();
        long offset = image.memoryStart();
        for (MemoryMap.Run run : image.memory().runs()) {
            Map<String, Object> members = Json.components(run);
            members.put("offset", offset);
            runs.add(members);
            offset += run.length();
        }
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("size", image.manifest().memorySize());
        members.put("stored", image.memory().stored());
        members.put("runs", runs);
        return members;
    }
}
