package io.scratchvm.vmm.linux.abi;

import java.nio.charset.StandardCharsets;

/** Text that a guest chose, as a terminal may be shown it. */
public final class ShownText {
    private ShownText() {}

    /** As {@link #of(String)}, of UTF-8 or, where it is none, of bytes that are a character each. */
    public static String of(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean isUtf8 = text.indexOf('\ufffd') < 0;
        return of(isUtf8 ? text : new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** What a terminal would act upon, and bytes that are no text, become {@code \}{@code xNN}; {@code \} is doubled. */
    public static String of(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            if (c == '\\') {
                escaped.append("\\\\");
            } else if (isText(c)) {
                escaped.appendCodePoint(c);
            } else {
                escaped.append(String.format(c < 0x100 ? "\\x%02x" : "\\u{%x}", c));
            }
        }
        return escaped.toString();
    }

    private static boolean isText(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
