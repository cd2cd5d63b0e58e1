package io.scratchvm.maven.toolchain;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Carries out a {@link GuestPlan}: C library, boot image, programs. */
final class Assembler {
    /** The C library is always made for size, whatever a program's flags are: a guest may have two pages. */
    private static final List<String> LIBC_FLAGS = List.of("-std=gnu11", "-Os", "-g");

    private final GuestPlan plan;
    private final Toolchain toolchain;
    private final List<String> tools;
    private final SearchPath searchPath;
    private final StepRunner steps;

    Assembler(GuestPlan plan, Toolchain toolchain, SearchPath searchPath, StepRunner steps) throws IOException {
        this.plan = plan;
        this.toolchain = toolchain;
        this.tools = toolchain.identity();
        this.searchPath = searchPath;
        this.steps = steps;
    }

    /** Brings all images up to date and returns them. */
    List<Path> assemble() throws IOException {
        List<Path> images = new ArrayList<>();
        images.add(boot());
        List<Path> libc = libc();
        for (GuestSource program : plan.programs()) {
            List<Path> objects = compileAll(program.files(), "programs/" + program.name());
            objects.addAll(libc);
            images.add(link(image(program.name()), imageLink(), objects));
            if (plan.direct()) {
                images.add(
                        link(plan.output().resolve("direct").resolve(program.name() + ".elf"), directLink(), objects));
            }
        }
        return images;
    }

    private Path boot() throws IOException {
        List<String> command = toolchain.link(plan.script(), plan.bootAddress());
        // Like a boot sector: entered at its first byte, whatever its symbols are.
        command.addAll(List.of("-e", "0x" + Long.toHexString(plan.bootAddress())));
        return link(image("boot"), command, List.of(compile(plan.boot(), "boot", freestanding(), plan.cflags())));
    }

    private List<Path> libc() throws IOException {
        List<Path> objects = new ArrayList<>();
        switch (plan.libc()) {
            case OWN -> {
                for (Path source : GuestSource.sourcesIn(plan.libcDirectory())) {
                    objects.add(compile(source, "libc", freestanding(), LIBC_FLAGS));
                }
            }
            case SYSTEM -> objects.add(compile(plan.libcDirectory().resolve("save.c"), "libc", programs(), LIBC_FLAGS));
            case NONE -> {}
        }
        return objects;
    }

    private List<Path> compileAll(List<Path> sources, String folder) throws IOException {
        List<Path> objects = new ArrayList<>();
        for (Path source : sources) {
            objects.add(compile(source, folder, programs(), plan.cflags()));
        }
        return objects;
    }

    private Path compile(Path source, String folder, List<String> compiler, List<String> flags) throws IOException {
        // The whole name: a program may have both start.c and start.S.
        Path object = plan.objects().resolve(folder).resolve(source.getFileName() + ".o");
        Path dependencies = object.resolveSibling(source.getFileName() + ".d");
        Path memory = object.resolveSibling(source.getFileName() + ".sha256");
        boolean nasm = GuestSource.isNasm(source);
        List<List<String>> commands =
                nasm ? nasm(source, dependencies, object) : cc(compiler, flags, source, dependencies, object);
        List<String> identity =
                nasm ? List.of(Toolchain.identity(Path.of(commands.get(0).get(0)))) : tools;
        return steps.run(new Step(
                plan.shown(source), plan.base(), commands, identity, List.of(source), dependencies, object, memory));
    }

    private List<List<String>> cc(
            List<String> compiler, List<String> flags, Path source, Path dependencies, Path object) {
        List<String> command = new ArrayList<>(compiler);
        command.add("-DVMM_SAVE_CALL=" + plan.saveCall());
        // No path of this host in the images: the last that fits is taken.
        command.add("-ffile-prefix-map=" + plan.base() + "=.");
        command.add("-ffile-prefix-map=" + plan.output() + "=target/vmm");
        command.addAll(List.of("-MD", "-MF", dependencies.toString(), "-MT", "object"));
        command.addAll(flags);
        command.addAll(List.of("-c", plan.shown(source), "-o", object.toString()));
        return List.of(command);
    }

    /** Dependencies by themselves: NASM 2.16 leaves included files out when it also assembles. */
    private List<List<String>> nasm(Path source, Path dependencies, Path object) {
        String nasm = searchPath
                .find(plan.nasm())
                .orElseThrow(() -> new VmmException(".asm sources need NASM, and there is no " + plan.nasm()
                        + " in PATH; install it or name it with vmm.nasm"))
                .toString();
        String file = plan.shown(source);
        return List.of(
                List.of(nasm, "-M", "-MF", dependencies.toString(), "-MT", "object", file),
                List.of(nasm, "-f", "elf64", file, "-o", object.toString()));
    }

    private Path link(Path image, List<String> linker, List<Path> objects) throws IOException {
        List<String> command = new ArrayList<>(linker);
        objects.forEach(object -> command.add(object.toString()));
        command.addAll(plan.ldflags());
        command.addAll(List.of("-o", image.toString()));
        List<Path> inputs = new ArrayList<>(objects);
        inputs.add(plan.script());
        Path memory = plan.objects().resolve("images").resolve(plan.output().relativize(image) + ".sha256");
        return steps.run(
                new Step(plan.shown(image), plan.base(), List.of(command), tools, inputs, null, image, memory));
    }

    private List<String> freestanding() {
        return toolchain.compile(plan.headers());
    }

    private List<String> programs() {
        return plan.libc() == Libc.SYSTEM ? toolchain.compileHosted(plan.headers()) : freestanding();
    }

    private List<String> imageLink() {
        return plan.libc() == Libc.SYSTEM
                ? toolchain.linkHosted(plan.script(), plan.appAddress())
                : toolchain.link(plan.script(), plan.appAddress());
    }

    private List<String> directLink() {
        return plan.libc() == Libc.SYSTEM ? toolchain.linkHostedDirect() : toolchain.linkDirect();
    }

    private Path image(String name) {
        return plan.output().resolve(name + ".elf");
    }
}
