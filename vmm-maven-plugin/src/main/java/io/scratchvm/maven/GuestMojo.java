package io.scratchvm.maven;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.Session;
import io.scratchvm.vmm.Stop;
import io.scratchvm.vmm.api.Setting;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/** What the goals share that run a guest: the VM's settings, where its output goes, and what its end means. */
abstract class GuestMojo extends VmmMojo {
    /** The status of what the VMM ended; a guest that exits with it leaves no message. */
    private static final int VMM_ERROR = 125;

    /** Guest memory: {@code 64K}, {@code 1M}, {@code 2G}, {@code 0xF000}. By default what the guest's start asks for. */
    @Parameter(property = "vmm.memory")
    private @Nullable String memory;

    /**
     * The directory of the guest's files. By default {@code target/vmm/root}, which {@code vmm:run}, {@code vmm:save} and
     * {@code vmm:send} empty before the guest starts; a directory that you name is yours, and left as it is.
     */
    @Parameter(property = "vmm.root")
    private @Nullable File root;

    /** What becomes of files that are open at a save: {@code fail}, {@code truncate}, {@code accept}, {@code embed}. */
    @Parameter(property = "vmm.files")
    private @Nullable String files;

    /** The file with the key that images are sealed and checked with. */
    @Parameter(property = "vmm.key")
    private @Nullable String key;

    /** What executes the guest: {@code interpreter}; by default the fastest that exists. */
    @Parameter(property = "vmm.engine")
    private @Nullable String engine;

    /** The guest's clock: {@code virtual} (retired instructions) or {@code host}. */
    @Parameter(property = "vmm.clock")
    private @Nullable String clock;

    /** The guest's random numbers: {@code seeded} or {@code host}. */
    @Parameter(property = "vmm.random")
    private @Nullable String random;

    /** The number of the system call that is SAVE; 400 by default. */
    @Parameter(property = "vmm.saveCall")
    private @Nullable String saveCall;

    /** Where the guest's SAVE writes an image while the VM goes on; by default such a SAVE fails. */
    @Parameter(property = "vmm.saveImage")
    private @Nullable String saveImage;

    /** What the guest's first open returns. By default 8 with a boot image, 3 otherwise. */
    @Parameter(property = "vmm.firstDescriptor")
    private @Nullable String firstDescriptor;

    /** Stops the guest after so many instructions. */
    @Parameter(property = "vmm.maxInstructions")
    private @Nullable String maxInstructions;

    /** Stops the guest after {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}; {@code none} for no limit. */
    @Parameter(property = "vmm.timeout", defaultValue = "10m")
    private String timeout;

    /** Stops the guest after so much output ({@code 1M}). */
    @Parameter(property = "vmm.maxOutput")
    private @Nullable String maxOutput;

    /** The file that is the guest's standard input; empty by default. */
    @Parameter(property = "vmm.input")
    private @Nullable File input;

    /**
     * The guest's standard output and error, byte for byte, of the last run. By default {@code target/vmm/console.log};
     * {@code receive-console.log} for {@code vmm:receive}.
     */
    @Parameter(property = "vmm.consoleLog")
    private @Nullable File consoleLog;

    /**
     * The trace of the last run. By default {@code target/vmm/trace.log}; {@code receive-trace.log} for
     * {@code vmm:receive}.
     */
    @Parameter(property = "vmm.traceLog")
    private @Nullable File traceLog;

    /** Shows the guest's system calls. Off for {@code vmm:run}, on for the other goals. */
    @Parameter(property = "vmm.trace")
    private @Nullable Boolean trace;

    /** Logs the run's figures. */
    @Parameter(property = "vmm.stats", defaultValue = "false")
    private boolean stats;

    /** Keeps the guest's output and trace out of the log; the files get them all the same. */
    @Parameter(property = "vmm.quiet", defaultValue = "false")
    private boolean quiet;

    /** The exit status that the guest must end with; any other fails the build. */
    @Parameter(property = "vmm.expectedExit", defaultValue = "0")
    private int expectedExit;

    protected GuestMojo(MavenProject project, MavenSession session) {
        super(project, session);
    }

    /** One use of a session: run, save or restore. */
    interface Life {
        Outcome of(Session session) throws IOException;
    }

