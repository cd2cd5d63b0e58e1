package io.scratchvm.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTest {
    @TempDir
    Path directory;

    private final List<String> logged = new ArrayList<>();

    @Test
    void keepsTheGuestsBytesAsTheyAreAndLogsLines() throws Exception {
        byte[] output = {'a', 0, (byte) 0xff, '\r', '\n', 'b'};
        try (Console console = console(false)) {
            try (OutputStream out = console.output()) {
                out.write(output);
            }
        }
        assertThat(Files.readAllBytes(directory.resolve("new/console.log"))).isEqualTo(output);
        assertThat(logged).containsExactly("a\ufffd\ufffd", "b");
    }

    @Test
    void writesTheTraceWithoutPrefixAndAnewForEachRun() throws Exception {
        for (int run = 0; run < 2; run++) {
            try (Console console = console(false)) {
                console.trace().accept("CLOSE 8 - return 0");
            }
        }
        assertThat(directory.resolve("new/trace.log")).hasContent("CLOSE 8 - return 0\n");
        assertThat(logged).containsExactly("CLOSE 8 - return 0", "CLOSE 8 - return 0");
    }

    @Test
    void isSilentInTheLogWhenAskedTo() throws Exception {
        try (Console console = console(true)) {
            console.output().write("text\n".getBytes(StandardCharsets.UTF_8));
            console.trace().accept("EXIT 0");
        }
        assertThat(logged).isEmpty();
        assertThat(directory.resolve("new/console.log")).hasContent("text\n");
        assertThat(directory.resolve("new/trace.log")).hasContent("EXIT 0\n");
    }

    private Console console(boolean quiet) throws Exception {
        return new Console(directory.resolve("new/console.log"), directory.resolve("new/trace.log"), new Log(), quiet);
    }

    private final class Log extends SystemStreamLog {
        @Override
        public void info(CharSequence content) {
            logged.add(content.toString());
        }
    }
}
