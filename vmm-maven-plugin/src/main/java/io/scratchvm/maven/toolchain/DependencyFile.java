package io.scratchvm.maven.toolchain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a compiler has read, as it writes it for make ({@code -MD}): one rule, {@code target: file file ...}. */
final class DependencyFile {
    private DependencyFile() {}

    /** The files of the rule, found from the directory that the compiler ran in. */
    static List<Path> read(Path file, Path directory) throws IOException {
        return parse(Files.readString(file)).stream().map(directory::resolve).toList();
    }

    /** The files of the rule, whose target has no colon. A space in a name is written {@code "\ "}, a number sign {@code \#}, a dollar {@code $$}. */
    static List<String> parse(String rule) {
        List<String> files = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        for (int i = rule.indexOf(':') + 1; i < rule.length(); i++) {
            char c = rule.charAt(i);
            char next = i + 1 < rule.length() ? rule.charAt(i + 1) : '\n';
            if (c == '\\' && (next == '\n' || next == '\r')) {
                continue;
            }
            if (c == '\\' && (next == ' ' || next == '#') || c == '$' && next == '$') {
                name.append(next);
                i++;
            } else if (Character.isWhitespace(c)) {
                flush(name, files);
            } else {
                name.append(c);
            }
        }
        flush(name, files);
        return files;
    }

    private static void flush(StringBuilder name, List<String> files) {
        if (name.length() > 0) {
            files.add(name.toString());
            name.setLength(0);
        }
    }
}
