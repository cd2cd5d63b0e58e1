package io.scratchvm.maven;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.ProgressLog;
import io.scratchvm.vmm.Session;
import io.scratchvm.vmm.api.Setting;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import java.io.File;
import java.io.IOException;
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
 * Assembles the module's guest, runs it until it asks for SAVE, and moves the VM to another VMM, which
 * {@code vmm:receive} or {@code vmm receive} starts, before or after. A module without a guest is passed over.
 */
@Execute(goal = "assemble")
@Mojo(name = "send", defaultPhase = LifecyclePhase.INTEGRATION_TEST, threadSafe = true)
public class SendMojo extends SavingMojo {
    /** Where the other VMM listens, {@code HOST:PORT}; {@code localhost:18086} by default. */
    @Parameter(property = "vmm.to")
    private @Nullable String to;

    /** Goes on with the interrupted migration of this token, which its message named, instead of starting a guest. */
    @Parameter(property = "vmm.resume")
    private @Nullable String resume;

    /** Takes back the VM of this token, which was offered and not moved, instead of starting a guest. */
    @Parameter(property = "vmm.abort")
    private @Nullable String abort;

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

    /** What becomes of a VM that cannot be moved: {@code keep} the image, or {@code resume} the guest here. */
    @Parameter(property = "vmm.onFailure")
    private @Nullable String onFailure;

    /** Sends memory while the guest runs, and stops it only for the rest. */
    @Parameter(property = "vmm.live")
    private @Nullable String live;

    /** How long a live migration may stop the guest; 300 ms by default. */
    @Parameter(property = "vmm.maxDowntime")
    private @Nullable String maxDowntime;

    /** After so many rounds over its memory a live migration stops the guest, whatever is left; 30 by default. */
    @Parameter(property = "vmm.maxRounds")
    private @Nullable String maxRounds;

    @Inject
    public SendMojo(MavenProject project, MavenSession session) {
        super(project, session);
    }

    @Override
    protected Life lifeOf(Start start) {
        return session -> session.send(start, savePoint(), image());
    }

    @Override
    protected void conclude(Outcome outcome) throws MojoFailureException {
        if (outcome.stop().isEnd()) {
            requireExpectedExit(outcome);
        }
        if (!outcome.message().isEmpty()) {
            getLog().info(outcome.message());
        }
    }

    @Override
    protected Optional<Life> life() throws IOException {
        if (resume != null && abort != null) {
            throw new VmmException("a migration goes on (vmm.resume) or is taken back (vmm.abort), not both");
        }
        if (resume != null || abort != null) {
            return module().mayBeAnothersBusiness() ? Optional.empty() : Optional.of(this::goOn);
        }
        return super.life();
    }

    private Outcome goOn(Session session) throws IOException {
        return resume == null ? session.abortSend(abort) : session.resumeSend(resume);
    }

    @Override
    protected void applyOwnSettings(VmConfiguration.Builder settings) throws IOException {
        settings.migration().notices(log()).progress(new ProgressLog(log()));
        Settings.apply(Setting.TO, to, settings);
        Settings.apply(Setting.JOURNAL, journal, settings);
        Settings.apply(Setting.WAIT, wait, settings);
        Settings.apply(Setting.PEER_TIMEOUT, peerTimeout, settings);
        Settings.apply(Setting.TLS, tls, settings);
        Settings.apply(Setting.TLS_PASSWORD, tlsPassword, settings);
        Settings.apply(Setting.STORAGE, storage, settings);
        Settings.apply(Setting.ON_FAILURE, onFailure, settings);
        Settings.apply(Setting.LIVE, live, settings);
        Settings.apply(Setting.MAX_DOWNTIME, maxDowntime, settings);
        Settings.apply(Setting.MAX_ROUNDS, maxRounds, settings);
    }
}
