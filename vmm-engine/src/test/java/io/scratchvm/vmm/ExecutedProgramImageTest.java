package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image of a program that execve(2) began, saved in a child of it: what debuggers and the program itself find. */
class ExecutedProgramImageTest {
    private static final String PROGRAM =
            """
            #include <stdio.h>
            #include <sys/wait.h>
            #include <unistd.h>
            static void say_where(void) {
                char path[100];
                long length = readlink("/proc/self/exe", path, 99);
                path[length < 0 ? 0 : length] = 0;
                puts(path);
                fflush(stdout);
            }
            __attribute__((noinline)) long save(void) {
                long result;
                __asm__ volatile("syscall" : "=a"(result) : "a"(400L) : "rcx", "r11", "memory");
                return result;
            }
            __attribute__((noinline)) void child(void) { say_where(); save(); say_where(); }
            int main(int count, char **arguments) {
                if (count == 1) execl("/proc/self/exe", "again", "once more", (char *) 0);
                if (fork() == 0) {
                    child();
                    _exit(0);
                }
                return wait(0) < 0;
            }
            """;

    @TempDir
    Path directory;

    private Path program;
    private Path image;
    private RecordedRun run;

    @BeforeEach
    void save() throws Exception {
        HostTools.require("gcc");
        Path tools = Files.createDirectory(directory.resolve("tools"));
        Files.writeString(tools.resolve("again.c"), PROGRAM);
        HostTools.run(tools, "gcc -static-pie -g -O1 -fno-omit-frame-pointer again.c -o again".split(" "));
        program = tools.resolve("again");
        image = directory.resolve("vm.vmimg");
        run = new RecordedRun(directory);
        Outcome outcome = new Session(run.configuration().build())
                .save(new Start.Program(program, List.of()), new SavePoint.SaveCall(), image);
        assertThat(outcome.status()).as(outcome.message()).isZero();
    }

    @Test
    void gdbPlacesTheProgram() throws Exception {
        HostTools.require("gdb");
        String shown =
                HostTools.transcript("gdb", "-nx", "-q", "-batch", "-ex", "bt", program.toString(), "--core=" + image);
        assertThat(shown)
                .containsPattern("#0 .* save \\(\\) at again.c")
                .containsPattern("#2 .* main \\(")
                .doesNotContain("warning");
    }

    @Test
    void theProgramKnowsWhereItLiesAlsoOnceRestored() throws Exception {
        assertThat(new Session(run.configuration().build()).restore(image).status())
                .isZero();
        assertThat(run.output()).isEqualTo("/tools/again\n".repeat(2));
    }
}
