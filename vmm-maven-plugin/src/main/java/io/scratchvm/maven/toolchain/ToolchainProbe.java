package io.scratchvm.maven.toolchain;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds out what a compiler is and whether it, with a linker, makes x86-64 ELF files: by making one. */
final class ToolchainProbe {
    private static final String SOURCE = "long probe; void _start(void) { probe = 1; }\n";

    /** e_ident to EI_OSABI, then e_type ET_EXEC and e_machine EM_X86_64 (System V gABI, "ELF Header"). */
    private static final int[] ELF64 = {0x7f, 'E', 'L', 'F', 2, 1, 1};

    private static final int E_TYPE = 16, ET_EXEC = 2, E_MACHINE = 18, EM_X86_64 = 62;

    private final SearchPath searchPath;
    private final Command command;

    /** {@code command} runs in a directory that may be written to. */
    ToolchainProbe(SearchPath searchPath, Command command) {
        this.searchPath = searchPath;
        this.command = command;
    }

    /**
     * The toolchain around a compiler.
     *
     * @throws VmmException if it is none for x86-64 ELF; the message says why
     */
    Toolchain probe(Path compiler) throws IOException {
        String version = ask(compiler, "--version");
        boolean clang = version.contains("clang");
        List<String> linker = clang ? lld(compiler) : gnuLinker(compiler);
        return verified(compiler, clang, firstLine(version), linker);
    }

    /** The toolchain of a clang and a linker of one's choice. */
    Toolchain probeClang(Path clang, List<String> linker) throws IOException {
        return verified(clang, true, firstLine(ask(clang, "--version")), linker);
    }

    private Toolchain verified(Path compiler, boolean clang, String name, List<String> linker) throws IOException {
        List<String> target = clang ? List.of("--target=x86_64-unknown-none-elf") : List.of();
        Path headers = Path.of(firstLine(ask(compiler, "-print-file-name=include")));
        Toolchain toolchain = new Toolchain(name, compiler, target, headers, linker);
        requireImage(toolchain);
        return toolchain;
    }

    private void requireImage(Toolchain toolchain) throws IOException {
        Path source = command.directory().resolve("probe.c");
        Path object = command.directory().resolve("probe.o");
        Path image = command.directory().resolve("probe.elf");
        Files.writeString(source, SOURCE);
        List<String> compile = toolchain.compile(command.directory());
        compile.addAll(List.of("-c", source.toString(), "-o", object.toString()));
        List<String> link = toolchain.linkDirect();
        link.addAll(List.of(object.toString(), "-o", image.toString()));
        try {
            requireSuccess(compile);
            requireSuccess(link);
            if (!isImage(image)) {
                throw new VmmException(toolchain.compiler() + " makes no x86-64 ELF files");
            }
        } finally {
            for (Path file : List.of(source, object, image)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private List<String> lld(Path clang) throws IOException {
        Path beside = clang.toRealPath().resolveSibling("ld.lld");
        Path lld = searchPath
                .find(beside.toString())
                .or(() -> searchPath.find("ld.lld"))
                .orElseThrow(() -> new VmmException(clang + " has no ld.lld beside it or in PATH"));
        return List.of(lld.toString());
    }

    private List<String> gnuLinker(Path gcc) throws IOException {
        String name = firstLine(ask(gcc, "-print-prog-name=ld"));
        Path ld = searchPath.find(name).orElseThrow(() -> new VmmException(gcc + " has no linker " + name));
        List<String> linker = new ArrayList<>(List.of(ld.toString()));
        // From 2.39 on GNU ld warns of what an image is meant to be; before, it does not know the option.
        String silencer = "--no-warn-rwx-segments";
        if (ask(ld, "--help").contains(silencer)) {
            linker.add(silencer);
        }
        return linker;
    }

    private String ask(Path tool, String question) throws IOException {
        return requireSuccess(List.of(tool.toString(), question));
    }

    private String requireSuccess(List<String> arguments) throws IOException {
        Command.Result result;
        try {
            result = command.run(arguments);
        } catch (IOException e) {
            throw new VmmException(arguments.get(0) + " does not start: " + e.getMessage(), e);
        }
        if (!result.succeeded()) {
            throw new VmmException(arguments.get(0) + " fails: " + firstLine(result.output()));
        }
        return result.output();
    }

    private static boolean isImage(Path file) throws IOException {
        byte[] header = new byte[20];
        try (var in = Files.newInputStream(file)) {
            if (in.readNBytes(header, 0, header.length) < header.length) {
                return false;
            }
        }
        boolean elf64 = Arrays.equals(ELF64, 0, ELF64.length, unsigned(header), 0, ELF64.length);
        return elf64 && header[E_TYPE] == ET_EXEC && header[E_MACHINE] == EM_X86_64;
    }

    private static int[] unsigned(byte[] bytes) {
        int[] values = new int[bytes.length];
        Arrays.setAll(values, i -> bytes[i] & 0xff);
        return values;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
