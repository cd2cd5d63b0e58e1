package io.scratchvm.vmm;

import io.scratchvm.vmm.api.Start;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs without a C library, which say each of their system calls themselves: {@code call(number, arguments)}. */
final class BareProgram {
    private BareProgram() {}

    /** A program whose main has this body, compiled in {@code directory}. */
    static Start.Program compile(Path directory, String body) throws Exception {
        HostTools.require("gcc");
        Path source = Files.writeString(
                directory.resolve("guest.c"),
                """
                static long call6(long n, long a, long b, long c, long d, long e, long f) {
                    long result;
                    register long r10 __asm__("r10") = d;
                    register long r8 __asm__("r8") = e;
                    register long r9 __asm__("r9") = f;
                    __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                            : "rcx", "r11", "memory");
                    return result;
                }
                #define call(...) choose(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
                #define choose(n, a, b, c, d, e, f, ...) \\
                    call6((long) (n), (long) (a), (long) (b), (long) (c), (long) (d), (long) (e), (long) (f))
                __attribute__((noinline)) static int body(void) {
                    %s
                    return 0;
                }
                __attribute__((force_align_arg_pointer)) void _start(void) {
                    call(231, body());
                }
                """
                        .formatted(body));
        Path program = directory.resolve("guest");
        HostTools.run(
                directory,
                "gcc",
                "-O1",
                "-w",
                "-nostdlib",
                "-static",
                "-fno-stack-protector",
                "-fcf-protection=none",
                "-o",
                program.toString(),
                source.toString());
        return new Start.Program(program, List.of());
    }
}
