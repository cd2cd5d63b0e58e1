package io.scratchvm.maven.toolchain;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugin.logging.Log;

/** Builds a module's guest: chooses the tools, plans, makes what is not up to date, says what it did. */
public final class GuestBuild {
    private final GuestSettings settings;
    private final EmbeddedLlvm embedded;
    private final Log log;
    private final SearchPath searchPath;
    private final Path base;
    private final Path output;

    /**
     * Makes the output directory.
     *
     * @param embedded the compiler for a host without one
     */
    public GuestBuild(GuestSettings settings, EmbeddedLlvm embedded, Log log) throws IOException {
        this(settings, embedded, SearchPath.ofHost(), log);
    }

    /** Takes the tools from {@code searchPath} alone. */
    GuestBuild(GuestSettings settings, EmbeddedLlvm embedded, SearchPath searchPath, Log log) throws IOException {
        this.settings = settings;
        this.embedded = embedded;
        this.searchPath = searchPath;
        this.log = log;
        // Real paths, since compilers follow links before they cut the module's directory off.
        this.base = settings.base().toRealPath();
        this.output = Files.createDirectories(settings.output()).toRealPath();
    }

    /**
     * Brings the images up to date.
     *
     * @throws io.scratchvm.vmm.api.VmmException if the sources or the settings cannot be used; a compiler's messages are
     *     in the log then
     */
    public void run() throws IOException {
        GuestPlan plan = plan();
        StepRunner steps = new StepRunner(new Command(base, settings.limit()), log);
        Toolchain toolchain = toolchain(plan);
        List<Path> images = new Assembler(plan, toolchain, searchPath, steps).assemble();
        removeOthers(plan, images);
        if (steps.made() == 0) {
            log.info("The guest is up to date: " + output);
        } else {
            log.info("Assembled " + names(images) + " with " + toolchain.name());
        }
    }

    private GuestPlan plan() throws IOException {
        Path shipped = output.resolve("sources");
        ShippedSources.copyTo(shipped);
        List<Path> boot = GuestSource.bootIn(settings.boot());
        return new GuestPlan(
                base,
                output,
                boot.isEmpty() ? shipped.resolve("boot/boot.S") : boot.get(0).toRealPath(),
                GuestSource.programsIn(existing(settings.programs(), settings.programs())),
                Libc.of(settings.libc(), settings.toolchain()),
                existing(settings.libcDirectory(), shipped.resolve("libc")),
                existing(settings.script(), shipped.resolve("ld/image.ld")),
                settings.bootAddress(),
                settings.appAddress(),
                Words.of(settings.cflags()),
                Words.of(settings.ldflags()),
                settings.saveCall(),
                settings.direct(),
                settings.nasm());
    }

    private Toolchain toolchain(GuestPlan plan) throws IOException {
        Path objects = Files.createDirectories(plan.objects());
        ToolchainProbe probe = new ToolchainProbe(searchPath, new Command(objects, settings.limit()));
        Toolchains toolchains = new Toolchains(searchPath, probe, embedded, log);
        String wanted = settings.toolchain();
        List<String> candidates = toolchains.candidates(wanted);
        ToolchainMemory memory = new ToolchainMemory(objects.resolve("toolchain.properties"));
        Optional<Toolchain> kept = memory.recall(wanted, candidates);
        if (kept.isPresent()) {
            return kept.get();
        }
        Toolchain chosen = toolchains.choose(wanted);
        memory.keep(chosen, wanted, candidates);
        return chosen;
    }

    /** Images of programs that are gone would be run by mistake. */
    private void removeOthers(GuestPlan plan, List<Path> images) throws IOException {
        Path memories = plan.objects().resolve("images");
        removeOthers(memories, output, images);
        removeOthers(memories.resolve("direct"), output.resolve("direct"), images);
    }

    private static void removeOthers(Path memories, Path made, List<Path> images) throws IOException {
        if (!Files.isDirectory(memories)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(memories, "*.sha256")) {
            for (Path memory : files) {
                Path image = made.resolve(GuestSource.stem(memory));
                if (!images.contains(image)) {
                    Files.deleteIfExists(image);
                    Files.delete(memory);
                }
            }
        }
    }

    private String names(List<Path> images) {
        return String.join(
                ", ",
                images.stream()
                        .map(image -> output.relativize(image).toString())
                        .toList());
    }

    private static Path existing(Path own, Path otherwise) throws IOException {
        return Files.exists(own) ? own.toRealPath() : otherwise;
    }
}
