package io.scratchvm.vmm;

import io.scratchvm.vmm.api.Start;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Multiboot kernels, compiled by the host's gcc. */
final class TestKernels {
    private static final Path SMALL_KERNEL = Path.of(
                    "../src/it/a-small-kernel-takes-exceptions-and-timer-ticks/src/main")
            .toAbsolutePath();

    /** What a C kernel of 32 bits begins with, and its ports. */
    private static final String HEADER =
            """
            __asm__(".section .text.header, \\"ax\\"\\n"
                    "header: .long 0x1badb002, 2, -(0x1badb002 + 2)\\n"
                    ".globl _start\\n"
                    "_start: movl $stack_end - OFFSET, %esp\\n pushl %ebx\\n pushl %eax\\n call kernel\\n 1: cli\\n hlt\\n jmp 1b\\n"
                    ".data\\n .fill 8192, 1, 0\\n stack_end:\\n .text\\n");
            typedef unsigned u32;
            static void out(int port, int value) { __asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port)); }
            static int in(int port) { unsigned char v; __asm__ volatile("inb %w1, %0" : "=a"(v) : "d"(port)); return v; }
            /* A BIOS leaves it ticking; a single count ends before long. */
            static void stop_timer(void) { out(0x43, 0x10); out(0x40, 2); }
            static void put(char c) { out(0x3f8, c); }
            static void say(const char *s) { while (*s) put(*s++); }
            static void hex(u32 v) { for (int n = 28; n >= 0; n -= 4) put("0123456789abcdef"[v >> n & 15]); put(' '); }
            """;

    private TestKernels() {}

    /** The kernel of the invoker's project. */
    static Path small(Path directory) throws Exception {
        HostTools.require("gcc", "ld");
        List<String> objects = new ArrayList<>();
        for (String source : List.of("entry.S", "kernel.c")) {
            Path object = directory.resolve(source + ".o");
            compile(directory, SMALL_KERNEL.resolve("c/kernel").resolve(source), object, "-m64", "-mno-red-zone");
            objects.add(object.toString());
        }
        Path kernel = directory.resolve("kernel.elf");
        link(directory, objects, kernel, SMALL_KERNEL.resolve("ld/image.ld").toString(), "-m", "elf_x86_64");
        return kernel;
    }

    /**
     * A kernel of 32 bits in an ELF file of 32 bits.
     *
     * @param code C that defines {@code kernel(u32 magic, u32 *information)}
     */
    static Path ofC(Path directory, String code, long virtual, long physical) throws Exception {
        HostTools.require("gcc", "ld");
        Path source = directory.resolve("kernel32.c");
        Path object = directory.resolve("kernel32.o");
        Path kernel = directory.resolve("kernel32.elf");
        Path script = directory.resolve("kernel32.ld");
        Files.writeString(source, HEADER.replace("OFFSET", Long.toString(virtual - physical)) + code);
        Files.writeString(
                script,
                """
                ENTRY(_start) PHDRS { all PT_LOAD FLAGS(7); }
                SECTIONS { . = %d; .all : AT(%d) { *(.text.header) *(.text* .rodata* .data* .bss* COMMON) } :all
                  /DISCARD/ : { *(*) } }
                """
                        .formatted(virtual, physical));
        compile(directory, source, object, "-m32");
        link(directory, List.of(object.toString()), kernel, script.toString(), "-m", "elf_i386");
        return kernel;
    }

    private static void compile(Path directory, Path source, Path object, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(options));
        command.add(0, "gcc");
        command.addAll(List.of("-Os", "-ffreestanding", "-fno-pic", "-mgeneral-regs-only", "-fno-stack-protector"));
        command.addAll(List.of("-fcf-protection=none", "-fno-asynchronous-unwind-tables", "-c"));
        command.addAll(List.of(source.toString(), "-o", object.toString()));
        HostTools.run(directory, command.toArray(String[]::new));
    }

    private static void link(Path directory, List<String> objects, Path kernel, String script, String... options)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(options));
        command.add(0, "ld");
        command.addAll(List.of("-static", "-z", "max-page-size=4096", "--defsym", "IMAGE_ADDRESS=0x100000"));
        command.addAll(List.of("-T", script, "-o", kernel.toString()));
        command.addAll(objects);
        HostTools.run(directory, command.toArray(String[]::new));
    }

    static Start started(Path kernel, String... arguments) {
        return new Start.Multiboot(kernel, List.of(arguments));
    }
}
