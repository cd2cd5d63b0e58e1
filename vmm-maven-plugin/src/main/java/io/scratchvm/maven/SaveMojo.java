package io.scratchvm.maven;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.api.Start;
import java.io.IOException;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Execute;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.project.MavenProject;

/**
 * Assembles the module's guest, runs it until it asks for SAVE, and writes the VM's image. A module without a guest is
 * passed over.
 */
@Execute(goal = "assemble")
@Mojo(name = "save", defaultPhase = LifecyclePhase.INTEGRATION_TEST, threadSafe = true)
public class SaveMojo extends SavingMojo {
    @Inject
    public SaveMojo(MavenProject project, MavenSession session) {
        super(project, session);
    }

    @Override
    protected Life lifeOf(Start start) {
        return session -> session.save(start, savePoint(), image());
    }

    @Override
    protected void conclude(Outcome outcome) throws IOException, MojoFailureException {
        if (outcome.stop().isEnd()) {
            throw new MojoFailureException(outcome.message());
        }
        getLog().info("Saved to " + image());
    }
}
