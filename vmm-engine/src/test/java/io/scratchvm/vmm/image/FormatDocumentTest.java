package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Nullable;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The specification says what the code writes: each record's CDDL has its components, in their order. */
class FormatDocumentTest {
    private static final Pattern MAP_RULE = Pattern.compile("(?m)^([a-z0-9-]+) = \\{([^}]*)}");
    private static final Pattern CHOICE_RULE = Pattern.compile("(?m)^([a-z-]+) = (\".*)$");
    private static final Pattern KEY = Pattern.compile("(\\? )?([A-Za-z0-9]+):");

    private final Map<String, String> expected = new LinkedHashMap<>();
    private final Set<String> nullable = new TreeSet<>();

    @Test
    void theCddlIsThatOfTheRecords() throws Exception {
        for (NoteType type : NoteType.values()) {
            describe(type.record());
        }
        assertThat(documented()).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void theCodecsListOfNullableComponentsIsThatOfTheAnnotations() {
        for (NoteType type : NoteType.values()) {
            describe(type.record());
        }
        assertThat(nullable).containsExactlyInAnyOrderElementsOf(RecordCodec.NULLABLE);
    }

    @Test
    void theTableOfNotesIsThatOfTheCode() throws Exception {
        for (NoteType type : NoteType.values()) {
            String row = String.format("| 0x%X | `%s` | `%s` |", type.type(), type, ruleName(type.record()));
            assertThat(document()).contains(row);
        }
    }

    private void describe(Type type) {
        if (type instanceof ParameterizedType list) {
            describe(list.getActualTypeArguments()[0]);
        } else if (type instanceof Class<?> plain
                && plain.isRecord()
                && expected.putIfAbsent(ruleName(plain), "") == null) {
            expected.put(ruleName(plain), keys(plain));
            Arrays.stream(plain.getRecordComponents()).forEach(component -> describe(component.getGenericType()));
        } else if (type instanceof Class<?> plain && plain.isEnum()) {
            List<String> names = Arrays.stream(plain.getEnumConstants())
                    .map(c -> "\"" + ((Enum<?>) c).name() + "\"")
                    .toList();
            expected.put(ruleName(plain), String.join(" / ", names));
        }
    }

    private String keys(Class<?> record) {
        return Arrays.stream(record.getRecordComponents()).map(this::key).collect(Collectors.joining(" "));
    }

    private String key(RecordComponent component) {
        if (!component.isAnnotationPresent(Nullable.class)) {
            return component.getName();
        }
        nullable.add(component.getDeclaringRecord().getSimpleName() + "." + component.getName());
        return "?" + component.getName();
    }

    private static String ruleName(Class<?> type) {
        return type.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private static Map<String, String> documented() throws Exception {
        String text = document();
        String cddl = text.substring(text.indexOf("```cddl"), text.indexOf("```", text.indexOf("```cddl") + 3))
                .replaceAll(";.*", "");
        Map<String, String> rules = new LinkedHashMap<>();
        Matcher maps = MAP_RULE.matcher(cddl);
        while (maps.find()) {
            String keys = KEY.matcher(maps.group(2))
                    .results()
                    .map(key -> (key.group(1) == null ? "" : "?") + key.group(2))
                    .collect(Collectors.joining(" "));
            rules.put(maps.group(1), keys);
        }
        Matcher choices = CHOICE_RULE.matcher(cddl);
        while (choices.find()) {
            rules.put(choices.group(1), choices.group(2).strip());
        }
        return rules;
    }

    private static String document() throws Exception {
        return Files.readString(Path.of("..", "docs", "image-format.md"));
    }
}
