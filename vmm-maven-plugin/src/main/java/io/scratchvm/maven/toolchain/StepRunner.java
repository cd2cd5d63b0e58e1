package io.scratchvm.maven.toolchain;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugin.logging.Log;

/** Runs the steps that are not up to date, and gives the compiler's own words to the log. */
final class StepRunner {
    private final Command commands;
    private final Log log;
    private int made;

    StepRunner(Command commands, Log log) {
        this.commands = commands;
        this.log = log;
    }

    /** How many steps had something to do. */
    int made() {
        return made;
    }

    /**
     * Brings the step's file up to date and returns it.
     *
     * @throws VmmException if a command fails
     */
    Path run(Step step) throws IOException {
        if (!step.isUpToDate()) {
            step.forget();
            for (List<String> command : step.commands()) {
                execute(step, command);
            }
            step.remember();
            made++;
        }
        return step.output();
    }

    private void execute(Step step, List<String> command) throws IOException {
        log.debug(String.join(" ", command));
        Command.Result result = commands.run(command);
        if (!result.succeeded()) {
            result.output().lines().forEach(log::error);
            String tool = Path.of(command.get(0)).getFileName().toString();
            throw new VmmException(
                    step.what() + ": " + tool + " failed with status " + result.status() + "; its messages are above");
        }
        result.output().lines().forEach(log::warn);
    }
}
