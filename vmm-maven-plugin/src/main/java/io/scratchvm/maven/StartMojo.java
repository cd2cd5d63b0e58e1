package io.scratchvm.maven;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.api.Notation;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/** What the goals share that start a guest: which one, and how. */
abstract class StartMojo extends GuestMojo {
    /**
     * The guest: the name of a program that {@code vmm:assemble} builds, or a file. By default the only program that
     * the module has.
     */
    @Parameter(property = "vmm.program")
    private @Nullable String program;

    /** The boot image of a guest that starts in real mode; for an assembled program, the module's own by default. */
    @Parameter(property = "vmm.boot")
    private @Nullable String boot;

    /** Where the program's raw bytes are loaded and entered in real mode. */
    @Parameter(property = "vmm.flat")
    private @Nullable String flat;

    /** Whether the program is a Multiboot kernel; its arguments are its command line then. */
    @Parameter(property = "vmm.multiboot", defaultValue = "false")
    private boolean multiboot;

    /** The program's arguments; on the command line separated by commas. */
    @Parameter(property = "vmm.arguments")
    private @Nullable List<String> arguments;

    /** The program's environment: each element is a variable's name with its value, {@code <HOME>/</HOME>}. */
    @Parameter
    private @Nullable Map<String, String> environmentVariables;

    protected StartMojo(MavenProject project, MavenSession session) {
        super(project, session);
    }

    @Override
    protected final void perform() throws IOException, MojoFailureException {
        Optional<Life> life = life();
        if (life.isEmpty()) {
            getLog().info("Passed over: this module has no guest.");
            return;
        }
        conclude(live(life.get()));
    }

    /** What a session is to do; empty if the module is to be passed over. */
    protected Optional<Life> life() throws IOException {
        Optional<Start> start = start();
        if (start.isPresent()) {
            clearOwnRoot();
        }
        return start.map(this::inItsEnvironment).map(this::lifeOf);
    }

    private Start inItsEnvironment(Start start) {
        if (environmentVariables == null) {
            return start;
        }
        Map<String, String> environment = new LinkedHashMap<>();
        // Maven has null for an empty element.
        environmentVariables.forEach((name, value) -> environment.put(name, value == null ? "" : value));
        return start.withEnvironment(environment);
    }

    /** What a session does with a guest that starts anew. */
    protected abstract Life lifeOf(Start start);

    /** Says how it went. */
    protected abstract void conclude(Outcome outcome) throws IOException, MojoFailureException;

    /**
     * The guest that the parameters or the module name, assembled; empty if there is none, and the module is to be
     * passed over.
     *
     * @throws VmmException if the parameters name a guest that is not there
     */
    private Optional<Start> start() throws IOException {
        Module module = module();
        String name = program == null && module.hasGuestSources() ? onlyProgram(module) : program;
        if (name == null) {
            if (boot != null || flat != null || multiboot) {
                throw new VmmException("which guest? Name it with vmm.program");
            }
            return Optional.empty();
        }
        return start(module, name);
    }

    private Optional<Start> start(Module module, String name) throws IOException {
        Path assembled = module.programImage(name);
        boolean ours = Files.isRegularFile(assembled);
        if (ours && boot == null && flat == null && !multiboot) {
            return Optional.of(Start.of(assembled, module.bootImage(), null, false, arguments()));
        }
        Path file = ours ? assembled : module.path(name);
        if (!Files.exists(file)) {
            return noSuch(module, name);
        }
        return Optional.of(
                Start.of(file, boot == null ? null : module.path(boot), flatAddress(), multiboot, arguments()));
    }

    /** A program named for a whole build is some module's; the other modules are passed over. */
    private Optional<Start> noSuch(Module module, String name) throws IOException {
        if (module.mayBeAnothersBusiness()) {
            return Optional.empty();
        }
        List<String> programs = module.programs();
        throw new VmmException("there is no program " + name
                + (programs.isEmpty() ? "" : "; this module's are " + String.join(", ", programs)));
    }

    private String onlyProgram(Module module) throws IOException {
        List<String> programs = module.programs();
        if (programs.size() != 1) {
            throw new VmmException("which of this module's programs? Name one of " + String.join(", ", programs)
                    + " with vmm.program");
        }
        return programs.get(0);
    }

    private @Nullable Long flatAddress() {
        try {
            return flat == null ? null : Notation.size(flat);
        } catch (VmmException e) {
            throw new VmmException("vmm.flat: " + e.getMessage(), e);
        }
    }

    private List<String> arguments() {
        return arguments == null ? List.of() : arguments;
    }
}
