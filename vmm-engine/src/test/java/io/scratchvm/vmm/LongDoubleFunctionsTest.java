package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The functions of C libraries in extended precision, of numbers drawn at random. What the libraries compute by arithmetic
 * alone is the host's to the bit. What they make of the x87's transcendental functions, in which CPUs differ in the last
 * place, may differ by {@value #UNITS} units in it.
 */
class LongDoubleFunctionsTest {
    private static final int UNITS = 2;

    /** Lines of a mark ({@code ~} where units count), a name, sign and exponent, significand; or of text. */
    private static final String SOURCE =
            """
            #include <fenv.h>
            #include <math.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #define COUNT 12
            static unsigned long long seed = 88172645463325252;
            static unsigned long long draw(void) {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                return seed ^= seed << 17;
            }
            static long double number(int range) {
                long double x = ldexpl((long double)(draw() | 1ull << 63), -63);
                return ldexpl(draw() & 1 ? x : -x, (int)(draw() % (2 * range + 1)) - range);
            }
            static void show(char mark, const char *name, long double x) {
                struct { unsigned long long significand; unsigned short head; } parts;
                memcpy(&parts, &x, 10);
                printf("%c %s %04x %016llx\\n", mark, name, parts.head, parts.significand);
            }
            #define ONE(mark, f, range) for (int n = 0; n < COUNT; n++) show(mark, #f, f(number(range)));
            #define TWO(mark, f, range) for (int n = 0; n < COUNT; n++) show(mark, #f, f(number(range), number(range)));
            static void exact(void) {
                ONE('=', sqrtl, 4000) ONE('=', cbrtl, 4000) ONE('=', logbl, 4000)
                ONE('=', floorl, 70) ONE('=', ceill, 70) ONE('=', truncl, 70) ONE('=', rintl, 70) ONE('=', roundl, 70)
                TWO('=', fmodl, 300) TWO('=', remainderl, 300) TWO('=', hypotl, 4000) TWO('=', nextafterl, 4000)
                TWO('=', fdiml, 20) TWO('=', fmaxl, 10)
            }
            static void transcendental(void) {
                ONE('~', sinl, 50) ONE('~', cosl, 50) ONE('~', tanl, 50) ONE('~', atanl, 70) ONE('~', asinl, 1)
                ONE('~', acosl, 1) ONE('~', expl, 12) ONE('~', exp2l, 12) ONE('~', expm1l, 12) ONE('~', logl, 4000)
                ONE('~', log2l, 4000) ONE('~', log10l, 4000) ONE('~', log1pl, 60) ONE('~', sinhl, 10) ONE('~', coshl, 10)
                ONE('~', tanhl, 10) ONE('~', asinhl, 100) TWO('~', powl, 8) TWO('~', atan2l, 40)
            }
            static void arithmetic(void) {
                for (int n = 0; n < COUNT; n++) {
                    volatile long double a = number(60), b = number(60);
                    volatile double d = a / b;
                    volatile float f = a * b;
                    show('=', "sum", a + b);
                    show('=', "quotient", a / b);
                    printf("%a %a %.17g %lld %ld %d\\n", d, f, d * f + d / 3, llrintl(b), lrintl(a), (int)number(30));
                    printf("%.10Lf|%.0Lf|%.30Le|%Lg|%La\\n", a, b, a, a * b, b);
                }
            }
            static void texts(void) {
                const char *texts[] = {"0.1", "1e4932", "1e-4950", "1e5000", "123456789012345678901234567890",
                        "0x1.8p-16400", "inf", "nan", "-0", "3.14159265358979323846264338327950288"};
                for (int n = 0; n < 10; n++) {
                    show('=', texts[n], strtold(texts[n], NULL));
                }
                for (int n = 0; n < COUNT; n++) {
                    char text[60];
                    long double x = number(16000);
                    snprintf(text, sizeof text, "%.25Le", x);
                    puts(text);
                    show('=', "back", strtold(text, NULL) - x);
                }
            }
            int main(void) {
                int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
                for (int n = 0; n < 4; n++) {
                    fesetround(modes[n]);
                    arithmetic();
                    texts();
                }
                fesetround(FE_TONEAREST);
                exact();
                transcendental();
                return 0;
            }
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -static -O2 -fno-builtin",
                "gcc -static -O1 -mfpmath=387",
                "musl-gcc -static -O2 -fno-builtin"
            })
    void areTheHosts(String compiler) throws Exception {
        HostTools.requireLinuxOnX86();
        List<String> words = List.of(compiler.split(" "));
        HostTools.require(words.get(0));
        Files.writeString(directory.resolve("prog.c"), SOURCE);
        HostTools.run(directory, (compiler + " prog.c -o prog -lm").split(" "));
        Path program = directory.resolve("prog");
        HostTools.Ending host = HostTools.end(directory, Path.of("/dev/null"), program.toString());
        List<String> expected = new String(host.output()).lines().toList();
        List<String> lines = run(program).lines().toList();
        assertThat(lines).hasSameSizeAs(expected).hasSizeGreaterThan(500);
        for (int i = 0; i < lines.size(); i++) {
            if (!isNear(lines.get(i), expected.get(i))) {
                assertThat(lines.get(i)).as("line " + i).isEqualTo(expected.get(i));
            }
        }
    }

    private String run(Path program) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        VmConfiguration configuration =
                VmConfiguration.builder().root(directory).standardOutput(output).build();
        try (VirtualMachine machine = VirtualMachine.blank(configuration)) {
            machine.load(new Start.Program(program, List.of()));
            Stop stop = machine.run();
            assertThat(stop.status()).as(stop.message()).isZero();
        }
        return output.toString();
    }

    /** Whether both lines are of the same function, and some units apart at most. */
    private static boolean isNear(String ours, String host) {
        if (!ours.startsWith("~") || !host.startsWith("~")) {
            return false;
        }
        String[] a = ours.split(" ");
        String[] b = host.split(" ");
        long distance = Math.abs(Long.parseUnsignedLong(a[3], 16) - Long.parseUnsignedLong(b[3], 16));
        return a[1].equals(b[1]) && a[2].equals(b[2]) && distance <= UNITS;
    }
}
