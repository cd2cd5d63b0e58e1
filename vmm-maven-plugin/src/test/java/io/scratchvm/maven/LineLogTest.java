package io.scratchvm.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineLogTest {
    private final List<String> logged = new ArrayList<>();
    private final LineLog lines = new LineLog(logged::add);

    @Test
    void givesWholeLinesAndAtTheEndTheRest() throws Exception {
        write("one\ntw");
        assertThat(logged).containsExactly("one");
        write("o\r\n\nthree");
        assertThat(logged).containsExactly("one", "two", "");
        lines.close();
        assertThat(logged).containsExactly("one", "two", "", "three");
        lines.close();
        assertThat(logged).hasSize(4);
    }

    @Test
    void showsBytesThatAreNoTextAsReplacements() throws Exception {
        lines.write(new byte[] {'a', (byte) 0xff, 'b', 0x1b, '[', 'm', '\t', 0, '\n'});
        assertThat(logged).containsExactly("a\ufffdb\ufffd[m\t\ufffd");
    }

    @Test
    void keepsACharacterWholeThatArrivesInPieces() throws Exception {
        for (byte part : "h\u00e9\u20ac\ud83d\ude00\n".getBytes(StandardCharsets.UTF_8)) {
            lines.write(new byte[] {part});
        }
        assertThat(logged).containsExactly("h\u00e9\u20ac\ud83d\ude00");
    }

    @Test
    void cutsAnEndlessLineBetweenCharacters() throws Exception {
        String line = "\u20ac".repeat(LineLog.LONGEST);
        write(line);
        lines.close();
        assertThat(logged).hasSizeGreaterThan(2).allSatisfy(piece -> assertThat(piece.length() * 3)
                .isLessThanOrEqualTo(LineLog.LONGEST));
        assertThat(String.join("", logged)).isEqualTo(line);
    }

    @Test
    void cutsAnEndlessLineOfNoCharactersToo() throws Exception {
        byte[] continuation = new byte[3 * LineLog.LONGEST];
        Arrays.fill(continuation, (byte) 0x80);
        lines.write(continuation);
        lines.close();
        assertThat(logged).hasSize(3);
    }

    private void write(String text) throws Exception {
        lines.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
