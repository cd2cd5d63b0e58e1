package io.scratchvm.maven.toolchain;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A program of the guest: its name and the sources that it is made of.
 *
 * @param name the image's name without {@code .elf}
 * @param files one or more, sorted
 */
record GuestSource(String name, List<Path> files) {
    private static final List<String> SUFFIXES = List.of(".c", ".S", ".s", ".asm");

    GuestSource {
        files = List.copyOf(files);
    }

    /**
     * The programs in a directory, sorted by name: each source file is one, and so is each subdirectory, of all the
     * source files in it.
     *
     * @throws VmmException if two have the same name
     */
    static List<GuestSource> programsIn(Path directory) throws IOException {
        Map<String, GuestSource> programs = new TreeMap<>();
        if (Files.isDirectory(directory)) {
            for (Path entry : list(directory)) {
                GuestSource program = of(entry);
                if (!program.files.isEmpty()) {
                    requireNew(program, programs.put(program.name, program));
                }
            }
        }
        return List.copyOf(programs.values());
    }

    /** The boot source in a directory: {@code boot.S} or {@code boot.asm}; none is an empty list. */
    static List<Path> bootIn(Path directory) {
        return Stream.of("boot.S", "boot.asm")
                .map(directory::resolve)
                .filter(Files::isRegularFile)
                .limit(1)
                .toList();
    }

    /** The C sources in a directory, sorted. */
    static List<Path> sourcesIn(Path directory) throws IOException {
        return list(directory).stream().filter(GuestSource::isSource).toList();
    }

    /** A source's file name without its suffix. */
    static String stem(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }

    /** Whether the source is for NASM, not for the compiler. */
    static boolean isNasm(Path file) {
        return file.toString().endsWith(".asm");
    }

    private static GuestSource of(Path entry) throws IOException {
        if (Files.isDirectory(entry)) {
            return new GuestSource(entry.getFileName().toString(), sourcesIn(entry));
        }
        return isSource(entry) ? new GuestSource(stem(entry), List.of(entry)) : new GuestSource("", List.of());
    }

    private static void requireNew(GuestSource program, GuestSource other) {
        if (other != null) {
            throw new VmmException(program.files.get(0) + " and " + other.files.get(0) + " would both become "
                    + program.name + ".elf; rename one");
        }
        if (program.name.equals("boot")) {
            throw new VmmException(program.files.get(0) + " would become boot.elf, the boot image; rename it");
        }
    }

    private static boolean isSource(Path file) {
        return SUFFIXES.stream().anyMatch(file.toString()::endsWith) && Files.isRegularFile(file);
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            // Hidden files are editors' own.
            return entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