    /** Whether the trace is on where nobody says. */
    protected abstract boolean tracesByDefault();

    /** Makes a session of the parameters, lets {@code life} use it, and returns how that ended. */
    protected final Outcome live(Life life) throws IOException {
        Path directory = rootDirectory();
        Files.createDirectories(directory);
        try (InputStream in = input == null ? InputStream.nullInputStream() : Files.newInputStream(input.toPath());
                Console console = new Console(consoleLog(), traceLog(), getLog(), quiet)) {
            VmConfiguration.Builder settings = VmConfiguration.builder()
                    .root(directory)
                    .standardInput(in)
                    .standardOutput(console.output())
                    .standardError(console.output());
            if (trace == null ? tracesByDefault() : trace) {
                settings.trace(console.trace());
            }
            applySettings(settings);
            Outcome outcome = life.of(new Session(settings.build()));
            console.close();
            report(outcome);
            return outcome;
        }
    }

    /** Settings that only one goal knows. */
    protected void applyOwnSettings(VmConfiguration.Builder settings) throws IOException {}

    /** Empties the default root directory, so that a guest that starts anew finds nothing of an earlier run. */
    protected final void clearOwnRoot() throws IOException {
        if (ownsRoot() && Files.isDirectory(rootDirectory())) {
            deleteContent(rootDirectory());
        }
    }

    /** Fails the build unless the guest ended as expected. */
    protected final void requireExpectedExit(Outcome outcome) throws MojoFailureException {
        boolean ended =
                outcome.stop().reason() == Stop.Reason.EXITED || outcome.stop().reason() == Stop.Reason.KILLED;
        boolean tooSoon = outcome.status() == VMM_ERROR && !outcome.message().isEmpty();
        if (!ended || tooSoon) {
            throw new MojoFailureException(outcome.message());
        }
        if (outcome.status() != expectedExit) {
            String why = outcome.message().isEmpty() ? "" : " (" + outcome.message() + ")";
            throw new MojoFailureException("the guest ended with status " + outcome.status() + why + ", not "
                    + expectedExit + " (vmm.expectedExit); its output is in " + consoleLog());
        }
    }

    /** Where lines for a person go that are no errors. */
    protected final Consumer<String> log() {
        return quiet ? getLog()::debug : getLog()::info;
    }

    /** Whether the root directory is the plugin's, not one that the user named. */
    protected final boolean ownsRoot() {
        return root == null;
    }

    /** The name of a log in {@code target/vmm} that is called {@code name} where no other goal runs at the same time. */
    protected String logName(String name) {
        return name;
    }

    private Path consoleLog() {
        return consoleLog == null ? module().output().resolve(logName("console.log")) : consoleLog.toPath();
    }

    private Path traceLog() {
        return traceLog == null ? module().output().resolve(logName("trace.log")) : traceLog.toPath();
    }

    private Path rootDirectory() {
        return root == null ? module().output().resolve("root") : root.toPath();
    }

    private void applySettings(VmConfiguration.Builder settings) throws IOException {
        Settings.apply(Setting.MEMORY, memory, settings);
        Settings.apply(Setting.FILES, files, settings);
        Settings.apply(Setting.KEY, key, settings);
        Settings.apply(Setting.ENGINE, engine, settings);
        Settings.apply(Setting.CLOCK, clock, settings);
        Settings.apply(Setting.RANDOM, random, settings);
        Settings.apply(Setting.SAVE_CALL, saveCall, settings);
        Settings.apply(Setting.SAVE_IMAGE, saveImage, settings);
        Settings.apply(Setting.FIRST_DESCRIPTOR, firstDescriptor, settings);
        Settings.apply(Setting.MAX_INSTRUCTIONS, maxInstructions, settings);
        Settings.apply(Setting.TIMEOUT, timeout, settings);
        Settings.apply(Setting.MAX_OUTPUT, maxOutput, settings);
        applyOwnSettings(settings);
    }

    private void report(Outcome outcome) {
        if (stats) {
            getLog().info(outcome.statistics());
        }
    }

    /** Links are removed, not followed: what they point to is not ours. */
    private static void deleteContent(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    deleteContent(entry);
                }
                Files.delete(entry);
            }
        }
    }
}
