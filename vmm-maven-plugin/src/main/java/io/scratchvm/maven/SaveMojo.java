package io.scratchvm.maven;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.SavePoint;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmmException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Execute;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * Assembles the module's guest, runs it until it asks for SAVE, and writes the VM's image. A module without a guest is
 * passed over.
 */
@Execute(goal = "assemble")
@Mojo(name = "save", defaultPhase = LifecyclePhase.INTEGRATION_TEST, threadSafe = true)
public class SaveMojo extends StartMojo {
    /** The image to write. */
    @Parameter(property = "vmm.image", defaultValue = "${project.build.directory}/vmm/vm.vmimg")
    private File image;

    /**
     * Where to save instead of at the guest's SAVE: after a number of instructions, at the first read of standard
     * {@code input}, or at a symbol of its ELF file.
     */
    @Parameter(property = "vmm.at")
    private @Nullable String at;

    @Inject
    public SaveMojo(MavenProject project, MavenSession session) {
        super(project, session);
    }

    @Override
    protected void perform() throws IOException, MojoFailureException {
        Optional<Start> start = start();
        if (start.isEmpty()) {
            getLog().info("Passed over: this module has no guest.");
            return;
        }
        clearOwnRoot();
        Path target = image.toPath();
        Files.createDirectories(target.toAbsolutePath().getParent());
        Outcome outcome = live(session -> session.save(start.get(), savePoint(), target));
        if (outcome.stop().isEnd()) {
            throw new MojoFailureException(outcome.message());
        }
        getLog().info("Saved to " + image);
    }

    @Override
    protected boolean tracesByDefault() {
        return true;
    }

    private SavePoint savePoint() {
        try {
            return at == null ? new SavePoint.SaveCall() : SavePoint.of(at);
        } catch (VmmException e) {
            throw new VmmException("vmm.at: " + e.getMessage(), e);
        }
    }
}
