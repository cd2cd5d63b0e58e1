package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.scratchvm.vmm.api.Limits;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guest may try against its host: each ends in an errno, a signal or a limit, in a JVM that is unharmed. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileGuestTest {
    @TempDir
    Path directory;

    private RecordedRun run;

    @BeforeEach
    void makeRoot() throws IOException {
        run = new RecordedRun(Files.createDirectory(directory.resolve("root")));
    }

    @Test
    void anEndlessLoopMeetsTheTimeLimit() throws Exception {
        Stop stop = run("for (;;) ;", new Limits(Long.MAX_VALUE, Duration.ofMillis(300), Long.MAX_VALUE));

        assertThat(stop.status()).isEqualTo(125);
        assertThat(stop.message()).startsWith("the time limit of 0.3 s (--timeout) was reached");
    }

    @Test
    void anEndlessLoopMeetsTheInstructionLimitExactly() throws Exception {
        try (VirtualMachine vm = VirtualMachine.blank(run.configuration()
                .limits(new Limits(1_000_003, null, Long.MAX_VALUE))
                .build())) {
            vm.load(program("for (;;) ;"));
            Stop stop = vm.run();

            assertThat(stop.reason()).isEqualTo(Stop.Reason.LIMIT);
            assertThat(stop.message()).startsWith("the limit of 1000003 instructions (--max-instructions) was reached");
            assertThat(vm.instructions()).isEqualTo(1_000_003);
        }
    }

    @Test
    void endlessOutputMeetsTheOutputLimitExactly() throws Exception {
        Stop stop = run("for (;;) call(1, 1, (long) \"0123456789\", 10);", new Limits(Long.MAX_VALUE, null, 12_345));

        assertThat(stop.message()).startsWith("the limit of 12345 bytes of output (--max-output) was reached");
        assertThat(run.output.size()).isEqualTo(12_345);
    }

    @Test
    void aFileIsOutputToo() throws Exception {
        Stop stop = run(
                "int f = call(2, (long) \"big\", 0102, 0644); for (;;) call(1, f, (long) \"0123456789\", 10);",
                new Limits(Long.MAX_VALUE, null, 5_000));

        assertThat(stop.message()).contains("5000 bytes of output");
        assertThat(Files.size(directory.resolve("root/big"))).isEqualTo(5_000 - 256);
    }

    @ParameterizedTest
    @ValueSource(strings = {"call(3, call(2, name, 0102, 0644))", "call(83, name, 0755)"})
    void endlesslyManyFilesMeetTheOutputLimit(String make) throws Exception {
        Stop stop = run(
                "static char name[] = \"aaa\"; for (;;) { " + make
                        + "; int i = 0; while (name[i] == 'z') name[i++] = 'a';" + "name[i]++; }",
                new Limits(Long.MAX_VALUE, Duration.ofSeconds(60), 10 * 256 + 255));

        assertThat(stop.message()).contains("2815 bytes of output (--max-output)");
        try (Stream<Path> made = Files.walk(directory.resolve("root"))) {
            assertThat(made).hasSize(1 + 10);
        }
    }

    @Test
    void anEndlessSleepOrReadMeetsTheTimeLimit() throws Exception {
        VmConfiguration configuration = run.configuration()
                .standardInput(new NeverReady())
                .limits(new Limits(Long.MAX_VALUE, Duration.ofMillis(300), Long.MAX_VALUE))
                .build();
        Stop stop = run("char c; call(0, 0, (long) &c, 1);", configuration);

        assertThat(stop.message()).startsWith("the time limit of 0.3 s");
    }

    @Test
    void moreMemoryThanThereIsIsRefused() throws Exception {
        Stop stop = run(
                "if (call(9, 0, 1L << 40, 3, 0x22, -1, 0) != -12) return 1;"
                        + "if (call(9, 0, -1L, 3, 0x22, -1, 0) != -12) return 2;"
                        + "if (call(9, 0, 0, 3, 0x22, -1, 0) != -22) return 3;"
                        + "long end = call(12, 0); if (call(12, end + (1L << 40)) != end) return 4;"
                        + "int n = 0; while (call(9, 0, 1 << 20, 3, 0x22, -1, 0) > 0) if (++n > 100000) return 5;"
                        + "return 0;",
                Limits.NONE);

        assertThat(stop).isEqualTo(new Stop(Stop.Reason.EXITED, 0, ""));
    }

    @Test
    void aBadPointerIsEfaultWhereverItStands() throws Exception {
        Stop stop = run(
                "static const long bad[] = {1, 0x7ffffffffffL, 0x800000000000L, -1L, -4096L, 1L << 62, 0xffff800000000000L};"
                        + "for (int i = 0; i < 7; i++) {"
                        + "  if (call(1, 1, bad[i], 5) != -14) return 1 + i;"
                        + "  if (call(2, bad[i], 0, 0) != -14) return 10 + i;"
                        + "  if (call(5, 1, bad[i]) != -14) return 20 + i;"
                        + "  if (call(20, 1, bad[i], 1) != -14) return 30 + i;"
                        + "  if (call(228, 0, bad[i]) != -14) return 40 + i;"
                        + "} return 0;",
                Limits.NONE);

        assertThat(stop).isEqualTo(new Stop(Stop.Reason.EXITED, 0, ""));
    }

    @Test
    void nothingOutsideOfTheRootCanBeNamed() throws Exception {
        Files.writeString(directory.resolve("secret"), "secret");
        Files.createSymbolicLink(directory.resolve("root/link"), Path.of("../secret"));
        Files.createSymbolicLink(directory.resolve("root/absolute"), directory.resolve("secret"));
        Stop stop = run(
                "static const char *names[] = {\"../secret\", \"/../secret\", \"a/../../secret\", \"link\", \"absolute\","
                        + " \"/proc/self/mem\", \"/etc/passwd\", \"./.././../secret\", \"//../secret\"};"
                        + "for (int i = 0; i < 9; i++) { long f = call(2, (long) names[i], 0, 0);"
                        + " if (f >= 0 || f < -40) return 1 + i; } return 0;",
                Limits.NONE);

        assertThat(stop).isEqualTo(new Stop(Stop.Reason.EXITED, 0, ""));
    }

    /** A timer ends the waits; left out is what would end or lame the test: exits, clones, lost memory, signals to itself. */
    @Test
    void everySystemCallWithAnyArgumentsIsAnswered() throws Exception {
        Stop stop = run(
                """
                static const short without[] = {10, 11, 15, 25, 56, 60, 62, 129, 130, 160, 200, 231, 234, 297, 302, 435};
                static char data[4096];
                static volatile long alarms;
                void ring(int signal) { alarms++; }
                __asm__(".pushsection .restorer, \\"ax\\"; restorer: mov $15, %eax; syscall; .popsection");
                extern char restorer[];
                long action[4] = {(long) ring, 0x04000000, (long) restorer, 0}, soon[4] = {0, 0, 0, 200}, never[4] = {0};
                unsigned long x = 88172645463325252UL;
                for (int round = 0; round < 40; round++) for (int n = 0; n < 600; n++) {
                    for (int i = 0; i < sizeof without / 2; i++) if (n == without[i]) goto next;
                    for (int i = 0; i < 256; i++) data[i] = 0;
                    if (round & 1) data[0] = 'f';
                    long a[6];
                    for (int i = 0; i < 6; i++) {
                        x ^= x << 13; x ^= x >> 7; x ^= x << 17;
                        a[i] = (x & 3) == 0 ? (long) data : (x & 3) == 1 ? (long) (x >> 60) : (x & 3) == 2 ? (long) x : -1L;
                    }
                    if (n == 9) a[3] &= ~0x10L;
                    if (n == 12) a[0] = 0;
                    if (n == 13 && a[0] == 14) a[0] = 10;
                    call(14, 2, never, 0, 8);
                    call(13, 14, action, 0, 8);
                    call(38, 0, soon, 0);
                    long result = call(n, a[0], a[1], a[2], a[3], a[4], a[5]);
                    if ((n == 57 || n == 58) && result == 0) call(60, 0);
                    call(38, 0, never, 0);
                    next:;
                }
                return alarms > 40 ? 42 : 1;
                """,
                new Limits(500_000_000, Duration.ofSeconds(60), 1 << 24));

        assertThat(stop).isEqualTo(new Stop(Stop.Reason.EXITED, 42, ""));
    }

    /** Whatever is in a frame, rt_sigreturn makes it the program's registers or a signal. */
    @Test
    void anyFrameIsReturnedToOrRefused() throws Exception {
        Stop stop = run(
                """
                static char stack[16384]; static struct { long words[400]; } area __attribute__((aligned(64)));
                static long ip, sp, bp; static volatile long signals[65];
                void handler(int signal, int *info, long *context) {
                    signals[signal]++;
                    context[21] = ip; context[20] = sp; context[15] = bp; context[22] = 0x202; context[37] = 0;
                }
                __asm__(".pushsection .restorer, \\"ax\\"; restorer: mov $15, %eax; syscall; landing: nop; fwait; addps %xmm1, %xmm2; ud2; .popsection");
                extern char restorer[], landing[];
                long alternate[3] = {(long) stack, 0, sizeof stack}; call(131, alternate, 0);
                long action[4] = {(long) handler, 0x4c000004L, (long) restorer, 0};
                for (int signal = 4; signal <= 11; signal++) if (signal != 6 && signal != 9) call(13, signal, action, 0, 8);
                unsigned long x = 88172645463325252UL;
                #define next (x ^= x << 13, x ^= x >> 7, x ^= x << 17)
                for (int n = 0; n < 4000; n++) {
                    long *frame = area.words + 200, *state = area.words;
                    for (int i = 0; i < 400; i++) area.words[i] = next;
                    if (next & 3) { state[3] &= 0x0000ffff0000ffffL; for (int i = 65; i < 72; i++) state[i] = 0; state[64] &= 7; }
                    if (next & 1) { state[58] = (836L << 32) | 0x46505853; state[59] = 7; *(int *) (state + 60) = 832;
                        *(int *) (state + 104) = 0x46505845; }
                    long *context = frame + 1;
                    context[2] = (long) stack; context[3] = 0; context[4] = sizeof stack;
                    context[28] = (next & 3) ? (long) state : (next & 1) ? 0 : (next & 1) ? (long) state + 8 : next;
                    if (next & 7) context[23] = 0x002b000000000033L;
                    if (next & 1) context[21] = (long) landing;
                    context[37] &= ~0x5f8L;
                    __asm__ volatile("lea 1f(%%rip), %%rax; mov %%rax, %0; mov %%rsp, %1; mov %%rbp, %2; lea 8(%3), %%rsp;"
                        "mov $15, %%eax; syscall; 1: cld" : "=m"(ip), "=m"(sp), "=m"(bp) : "r"(frame)
                        : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory");
                }
                return signals[11] > 500 && signals[5] > 50 && signals[4] > 10 && signals[8] > 10;
                """,
                new Limits(500_000_000, Duration.ofSeconds(60), 1 << 20));

        assertThat(stop).isEqualTo(new Stop(Stop.Reason.EXITED, 1, ""));
    }

    @Test
    void aSaveThatHasToReadAnEndlessFileMeetsTheTimeLimit() throws Exception {
        VmConfiguration configuration = run.configuration()
                .limits(new Limits(Long.MAX_VALUE, Duration.ofSeconds(1), Long.MAX_VALUE))
                .build();
        Path image = directory.resolve("vm.vmimg");
        try (VirtualMachine vm = VirtualMachine.blank(configuration)) {
            vm.load(program("int f = call(2, \"sparse\", 0102, 0644); if (call(77, f, 1L << 43) != 0) return 1;"
                    + "call(400); call(77, f, 5); return 7;"));
            Stop stop = vm.runTo(new SavePoint.SaveCall());
            assumeTrue(stop.reason() == Stop.Reason.SAVE, "the file system has no files of 8 TiB");

            assertThatThrownBy(() -> vm.save(image))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the save was stopped while it read the guest's open file /sparse");
            assertThat(image).doesNotExist();
            assertThat(vm.run()).isEqualTo(new Stop(Stop.Reason.EXITED, 7, ""));
        }
    }

    @Test
    void theDeepestPathIsWalkedInNoTime() throws Exception {
        Stop stop = run(
                "for (int i = 0; i < 1500; i++) { if (call(83, \"d\", 0777) != 0) break; if (call(80, \"d\") != 0) return 1; }"
                        + "static char path[4096]; for (int i = 0; i < 2040; i++) { path[2 * i] = '.'; path[2 * i + 1] = '/'; }"
                        + "for (int i = 0; i < 5; i++) if (call(21, path, 0) != 0) return 2; return 42;",
                new Limits(Long.MAX_VALUE, Duration.ofSeconds(60), Long.MAX_VALUE));

        assertThat(stop).isEqualTo(new Stop(Stop.Reason.EXITED, 42, ""));
        deleteDirectoriesIn(directory.resolve("root"));
    }

    /** JUnit would take minutes, since it asks for every directory's real path. */
    private static void deleteDirectoriesIn(Path directory) throws IOException {
        Path deepest = directory;
        while (Files.isDirectory(deepest.resolve("d"))) {
            deepest = deepest.resolve("d");
        }
        for (; !deepest.equals(directory); deepest = deepest.getParent()) {
            Files.delete(deepest);
        }
    }

    @Test
    void aFaultEndsAsOnLinux() throws Exception {
        assertThat(run("*(volatile int *) 0 = 1;", Limits.NONE).status()).isEqualTo(128 + 11);
        assertThat(run("__asm__(\"ud2\");", Limits.NONE).status()).isEqualTo(128 + 4);
        assertThat(run("__asm__(\"hlt\");", Limits.NONE).status()).isEqualTo(128 + 11);
        assertThat(run("volatile int zero = 0; volatile int one = 1; return one / zero;", Limits.NONE)
                        .status())
                .isEqualTo(128 + 8);
        assertThat(run("__asm__(\"int3\");", Limits.NONE).status()).isEqualTo(128 + 5);
        assertThat(run("__asm__(\"1: push %rax; jmp 1b\");", Limits.NONE).message())
                .startsWith("SIGSEGV: ")
                .contains("RIP 0x")
                .contains("(body");
    }

    @Test
    void aSignalThatTheGuestSendsItselfIsCalledByItsName() throws Exception {
        HostTools.require("bash");
        for (int signal : new int[] {1, 6, 13, 15, 31}) {
            Stop stop = run("call(62, call(39), " + signal + ");", Limits.NONE);
            String name =
                    HostTools.transcript("bash", "-c", "kill -l " + signal).strip();
            assertThat(stop.status()).isEqualTo(128 + signal);
            assertThat(stop.message())
                    .startsWith("SIG" + name + ": sent to the program, RIP 0x")
                    .contains("(body");
        }
    }

    // -- the guests ---------------------------------------------------------------------------------------------------

    private Stop run(String body, Limits limits) throws Exception {
        return run(body, run.configuration().limits(limits).build());
    }

    private Stop run(String body, VmConfiguration configuration) throws Exception {
        try (VirtualMachine vm = VirtualMachine.blank(configuration)) {
            vm.load(program(body));
            return vm.run();
        }
    }

    private Start program(String body) throws Exception {
        return BareProgram.compile(directory, body);
    }

    /** A standard input on which nothing ever comes. */
    private static final class NeverReady extends ByteArrayInputStream {
        NeverReady() {
            super(new byte[0]);
        }

        @Override
        public synchronized int read(byte[] to, int offset, int length) {
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return -1;
        }

        @Override
        public synchronized int available() {
            return 0;
        }
    }
}
