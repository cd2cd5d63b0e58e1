package io.scratchvm.maven.toolchain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A compiler and a linker that were seen to make x86-64 ELF files.
 *
 * @param name what the log calls it: its first line of {@code --version}
 * @param compiler a C compiler that takes GCC's options
 * @param target what tells the compiler to work for x86-64 ELF; empty where it does so by itself
 * @param headers the directory of the compiler's own headers (intrinsics)
 * @param linker the linker and what must come first among its arguments; it takes GNU ld's options
 */
record Toolchain(String name, Path compiler, List<String> target, Path headers, List<String> linker) {
    /** One segment for code and data, on pages of 4 KiB, with nothing in it that differs from build to build. */
    private static final List<String> LAYOUT =
            List.of("-z", "max-page-size=4096", "-z", "noexecstack", "--build-id=none", "--gc-sections");

    /** What the code of every guest needs: fixed addresses, no runtime support, and no more than what is used. */
    private static final List<String> CODE = List.of(
            "-fno-pic",
            "-fno-pie",
            "-fno-stack-protector",
            "-fno-asynchronous-unwind-tables",
            "-fcf-protection=none",
            "-ffunction-sections",
            "-fdata-sections");

    Toolchain {
        target = List.copyOf(target);
        linker = List.copyOf(linker);
    }

    /** Compiles without the host's C library, against the headers in {@code libc}. */
    List<String> compile(Path libc) {
        List<String> command = words(compiler);
        command.addAll(target);
        if (isClang()) {
            // Its assembler does not follow -ffile-prefix-map.
            command.add("-fdebug-compilation-dir=.");
        }
        command.addAll(CODE);
        command.addAll(List.of("-ffreestanding", "-nostdinc"));
        command.addAll(List.of("-isystem", libc.toString(), "-isystem", headers.toString()));
        return command;
    }

    /** Compiles against the C library of the system; {@code extra} is searched for headers that it does not have. */
    List<String> compileHosted(Path extra) {
        List<String> command = words(compiler);
        command.addAll(CODE);
        command.addAll(List.of("-idirafter", extra.toString()));
        return command;
    }

    /** Links an image at {@code address} by the linker script. */
    List<String> link(Path script, long address) {
        List<String> command = linkDirect();
        command.addAll(imageOptions(script, address));
        return command;
    }

    /** Links a static Linux program. */
    List<String> linkDirect() {
        List<String> command = new ArrayList<>(linker);
        command.add("-static");
        command.addAll(LAYOUT);
        return command;
    }

    /** Links an image with the C library of the system. */
    List<String> linkHosted(Path script, long address) {
        List<String> command = linkHostedDirect();
        imageOptions(script, address).forEach(option -> pass(option, command));
        return command;
    }

    /** Links a static Linux program with the C library of the system. */
    List<String> linkHostedDirect() {
        List<String> command = words(compiler);
        command.addAll(List.of("-static", "-no-pie"));
        linker.stream().filter(option -> option.startsWith("--")).forEach(option -> pass(option, command));
        LAYOUT.forEach(option -> pass(option, command));
        return command;
    }

    /** What changes when the tools do: their files, sizes and times. */
    List<String> identity() throws IOException {
        return List.of(identity(compiler), identity(Path.of(linker.get(0))));
    }

    static String identity(Path tool) throws IOException {
        Path real = tool.toRealPath();
        return real + " " + Files.size(real) + " "
                + Files.getLastModifiedTime(real).toMillis();
    }

    private static List<String> imageOptions(Path script, long address) {
        return List.of("-T", script.toString(), "--defsym=IMAGE_ADDRESS=0x" + Long.toHexString(address));
    }

    private boolean isClang() {
        return !target.isEmpty();
    }

    /** Hands an option through the compiler's driver to the linker. */
    private static void pass(String option, List<String> command) {
        command.addAll(List.of("-Xlinker", option));
    }

    private static List<String> words(Path program) {
        return new ArrayList<>(List.of(program.toString()));
    }
}
