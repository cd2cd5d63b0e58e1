package io.scratchvm.maven.toolchain;

import io.scratchvm.vmm.api.VmmException;
import java.util.ArrayList;
import java.util.List;

/** Splits flags that a user wrote in one line: at white space, quotes keep together what they enclose. */
final class Words {
    private Words() {}

    /**
     * The words of {@code text}; null has none.
     *
     * @throws VmmException if a quote is not closed
     */
    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (char c : (text == null ? "" : text).toCharArray()) {
            if (quote == 0 && Character.isWhitespace(c)) {
                word = finish(word, words);
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                word = begun(word);
            } else if (c == quote) {
                quote = 0;
            } else {
                word = begun(word).append(c);
            }
        }
        if (quote != 0) {
            throw new VmmException("a quote is not closed in: " + text);
        }
        finish(word, words);
        return words;
    }

    private static StringBuilder begun(StringBuilder word) {
        return word == null ? new StringBuilder() : word;
    }

    private static StringBuilder finish(StringBuilder word, List<String> words) {
        if (word != null) {
            words.add(word.toString());
        }
        return null;
    }
}
