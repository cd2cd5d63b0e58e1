package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A restored guest's fault is told with the symbol that it happened in, whichever of its programs that is. */
class RestoredSymbolsTest {
    private static final String CRASHES =
            """
            #include <string.h>
            #include <sys/wait.h>
            #include <unistd.h>
            __attribute__((noinline)) void save(void) { syscall(400); }
            __attribute__((noinline)) void crash_in_NAME(volatile int *nowhere) { *nowhere = 1; }
            int main(int count, char **arguments) {
                const char *what = count > 1 ? arguments[1] : "";
                if (!strcmp(what, "execute")) execl("/other", "other", (char *) 0);
                if (!strcmp(what, "fork") && fork() != 0) { int status; wait(&status); return WTERMSIG(status); }
                save();
                crash_in_NAME((volatile int *) 8);
                return 0;
            }
            """;

    @TempDir
    Path directory;

    private RecordedRun run;
    private Path image;

    @BeforeEach
    void nameTheImage() {
        run = new RecordedRun(directory);
        image = directory.resolve("vm.vmimg");
    }

    private Path compile(String name, String... options) throws Exception {
        HostTools.require("gcc");
        Files.writeString(directory.resolve(name + ".c"), CRASHES.replace("NAME", name));
        String[] command = ("gcc -w -O1 " + String.join(" ", options) + " " + name + ".c -o " + name).split(" +");
        HostTools.run(directory, command);
        return directory.resolve(name);
    }

    private void save(Path program, String... arguments) throws Exception {
        Outcome outcome = new Session(run.configuration().build())
                .save(new Start.Program(program, List.of(arguments)), new SavePoint.SaveCall(), image);
        assertThat(outcome.status()).as(outcome.message()).isZero();
    }

    private Outcome restore() throws Exception {
        return new Session(run.configuration().build()).restore(image);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-static", "-static-pie -fPIE"})
    void ofTheProgramThatItWasStartedAs(String options) throws Exception {
        Path program = compile("first", options);
        save(program);
        assertThat(restore().message()).startsWith("SIGSEGV").contains("crash_in_first");
        Files.delete(program);
        assertThat(restore().message()).startsWith("SIGSEGV").doesNotContain("crash");
    }

    @Test
    void ofAProgramThatItExecuted() throws Exception {
        compile("other", "-static-pie -fPIE");
        save(compile("first", "-static"), "execute");
        Files.delete(directory.resolve("other"));
        assertThat(restore().message()).startsWith("SIGSEGV").contains("crash_in_other");
    }

    @Test
    void ofAChild() throws Exception {
        save(compile("first", "-static"), "fork");
        assertThat(restore().status()).isEqualTo(11);
        assertThat(run.trace).anyMatch(line -> line.contains("KILLED") && line.contains("crash_in_first"));
    }

    @Test
    void ofNoOtherFileOfThatName() throws Exception {
        save(compile("first", "-static"));
        compile("first", "-static -O0");
        assertThat(restore().message()).startsWith("SIGSEGV").doesNotContain("crash");
    }
}
