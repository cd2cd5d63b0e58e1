package io.scratchvm.maven;

import io.scratchvm.vmm.api.Setting;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/** Builds a blank VM from an image and runs it. A module without a guest and without an image is passed over. */
@Mojo(name = "restore", defaultPhase = LifecyclePhase.INTEGRATION_TEST, threadSafe = true)
public class RestoreMojo extends GuestMojo {
    /** The image. */
    @Parameter(property = "vmm.image", defaultValue = "${project.build.directory}/vmm/vm.vmimg")
    private File image;

    /** Checks each part of the image at its first use instead of all of it before the start. */
    @Parameter(property = "vmm.lazy")
    private @Nullable String lazy;

    @Inject
    public RestoreMojo(MavenProject project, MavenSession session) {
        super(project, session);
    }

    @Override
    protected void perform() throws IOException, MojoFailureException {
        Path saved = image.toPath();
        if (module().mayHaveImage(saved)) {
            requireExpectedExit(live(session -> session.restore(saved)));
        } else {
            getLog().info("Passed over: this module has no guest and no image.");
        }
    }

    @Override
    protected void applyOwnSettings(VmConfiguration.Builder settings) throws IOException {
        Settings.apply(Setting.LAZY, lazy, settings);
    }

    @Override
    protected boolean tracesByDefault() {
        return true;
    }
}
