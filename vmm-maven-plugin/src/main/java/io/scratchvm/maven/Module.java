package io.scratchvm.maven;

import io.scratchvm.vmm.api.Setting;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.project.MavenProject;

/** The module a goal runs in, and what it has for the VMM. */
final class Module {
    private final MavenProject project;

    Module(MavenProject project) {
        this.project = project;
    }

    /** Whether there is a pom; without one nothing is passed over. */
    boolean isProject() {
        return project.getFile() != null;
    }

    /** Where the plugin keeps what it makes. */
    Path output() {
        return Path.of(project.getBuild().getDirectory(), "vmm");
    }

    /** Whether the module has sources that {@code vmm:assemble} builds a guest from. */
    boolean hasGuestSources() {
        return isProject() && (hasDirectory("src/main/c") || hasDirectory("src/main/boot"));
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

    /** The path of a file that a parameter names: relative to the module, or to the current directory without one. */
    Path path(String text) {
        Path path = Setting.path(text);
        return isProject() ? project.getBasedir().toPath().resolve(path) : path;
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
        if (named || !isProject() || hasGuestSources()) {
            throw new VmmException("there is no image " + image + "; 'mvn vmm:save' writes one");
        }
        return false;
    }
}
