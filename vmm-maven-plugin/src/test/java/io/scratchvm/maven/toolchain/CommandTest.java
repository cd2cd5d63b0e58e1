package io.scratchvm.maven.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    Path directory;

    @Test
    void outputAndStatusAreTheProgramsOwn() throws IOException {
        Command.Result result = new Command(directory, Duration.ofMinutes(1)).run(List.of(JAVA, "-no-such-option"));

        assertThat(result.succeeded()).isFalse();
        assertThat(result.output()).contains("-no-such-option");
    }

    @Test
    void aProgramThatTakesTooLongIsEnded() {
        String source = "public class Wait { public static void main(String[] a) throws Exception {"
                + " Thread.sleep(60_000); } }";
        long start = System.nanoTime();

        assertThatThrownBy(() -> new Command(directory, Duration.ofMillis(300)).run(List.of(JAVA, wait(source))))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("was ended after")
                .hasMessageContaining("vmm.compilerTimeout");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }

    private String wait(String source) throws IOException {
        return java.nio.file.Files.writeString(directory.resolve("Wait.java"), source)
                .toString();
    }
}
