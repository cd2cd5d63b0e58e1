package io.scratchvm.vmm.image;

import java.lang.reflect.RecordComponent;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes JSON (RFC 8259): maps and records as objects, lists as arrays, {@code long}s as unsigned numbers, bytes in
 * hexadecimal, or by size and digest where they are many.
 */
final class Json {
    private static final int MOST_BYTES_SHOWN = 64;

    private final StringBuilder out = new StringBuilder();

    private Json() {}

    static String of(Object value) {
        Json json = new Json();
        json.append(value);
        return json.out.toString();
    }

    /** The components of {@code record}, by name, in their order. */
    static Map<String, Object> components(Record record) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                values.put(component.getName(), component.getAccessor().invoke(record));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(component + " cannot be read", e);
            }
        }
        return values;
    }

    /** {@code value} with every 64-bit number in it as a hexadecimal text, as registers are read best. */
    static Object hexadecimal(Object value) {
        if (value instanceof Long number) {
            return "0x" + Long.toHexString(number);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Json::hexadecimal).toList();
        }
        if (value instanceof Record record) {
            Map<String, Object> values = components(record);
            values.replaceAll((name, component) -> hexadecimal(component));
            return values;
        }
        return value;
    }

    private void append(Object value) {
        if (value instanceof Map<?, ?> map) {
            appendObject(map);
        } else if (value instanceof Record record) {
            appendObject(components(record));
        } else if (value instanceof List<?> list) {
            appendArray(list);
        } else if (value instanceof byte[] bytes) {
            appendBytes(bytes);
        } else if (value instanceof Long number) {
            out.append(Long.toUnsignedString(number));
        } else if (value instanceof Integer || value instanceof Boolean || value == null) {
            out.append(value);
        } else {
            appendText(value.toString());
        }
    }

    private void appendObject(Map<?, ?> map) {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            appendText((String) entry.getKey());
            out.append(':');
            append(entry.getValue());
            separator = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    private void appendArray(List<?> list) {
        String separator = "[";
        for (Object value : list) {
            out.append(separator);
            append(value);
            separator = ",";
        }
        out.append(list.isEmpty() ? "[]" : "]");
    }

    private void appendBytes(byte[] bytes) {
        if (bytes.length <= MOST_BYTES_SHOWN) {
            appendText(HexFormat.of().formatHex(bytes));
            return;
        }
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("size", bytes.length);
        summary.put("sha256", Seal.sha256().digest(bytes));
        appendObject(summary);
    }

    private void appendText(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            appendCharacter(text.charAt(i));
        }
        out.append('"');
    }

    private void appendCharacter(char c) {
        if (c == '"' || c == '\\') {
            out.append('\\').append(c);
        } else if (c < 0x20 || c >= 0x7f && c < 0xa0 || Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
        } else {
            out.append(c);
        }
    }
}
