package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.SystemCallCensus.Answer;
import io.scratchvm.vmm.cpu.interpreter.InstructionCensus;
import io.scratchvm.vmm.cpu.interpreter.InstructionCensus.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/compatibility.md} says what the code does: its lists are made by asking the code. With
 * {@code -Dvmm.document=write} they are written anew instead of compared.
 */
class CompatibilityDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "compatibility.md");
    private static final String HOW =
            "docs/compatibility.md is out of date. Write its lists anew, and read what changed:"
                    + " mvn -pl vmm-engine test -Dtest=CompatibilityDocumentTest -Dvmm.document=write";
    private static final int WIDTH = 120;

    @TempDir
    Path directory;

    @Test
    void theListsAreThoseOfTheCode() throws Exception {
        String document = Files.readString(DOCUMENT);
        String current = replace(document, "features", FeatureLists.features());
        current = replace(current, "levels", FeatureLists.levels());
        current = replace(current, "instructions", instructions());
        current = replace(current, "system calls", systemCalls());
        if ("write".equals(System.getProperty("vmm.document"))) {
            Files.writeString(DOCUMENT, current);
        } else {
            assertThat(document).as(HOW).isEqualTo(current);
        }
    }

    /** Puts {@code content} between the document's marks of that name. */
    private static String replace(String document, String name, String content) {
        Pattern section = Pattern.compile("(<!-- " + name + " -->\n).*?(<!-- end -->)", Pattern.DOTALL);
        Matcher matcher = section.matcher(document);
        assertThat(matcher.find()).as("marks of " + name).isTrue();
        return matcher.replaceFirst("$1" + Matcher.quoteReplacement("\n" + content + "\n") + "$2");
    }

    private static String instructions() {
        InstructionCensus census = new InstructionCensus();
        assertThat(census.unreached()).isEmpty();
        StringBuilder text = new StringBuilder();
        for (Group group : Group.values()) {
            assertThat(census.undefined(group)).as("decoded, but always #UD").isEmpty();
            if (!census.names(group).isEmpty()) {
                text.append(text.isEmpty() ? "" : "\n")
                        .append("**")
                        .append(group.title())
                        .append("**\n\n");
                text.append(wrap(census.names(group)));
            }
        }
        return text.toString();
    }

    private String systemCalls() throws IOException {
        Map<Answer, Set<String>> calls = new SystemCallCensus(directory).take();
        StringBuilder text = new StringBuilder();
        for (Answer answer : Answer.values()) {
            Set<String> names = calls.get(answer);
            text.append(text.isEmpty() ? "" : "\n").append("**").append(answer.title());
            text.append("** (").append(names.size()).append(")\n\n").append(wrap(names));
        }
        return text.toString();
    }

    /** Words in lines. */
    private static String wrap(Collection<String> words) {
        StringBuilder text = new StringBuilder();
        int column = 0;
        for (String word : words) {
            if (column > 0 && column + 1 + word.length() > WIDTH) {
                text.append('\n');
                column = 0;
            }
            text.append(column == 0 ? "" : " ").append(word);
            column += (column == 0 ? 0 : 1) + word.length();
        }
        return text.append('\n').toString();
    }
}
