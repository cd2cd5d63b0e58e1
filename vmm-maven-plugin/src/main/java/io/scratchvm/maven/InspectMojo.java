package io.scratchvm.maven;

import io.scratchvm.vmm.VmImage;
import io.scratchvm.vmm.api.Setting;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.File;
import java.io.IOException;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/** Checks an image and says what it holds. A module without a guest and without an image is passed over. */
@Mojo(name = "inspect", threadSafe = true)
public class InspectMojo extends VmmMojo {
    /** The image. */
    @Parameter(property = "vmm.image", defaultValue = "${project.build.directory}/vmm/vm.vmimg")
    private File image;

    /** The file that holds the key that the image must be sealed with. */
    @Parameter(property = "vmm.key")
    private @Nullable String key;

    /** Answers with one JSON object instead of text. */
    @Parameter(property = "vmm.json", defaultValue = "false")
    private boolean json;

    @Inject
    public InspectMojo(MavenProject project, MavenSession session) {
        super(project, session);
    }

    @Override
    protected void perform() throws IOException {
        if (!module().mayHaveImage(image.toPath())) {
            getLog().info("Passed over: this module has no guest and no image.");
            return;
        }
        VmConfiguration.Builder settings = VmConfiguration.builder();
        Settings.apply(Setting.KEY, key, settings);
        try (VmImage held = VmImage.read(image.toPath(), settings.build().imageKey())) {
            (json ? held.toJson() : held.describe()).lines().forEach(getLog()::info);
        }
    }
}
