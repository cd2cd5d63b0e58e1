package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Static programs that compute in x87's extended precision: the VM shows what the host shows. */
class LongDoubleProgramsTest {
    private static final String ARITHMETIC =
            """
            #include <fenv.h>
            #include <math.h>
            #include <stdio.h>
            #include <stdlib.h>
            static void show(const char *name, long double x) { printf("%s %.21Lg %La %.3Lf\\n", name, x, x, x); }
            int main(void) {
                volatile long double one = 1, three = 3;
                int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
                for (int n = 0; n < 4; n++) {
                    fesetround(modes[n]);
                    show("third", one / three);
                    show("minus", -one / three);
                    printf("%lld %ld %.0Lf\\n", llrintl(one * 7 / 2), lrintl(-one * 5 / 2), rintl(one * 9 / 2));
                }
                fesetround(FE_TONEAREST);
                feclearexcept(FE_ALL_EXCEPT);
                show("inverse", one / (one - 1));
                show("nothing", sqrtl(-one));
                show("tiny", 1e-4940L * 1e-5L);
                volatile long double small = 1e-4940L;
                show("smaller", small * 1e-11L);
                printf("%x\\n", fetestexcept(FE_ALL_EXCEPT));
                long double sum = 0;
                for (int n = 1; n < 3000; n++) sum += (n & 1 ? one : -one) / n;
                show("sum", sum);
                show("root", sqrtl(sum));
                show("rest", fmodl(1e300L, three));
                show("remainder", remainderl(1e15L, 0.7L));
                int exponent;
                show("fraction", frexpl(123456.789L, &exponent));
                show("scaled", ldexpl(1.25L, -16390));
                show("parsed", strtold("3.14159265358979323846264338327950288e-100", NULL));
                show("floor", floorl(-2.5L) + ceill(2.5L) + truncl(-7.9L) + roundl(2.5L));
                printf("%d %d %d\\n", isnan(sqrtl(-one)) != 0, one < three, islessgreater(one, sqrtl(-one)));
                printf("%Lf %Le %.40Lf\\n", 1e30L / three, 1e-30L / three, one / 1024 / three);
                return exponent;
            }
            """;

    /** Exceptions in turn, unmasked: what the handler finds; then sums while a handler computes, too, now and then. */
    private static final String HANDLERS =
            """
            #define _GNU_SOURCE
            #include <fenv.h>
            #include <math.h>
            #include <setjmp.h>
            #include <signal.h>
            #include <stdio.h>
            #include <sys/time.h>
            #include <ucontext.h>
            static sigjmp_buf before;
            static volatile int ticks;
            static volatile long double zero = 0, one = 1, big = 1e4900L, small = 1e-4900L, result;
            static void onException(int signal, siginfo_t *info, void *context) {
                struct _libc_fpstate *x87 = ((ucontext_t *)context)->uc_mcontext.fpregs;
                printf("%d control %x status %x tags %x", info->si_code, x87->cwd, x87->swd, x87->ftw);
                for (int n = 0; n < 4; n++) printf(" %04x", x87->_st[0].significand[n]);
                printf(" %04x\\n", x87->_st[0].exponent);
                siglongjmp(before, 1);
            }
            static void onTick(int signal) {
                result = sinl(ticks++) * 3;
            }
            static void compute(int n) {
                switch (n) {
                    case 0: result = one / zero; break;
                    case 1: result = zero / zero; break;
                    case 2: result = big * big; break;
                    case 3: result = small * small; break;
                    default: result = one / 3;
                }
                __asm__ volatile("fwait");
            }
            int main(void) {
                int exceptions[] = {FE_DIVBYZERO, FE_INVALID, FE_OVERFLOW, FE_UNDERFLOW, FE_INEXACT};
                sigaction(SIGFPE, &(struct sigaction){.sa_sigaction = onException, .sa_flags = SA_SIGINFO}, NULL);
                for (int n = 0; n < 5; n++) {
                    if (!sigsetjmp(before, 1)) {
                        feenableexcept(exceptions[n]);
                        compute(n);
                        printf("no exception %d\\n", n);
                    }
                    __asm__ volatile("fninit");
                }
                signal(SIGALRM, onTick);
                setitimer(ITIMER_REAL, &(struct itimerval){{0, 500}, {0, 500}}, NULL);
                long double sum = 0;
                for (int n = 1; n < 400000; n++) sum += one / n - one / (n + 1) * 0.5L;
                setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
                printf("%.20Lg %d\\n", sum, ticks > 0);
                return 0;
            }
            """;

    @TempDir
    Path directory;

    @Test
    void printAndComputeAsOnTheHost() throws Exception {
        assertSame(17, ARITHMETIC, "musl-gcc", "-static", "-O2", "-fno-builtin", "-mfpmath=387");
    }

    @Test
    void handleSignalsAsOnTheHost() throws Exception {
        assertSame(0, HANDLERS, "gcc", "-static", "-O2");
    }

    private void assertSame(int status, String source, String... compiler) throws Exception {
        HostTools.requireLinuxOnX86();
        HostTools.require(compiler[0]);
        Files.writeString(directory.resolve("prog.c"), source);
        List<String> command = new ArrayList<>(List.of(compiler));
        command.addAll(List.of("prog.c", "-o", "prog", "-lm"));
        HostTools.run(directory, command.toArray(String[]::new));
        Path program = directory.resolve("prog");
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Stop stop = run(program, output);
        HostTools.Ending host = HostTools.end(directory, Path.of("/dev/null"), program.toString());
        assertThat(output.toString()).isEqualTo(new String(host.output()));
        assertThat(stop.status()).as(stop.message()).isEqualTo(host.status()).isEqualTo(status);
    }

    private Stop run(Path program, ByteArrayOutputStream output) throws Exception {
        VmConfiguration configuration =
                VmConfiguration.builder().root(directory).standardOutput(output).build();
        try (VirtualMachine machine = VirtualMachine.blank(configuration)) {
            machine.load(new Start.Program(program, List.of()));
            return machine.run();
        }
    }

    /** An exception that the program has unmasked ends it as on Linux. */
    @Test
    void anUnmaskedExceptionIsASignal() throws Exception {
        Start guest = BareProgram.compile(
                directory,
                """
                unsigned short control = 0x37b;
                __asm__ volatile("fldcw %0; fld1; fldz; fdivrp; fwait" : : "m"(control));
                """);
        try (VirtualMachine machine =
                VirtualMachine.blank(VmConfiguration.builder().build())) {
            machine.load(guest);
            Stop stop = machine.run();
            assertThat(stop.status()).isEqualTo(128 + 8);
            assertThat(stop.message()).contains("SIGFPE");
        }
    }
}
