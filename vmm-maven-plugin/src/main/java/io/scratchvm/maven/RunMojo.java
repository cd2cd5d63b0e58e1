package io.scratchvm.maven;

import io.scratchvm.vmm.api.Start;
import java.io.IOException;
import java.util.Optional;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Execute;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.project.MavenProject;

/** Assembles the module's guest and runs it to its end. A module without a guest is passed over. */
@Execute(goal = "assemble")
@Mojo(name = "run", defaultPhase = LifecyclePhase.INTEGRATION_TEST, threadSafe = true)
public class RunMojo extends StartMojo {
    @Inject
    public RunMojo(MavenProject project, MavenSession session) {
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
        requireExpectedExit(live(session -> session.run(start.get())));
    }

    @Override
    protected boolean tracesByDefault() {
        return false;
    }
}
