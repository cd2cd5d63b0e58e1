package io.scratchvm.maven;

import io.scratchvm.vmm.ErrorMessage;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;

/** What every goal shares: being skipped, and saying what went wrong. */
abstract class VmmMojo extends AbstractMojo {
    private static final String SKIP = "vmm.skip";

    /** The module that the goal runs in. */
    protected final MavenProject project;

    protected final MavenSession session;

    /** Passes the goal over. {@code -Dvmm.skip=false} wins over what any pom says. */
    @Parameter(property = SKIP, defaultValue = "false")
    private boolean skip;

    protected VmmMojo(MavenProject project, MavenSession session) {
        this.project = project;
        this.session = session;
    }

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        if (isSkipped()) {
            getLog().info("Skipped (vmm.skip).");
            return;
        }
        try {
            perform();
        } catch (VmmException e) {
            throw new MojoFailureException(ErrorMessage.of(e), e);
        } catch (UncheckedIOException e) {
            throw new MojoExecutionException(ErrorMessage.of(e.getCause()), e);
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            throw new MojoExecutionException(ErrorMessage.of(e), e);
        }
    }

    /**
     * Does what the goal is for.
     *
     * @throws VmmException what the user gave cannot be used; becomes a failure
     * @throws IOException for trouble of the environment; becomes an error
     */
    protected abstract void perform() throws IOException, MojoFailureException;

    /** The module that the goal runs in. */
    protected final Module module() {
        return new Module(project, session);
    }

    /** A pom's {@code <skip>} would hide the property of the command line from Maven, so that one is asked first. */
    private boolean isSkipped() {
        String fromCommandLine = session.getUserProperties().getProperty(SKIP);
        return fromCommandLine == null ? skip : Boolean.parseBoolean(fromCommandLine);
    }
}
