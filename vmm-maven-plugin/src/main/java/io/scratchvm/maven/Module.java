package io.scratchvm.maven;

import io.scratchvm.vmm.api.Setting;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.project.MavenProject;

/** The module a goal runs in, and what it has for the VMM. */
final class Module {
    private final MavenProject project;
    private final boolean alone;

    Module(MavenProject project, MavenSession session) {
        this.project = project;
        this.alone = session.getProjects().size() == 1;
    }

    /**
     * Whether something that the user named may be meant for another module of the build: {@code mvn vmm:save
     * -Dvmm.program=count} at the root reaches every module, and only one of them has that program.
     */
    boolean mayBeAnothersBusiness() {
        return !alone && !hasGuestSources();
    }

    /** Where the plugin keeps what it makes. */
    Path output() {
        return Path.of(project.getBuild().getDirectory(), "vmm");
    }

    /** Whether the module has sources that {@code vmm:assemble} builds a guest from. */
    boolean hasGuestSources() {
        return hasDirectory("src/main/c") || hasDirectory("src/main/boot");
    }

    private boolean hasDirectory(String path) {
        return Files.isDirectory(project.getBasedir().toPath().resolve(path));
    }

    /** The boot image that {@code vmm:assemble} builds. */
    Path bootImage() {
        return output().resolve("boot.elf");
    }

    /** The image of a program that {@code vmm:assemble} builds. */
    Path programImage(String name) {
        return output().resolve(name + ".elf");
    }

    /** The names of the programs that {@code vmm:assemble} has built, sorted. */
    List<String> programs() throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(output())) {
            try (DirectoryStream<Path> images = Files.newDirectoryStream(output(), "*.elf")) {
                for (Path image : images) {
                    String file = image.getFileName().toString();
                    names.add(file.substring(0, file.length() - ".elf".length()));
                }
            }
        }
        names.remove("boot");
        names.sort(null);
        return names;
    }

    /** The path of a file that a parameter names, relative to the module. */
    Path path(String text) {
        return project.getBasedir().toPath().resolve(Setting.path(text));
    }

    /**
     * Whether a goal that reads {@code image} has something to do here; if not, the module is passed over.
     *
     * @throws VmmException if there ought to be an image: it was named, or there is a guest to save
     */
    boolean mayHaveImage(Path image) {
        if (Files.exists(image)) {
            return true;
        }
        boolean named = !image.equals(output().resolve("vm.vmimg"));
        if (hasGuestSources() || named && !mayBeAnothersBusiness()) {
            throw new VmmException("there is no image " + image + "; 'mvn vmm:save' writes one");
        }
        return false;
    }
}
