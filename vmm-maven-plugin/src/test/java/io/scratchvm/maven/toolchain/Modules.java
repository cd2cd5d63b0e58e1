package io.scratchvm.maven.toolchain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A module on disk to build guests in, and what the build said. */
final class Modules {
    private final Path base;
    private final SearchPath searchPath;
    final RecordingLog log = new RecordingLog();
    String toolchain = "gcc";
    String libc;
    String cflags = "-Os -g -Wall";
    String ldflags = "";
    String nasm = "nasm";
    Path libcDirectory;
    boolean direct;

    Modules(Path base) {
        this(base, SearchPath.ofHost());
    }

    Modules(Path base, SearchPath searchPath) {
        this.base = base;
        this.searchPath = searchPath;
        this.libcDirectory = base.resolve("src/main/libc");
    }

    Path write(String path, String content) throws IOException {
        Path file = base.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    Path output() {
        return base.resolve("target/vmm");
    }

    Path image(String name) {
        return output().resolve(name + ".elf");
    }

    /** Where a test may put an embedded compiler. */
    Path cache() {
        return base.resolve("cache");
    }

    void build() throws IOException {
        log.clear();
        Path sources = base.resolve("src/main");
        GuestSettings settings = new GuestSettings(
                base,
                output(),
                sources.resolve("c"),
                sources.resolve("boot"),
                libcDirectory,
                sources.resolve("ld/image.ld"),
                toolchain,
                nasm,
                libc,
                cflags,
                ldflags,
                0x8000,
                0x9000,
                400,
                direct,
                Duration.ofMinutes(2));
        EmbeddedLlvm embedded = new EmbeddedLlvm(null, null, null, cache(), log);
        new GuestBuild(settings, embedded, searchPath, log).run();
    }
}
