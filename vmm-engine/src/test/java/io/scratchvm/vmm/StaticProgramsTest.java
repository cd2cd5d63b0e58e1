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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Static programs that lean on their memory, unmodified: the VM shows what the host shows. */
class StaticProgramsTest {
    private static final String SOURCE =
            """
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <stdint.h>
            #include <sys/mman.h>
            static uint64_t seed = 7;
            static unsigned rnd(unsigned n) { seed = seed * 6364136223846793005ull + 1442695040888963407ull; return (seed >> 33) % n; }
            static char *block[50]; static size_t size[50]; static unsigned char mark[50];
            static char zeros[3000000];
            static int deep(int n) { volatile char b[2000]; b[n % 2000] = n; return n ? deep(n - 1) + b[n % 2000] : 0; }
            static int churn(void) {
                for (int i = 0; i < 150; i++) {
                    int k = rnd(50);
                    for (size_t j = 0; j < size[k]; j += 97) if ((unsigned char)block[k][j] != mark[k]) return 1;
                    size_t n = rnd(rnd(20) ? 2000 : 200000) + 1;
                    if (rnd(2)) {
                        free(block[k]);
                        block[k] = calloc(n, 1);
                        for (size_t j = 0; j < n; j += 61) if (block[k][j]) return 2;
                        mark[k] = rnd(256);
                        size[k] = 0;
                    } else block[k] = realloc(block[k], n);
                    for (size_t j = size[k]; j < n; j++) block[k][j] = mark[k];
                    size[k] = n;
                }
                return 0;
            }
            int main(int argc, char **argv) {
                printf("%d %s\\n", argc, argv[argc - 1]);
                printf("%d\\n", churn());
                uint64_t sum = zeros[2999999];
                for (int k = 0; k < 50; k++) for (size_t j = 0; j < size[k]; j += 13) sum = sum * 31 + (unsigned char)block[k][j];
                char *m = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                strcpy(m + 4096, "mapped");
                munmap(m, 4096);
                mprotect(m + 4096, 4096, PROT_READ);
                FILE *f = fopen("file.txt", "w+");
                fputs("in a file", f);
                fflush(f);
                char *in = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fileno(f), 0);
                printf("%llu %d %s %s\\n", (unsigned long long)sum, deep(2000), m + 4096, in == MAP_FAILED ? "failed" : in);
                fflush(stdout);
                if (argc > 2) m[4096] = 'x';
                return 42;
            }
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gcc -static", "gcc -static-pie -fPIE", "musl-gcc -static", "clang -static"})
    void runAsOnTheHost(String compiler) throws Exception {
        compile(compiler, SOURCE);
        for (List<String> arguments : List.of(List.of("one"), List.of("and", "die"))) {
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            Stop stop = run(output, arguments);
            List<String> command =
                    new ArrayList<>(List.of(directory.resolve("prog").toString()));
            command.addAll(arguments);
            HostTools.Ending host = HostTools.end(directory, Path.of("/dev/null"), command.toArray(String[]::new));
            assertThat(stop.status())
                    .as(stop.message())
                    .isEqualTo(host.status())
                    .isIn(42, 139);
            assertThat(output.toByteArray()).isEqualTo(host.output());
        }
    }

    @Test
    void tellWhereAFaultIs() throws Exception {
        compile("gcc -static -O0", "int victim(int *p) { return *p; } int main(void) { return victim((int *)16); }");
        Stop stop = run(new ByteArrayOutputStream(), List.of());
        assertThat(stop.status()).isEqualTo(139);
        assertThat(stop.message())
                .contains(
                        "SIGSEGV: read of an address that is not mapped; #PF(0x4) at 0x10, RIP 0x",
                        "(victim+0x",
                        "bytes 8b 00");
    }

    private Stop run(ByteArrayOutputStream output, List<String> arguments) throws Exception {
        VmConfiguration configuration =
                VmConfiguration.builder().root(directory).standardOutput(output).build();
        try (VirtualMachine machine = VirtualMachine.blank(configuration)) {
            machine.load(new Start.Program(directory.resolve("prog"), arguments));
            return machine.run();
        }
    }

    private void compile(String compiler, String source) throws Exception {
        HostTools.require(compiler.split(" ")[0]);
        Files.writeString(directory.resolve("prog.c"), source);
        HostTools.run(directory, (compiler + " prog.c -o prog").split(" "));
    }
}
