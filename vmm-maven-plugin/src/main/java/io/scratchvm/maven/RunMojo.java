package io.scratchvm.maven;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.api.Start;
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
    protected Life lifeOf(Start start) {
        return session -> session.run(start);
    }

    @Override
    protected void conclude(Outcome outcome) throws MojoFailureException {
        requireExpectedExit(outcome);
    }

    @Override
    protected boolean tracesByDefault() {
        return false;
    }
}
