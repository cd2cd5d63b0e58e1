package io.scratchvm.maven;

import io.scratchvm.vmm.ProgressLog;
import io.scratchvm.vmm.api.Setting;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.File;
import java.io.IOException;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a VM that another VMM sends, and runs it to the guest's end. Called on the command line for a build of several
 * modules, it passes over those without a guest; an execution in a pom is meant wherever it stands.
 */
@Mojo(name = "receive", defaultPhase = LifecyclePhase.INTEGRATION_TEST, threadSafe = true)
public class ReceiveMojo extends GuestMojo {
    @Parameter(defaultValue = "${mojoExecution}", readonly = true)
    private MojoExecution execution;

    /** Where to wait for a VM, {@code HOST:PORT}; {@code localhost:18086} by default. */
    @Parameter(property = "vmm.listen")
    private @Nullable String listen;

    /** Goes on with the interrupted migration of this token, which its message named. */
    @Parameter(property = "vmm.resume")
    private @Nullable String resume;

    /** The directory of what an interrupted migration goes on from. */
    @Parameter(property = "vmm.journal", defaultValue = "${project.build.directory}/vmm/journal")
    private File journal;

    /** How long to wait for the other side: {@code 10s}, {@code 5m}, {@code 1h}; 5 minutes by default. */
    @Parameter(property = "vmm.wait")
    private @Nullable String wait;

    /** The most that the other side may take for one step of the conversation; 30 seconds by default. */
    @Parameter(property = "vmm.peerTimeout")
    private @Nullable String peerTimeout;

    /**
     * A PKCS #12 file with this side's key and the certificates that it trusts. On loopback none is needed; any other
     * address needs one on both sides.
     */
    @Parameter(property = "vmm.tls")
    private @Nullable File tls;

    /** The file with that store's password. */
    @Parameter(property = "vmm.tlsPassword")
    private @Nullable File tlsPassword;

    /** How open files reach the other side: {@code copy}, or {@code shared} where both sides see the same files. */
    @Parameter(property = "vmm.storage")
    private @Nullable String storage;

    /**
     * Replaces a different file that stands under the name of a sent one; otherwise such a VM is refused. By default on
     * in {@code target/vmm/root}, off in a directory that you name with {@code vmm.root}.
     */
    @Parameter(property = "vmm.overwrite")
    private @Nullable String overwrite;

    /** The most bytes of open files that are taken; 1 GiB by default, {@code none} for no limit. */
    @Parameter(property = "vmm.maxFiles")
    private @Nullable String maxFiles;

    @Inject
    public ReceiveMojo(MavenProject project, MavenSession session) {
        super(project, session);
    }

    @Override
    protected void perform() throws IOException, MojoFailureException {
        if (module().mayBeAnothersBusiness() && execution.getSource() == MojoExecution.Source.CLI) {
            getLog().info("Passed over: this module has no guest.");
            return;
        }
        // The root is left as it is: a sender in the same module has its guest's open files there.
        requireExpectedExit(live(session -> resume == null ? session.receive() : session.resumeReceive(resume)));
    }

    @Override
    protected void applyOwnSettings(VmConfiguration.Builder settings) throws IOException {
        settings.migration().notices(log()).progress(new ProgressLog(log()));
        Settings.apply(Setting.LISTEN, listen, settings);
        Settings.apply(Setting.JOURNAL, journal, settings);
        Settings.apply(Setting.WAIT, wait, settings);
        Settings.apply(Setting.PEER_TIMEOUT, peerTimeout, settings);
        Settings.apply(Setting.TLS, tls, settings);
        Settings.apply(Setting.TLS_PASSWORD, tlsPassword, settings);
        Settings.apply(Setting.STORAGE, storage, settings);
        Settings.apply(Setting.OVERWRITE, overwrite == null ? ownsRoot() : overwrite, settings);
        Settings.apply(Setting.MAX_FILES, maxFiles, settings);
    }

    @Override
    protected boolean tracesByDefault() {
        return true;
    }

    /** A sender in the same module writes its own at the same time. */
    @Override
    protected String logName(String name) {
        return "receive-" + name;
    }
}
