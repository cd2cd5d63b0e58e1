package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Limits;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guests of many tasks, and of tasks that never end: what the VMM bounds, and how such a VM ends. */
@Timeout(120)
class ProcessLimitsTest {
    private static final String INCLUDES =
            """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <pthread.h>
            #include <signal.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/wait.h>
            #include <unistd.h>
            static void *sleeper(void *unused) { for (;;) pause(); }
            int main(int argc, char **argv) {
            if (argc > 1) { char *much = malloc(40 << 20); if (much) memset(much, 1, 40 << 20); return much == NULL; }
            """;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final List<String> trace = new ArrayList<>();

    @BeforeEach
    void needsTools() {
        HostTools.require("musl-gcc");
    }

    private Stop run(String body) throws Exception {
        return run(body, new Limits(Long.MAX_VALUE, Duration.ofSeconds(60), 1 << 20));
    }

    private Stop run(String body, Limits limits) throws Exception {
        Files.writeString(directory.resolve("program.c"), INCLUDES + body + "}\n");
        HostTools.run(directory, "musl-gcc", "-O1", "-w", "-static", "-o", "program", "program.c");
        VmConfiguration configuration = VmConfiguration.builder()
                .root(directory)
                .memorySize(64L << 20)
                .standardInput(new ByteArrayInputStream(new byte[0]))
                .standardOutput(output)
                .trace(trace::add)
                .limits(limits)
                .build();
        try (VirtualMachine vm = VirtualMachine.blank(configuration)) {
            vm.load(new Start.Program(directory.resolve("program"), List.of()));
            return vm.run();
        }
    }

    private String text() {
        return output.toString(StandardCharsets.UTF_8);
    }

    @Test
    void thereAreNoMoreThan1024Processes() throws Exception {
        Stop stop = run(
                """
                int made = 0;
                for (;;) {
                    pid_t child = fork();
                    if (child == 0) { for (;;) pause(); }
                    if (child < 0) break;
                    made++;
                }
                printf("%d %d\\n", made, errno == EAGAIN || errno == ENOMEM);
                kill(-1, SIGKILL);
                int ended = 0;
                while (wait(NULL) > 0) ended++;
                printf("%d\\n", ended == made);
                return 3;
                """);
        assertThat(stop.status()).as(stop.message()).isEqualTo(3);
        assertThat(text()).matches("\\d+ 1\n1\n");
        assertThat(Integer.parseInt(text().split(" ")[0])).isBetween(100, 1023);
    }

    @Test
    void thereAreNoMoreThan1024Threads() throws Exception {
        Stop stop = run(
                """
                pthread_attr_t small;
                pthread_t thread;
                pthread_attr_init(&small);
                pthread_attr_setstacksize(&small, 4096 * 4);
                int made = 0, error;
                while ((error = pthread_create(&thread, &small, sleeper, NULL)) == 0) made++;
                printf("%d %d\\n", made, error == EAGAIN);
                return 4;
                """);
        assertThat(stop.status()).as(stop.message()).isEqualTo(4);
        assertThat(text()).isEqualTo("1023 1\n");
    }

    @Test
    void aForkThatMemoryDoesNotSufficeForIsRefused() throws Exception {
        Stop stop = run(
                """
                char *much = malloc(40 << 20);
                memset(much, 1, 40 << 20);
                __asm__ volatile("" : : "r"(much) : "memory");
                pid_t child = fork();
                printf("%d %d\\n", child, errno == ENOMEM);
                free(much);
                child = fork();
                if (child == 0) _exit(7);
                int status;
                wait(&status);
                printf("%d\\n", WEXITSTATUS(status));
                return 0;
                """);
        assertThat(stop.status()).as(stop.message()).isZero();
        assertThat(text()).isEqualTo("-1 1\n7\n");
    }

    @Test
    void memoryIsGivenBack() throws Exception {
        Stop stop = run(
                """
                for (int i = 0; i < 8; i++) {
                    pid_t child = i % 2 ? fork() : vfork();
                    if (child < 0) return 1;
                    if (child == 0) {
                        if (i % 2 == 0) execl("/proc/self/exe", "program", "once more", NULL);
                        char *much = malloc(40 << 20);
                        if (!much) _exit(1);
                        memset(much, i, 40 << 20);
                        __asm__ volatile("" : : "r"(much) : "memory");
                        _exit(0);
                    }
                    int status;
                    wait(&status);
                    if (status != 0) return 2;
                }
                return 5;
                """);
        assertThat(stop.status()).as(stop.message()).isEqualTo(5);
    }

    @Test
    void theGuestEndsWithTheProcessThatItWasStartedAs() throws Exception {
        Stop stop = run(
                """
                if (fork() == 0) { for (;;); }
                if (fork() == 0) { for (;;) sleep(1); }
                sched_yield();
                return 6;
                """);
        assertThat(stop.reason()).isEqualTo(Stop.Reason.EXITED);
        assertThat(stop.status()).isEqualTo(6);
    }

    @Test
    void tasksThatWaitForEachOtherEndTheGuest() throws Exception {
        Stop stop = run(
                """
                pthread_t thread;
                pthread_create(&thread, NULL, sleeper, NULL);
                sigset_t all;
                sigfillset(&all);
                int ends[2];
                pipe(ends);
                char c;
                return read(ends[0], &c, 1);
                """);
        assertThat(stop.reason()).isEqualTo(Stop.Reason.SHUTDOWN);
        assertThat(stop.status()).isEqualTo(125);
        assertThat(stop.message()).contains("waits for");
    }

    @Test
    void limitsHoldForAllTasksTogether() throws Exception {
        Limits limits = new Limits(3_000_000, Duration.ofSeconds(60), 1 << 20);
        Stop stop = run("for (int i = 0; i < 3; i++) if (fork() == 0) for (;;); for (;;);", limits);
        assertThat(stop.reason()).isEqualTo(Stop.Reason.LIMIT);
        assertThat(stop.message()).contains("3000000 instructions");
    }

    @Test
    void theTraceTellsProcessesApart() throws Exception {
        Stop stop = run("if (fork() == 0) _exit(2); if (fork() == 0) *(int *) 8 = 1; wait(0); wait(0); return 1;");
        assertThat(stop.status()).as(stop.message()).isEqualTo(1);
        assertThat(trace).contains("[1001] EXIT 2", "EXIT 1");
        assertThat(trace).anyMatch(line -> line.startsWith("[1002] KILLED SIGSEGV: write to an address"));
    }
}
