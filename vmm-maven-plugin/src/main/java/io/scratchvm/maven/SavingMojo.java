package io.scratchvm.maven;

import io.scratchvm.vmm.SavePoint;
import io.scratchvm.vmm.api.VmmException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/** What {@code vmm:save} and {@code vmm:send} share: where the guest is saved, and to which file. */
abstract class SavingMojo extends StartMojo {
    /** The image to write. */
    @Parameter(property = "vmm.image", defaultValue = "${project.build.directory}/vmm/vm.vmimg")
    private File image;

    /**
     * Where to save instead of at the guest's SAVE: after a number of instructions, at the first read of standard
     * {@code input}, or at a symbol of its ELF file.
     */
    @Parameter(property = "vmm.at")
    private @Nullable String at;

    protected SavingMojo(MavenProject project, MavenSession session) {
        super(project, session);
    }

    /** The image to write, its directory being there. */
    protected final Path image() throws IOException {
        Path file = image.toPath();
        Files.createDirectories(file.toAbsolutePath().getParent());
        return file;
    }

    protected final SavePoint savePoint() {
        try {
            return at == null ? new SavePoint.SaveCall() : SavePoint.of(at);
        } catch (VmmException e) {
            throw new VmmException("vmm.at: " + e.getMessage(), e);
        }
    }

    @Override
    protected final boolean tracesByDefault() {
        return true;
    }
}
