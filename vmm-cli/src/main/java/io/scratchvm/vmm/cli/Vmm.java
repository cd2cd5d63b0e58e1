package io.scratchvm.vmm.cli;

import io.scratchvm.vmm.ErrorMessage;
import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.ProgressLog;
import io.scratchvm.vmm.SavePoint;
import io.scratchvm.vmm.Session;
import io.scratchvm.vmm.Version;
import io.scratchvm.vmm.VmDifference;
import io.scratchvm.vmm.VmImage;
import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.Notation;
import io.scratchvm.vmm.api.Setting;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One command from its arguments to its exit status. */
final class Vmm {
    /** The exit status of a comparison that found a difference. */
    static final int DIFFERENT = 1;

    /** The exit status of a migration in doubt. */
    static final int IN_DOUBT = 124;

    /** The exit status of every other error of the VMM itself. */
    static final int ERROR = 125;

    private final Terminal terminal;
    private final Interrupt interrupt;

    Vmm(Terminal terminal, Interrupt interrupt) {
        this.terminal = terminal;
        this.interrupt = interrupt;
    }

    /** Does what {@code arguments} ask for and returns the exit status; throws nothing. */
    int execute(String[] arguments) {
        try {
            return execute(CommandLine.parse(arguments));
        } catch (Throwable thrown) {
            return failed(thrown, false);
        }
    }

    private int execute(CommandLine line) {
        try {
            return line.has(Option.HELP) ? answer(Help.of(line.command())) : perform(line);
        } catch (Throwable thrown) {
            return failed(thrown, line.has(Option.DEBUG));
        }
    }

    private int perform(CommandLine line) throws IOException {
        return switch (line.command()) {
            case RUN -> finish(line, session(line).run(start(line)));
            case SAVE -> finish(line, session(line).save(start(line), savePoint(line), image(line)));
            case RESTORE -> restore(line);
            case SEND, RECEIVE -> finish(line, migrate(line));
            case INSPECT -> inspect(line);
            case VERIFY -> verify(line);
            case DIFF -> diff(line);
            case HELP -> help(line);
            case VERSION -> answer("vmm " + Version.CURRENT + '\n');
        };
    }

    private int restore(CommandLine line) throws IOException {
        Path image = Setting.path(line.operand());
        return finish(line, session(line).restore(image));
    }

    private Outcome migrate(CommandLine line) throws IOException {
        try (StatusLine status = new StatusLine(terminal)) {
            VmConfiguration.Builder builder = configuration(line, status.terminal());
            if (!line.has(Option.QUIET)) {
                reportProgress(builder.migration(), status);
            }
            Session session = session(builder);
            return line.command() == Command.SEND ? send(line, session) : receive(line, session);
        }
    }

    private void reportProgress(MigrationConfiguration.Builder migration, StatusLine status) {
        Consumer<String> notices = status.terminal().notices();
        migration.notices(notices);
        migration.progress(terminal.isInteractive() ? new TransferProgress(status) : new ProgressLog(notices));
    }

    private static Outcome send(CommandLine line, Session session) throws IOException {
        String resumed = line.value(Option.RESUME);
        String aborted = line.value(Option.ABORT);
        if (resumed == null && aborted == null) {
            return session.send(start(line), savePoint(line), image(line));
        }
        if (resumed != null && aborted != null) {
            throw new VmmException("a migration goes on (--resume) or is taken back (--abort), not both");
        }
        line.noOperand();
        return resumed == null ? session.abortSend(aborted) : session.resumeSend(resumed);
    }

    private static Outcome receive(CommandLine line, Session session) throws IOException {
        line.noOperand();
        String resumed = line.value(Option.RESUME);
        return resumed == null ? session.receive() : session.resumeReceive(resumed);
    }

    private int inspect(CommandLine line) throws IOException {
        try (VmImage image = open(line)) {
            return answer((line.has(Option.JSON) ? image.toJson() : image.describe()).stripTrailing() + '\n');
        }
    }

    private int verify(CommandLine line) throws IOException {
        try (VmImage image = open(line)) {
            String good = line.operand() + ": whole and undamaged, " + image.instructions() + " instructions old";
            String moved =
                    image.moveToken() == null ? "" : "; moved or moving to another VMM, token " + image.moveToken();
            return line.has(Option.QUIET) ? 0 : answer(good + moved + '\n');
        }
    }

    private int diff(CommandLine line) throws IOException {
        List<String> images = line.twoOperands();
        byte @Nullable [] key = key(line);
        try (VmImage before = VmImage.readLazily(Setting.path(images.get(0)), key);
                VmImage after = VmImage.readLazily(Setting.path(images.get(1)), key)) {
            VmDifference difference = before.diff(after);
            if (!line.has(Option.QUIET)) {
                answer((line.has(Option.JSON) ? difference.toJson() : difference.describe()).stripTrailing() + '\n');
            }
            return difference.isEmpty() ? 0 : DIFFERENT;
        }
    }

    private static VmImage open(CommandLine line) throws IOException {
        return VmImage.read(Setting.path(line.operand()), key(line));
    }

    private static byte @Nullable [] key(CommandLine line) throws IOException {
        VmConfiguration.Builder settings = VmConfiguration.builder();
        String key = line.value(Option.KEY);
        if (key != null) {
            apply(Option.KEY, Setting.KEY, key, settings);
        }
        return settings.build().imageKey();
    }

    private int help(CommandLine line) throws IOException {
        if (line.operands().isEmpty()) {
            return answer(Help.general());
        }
        String word = line.operand();
        Command command = Command.named(word);
        if (command == null) {
            throw new VmmException(
                    "'" + word + "' is no command" + Suggestion.ofCommand(word) + "; 'vmm help' lists them");
        }
        return answer(Help.of(command));
    }

    private int answer(String text) throws IOException {
        terminal.answer(text);
        return 0;
    }

    private Session session(CommandLine line) throws IOException {
        return session(configuration(line, terminal));
    }

    private Session session(VmConfiguration.Builder configuration) {
        Session session = new Session(configuration.build());
        interrupt.stops(session);
        return session;
    }

    private static VmConfiguration.Builder configuration(CommandLine line, Terminal terminal) throws IOException {
        VmConfiguration.Builder builder = VmConfiguration.builder()
                .standardInput(terminal.in())
                .standardOutput(terminal.out())
                .standardError(terminal.err());
        if (traces(line)) {
            builder.trace(terminal.trace());
        }
        for (Option option : Option.values()) {
            Setting setting = option.setting();
            String value = line.value(option);
            if (setting != null && value != null) {
                apply(option, setting, value, builder);
            }
        }
        return builder;
    }

    private static void apply(Option option, Setting setting, String value, VmConfiguration.Builder builder)
            throws IOException {
        try {
            setting.apply(builder, value);
        } catch (VmmException e) {
            throw about(option, e);
        }
    }

    private static VmmException about(Option option, VmmException e) {
        return new VmmException(option.spelling() + ": " + e.getMessage(), e);
    }

    private static boolean traces(CommandLine line) {
        if (line.has(Option.NO_TRACE)) {
            return false;
        }
        return line.has(Option.TRACE) || line.command() != Command.RUN && !line.has(Option.QUIET);
    }

    private static Start start(CommandLine line) {
        List<String> operands = line.operands();
        String boot = line.value(Option.BOOT);
        Start start = Start.of(
                Setting.path(line.firstOperand()),
                boot == null ? null : Setting.path(boot),
                flatAddress(line),
                line.has(Option.MULTIBOOT),
                operands.subList(1, operands.size()));
        return start.withEnvironment(environment(line));
    }

    private static Map<String, String> environment(CommandLine line) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String variable : line.values(Option.ENV)) {
            int equals = variable.indexOf('=');
            if (equals < 1) {
                throw new VmmException("--env " + variable + ": write NAME=VALUE");
            }
            environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return environment;
    }

    private static @Nullable Long flatAddress(CommandLine line) {
        String address = line.value(Option.FLAT);
        try {
            return address == null ? null : Notation.size(address);
        } catch (VmmException e) {
            throw about(Option.FLAT, e);
        }
    }

    private static SavePoint savePoint(CommandLine line) {
        String point = line.value(Option.AT);
        try {
            return point == null ? new SavePoint.SaveCall() : SavePoint.of(point);
        } catch (VmmException e) {
            throw about(Option.AT, e);
        }
    }

    private static Path image(CommandLine line) {
        return Setting.path(line.value(Option.IMAGE, "vm.vmimg"));
    }

    private int finish(CommandLine line, Outcome outcome) {
        boolean error = outcome.status() == ERROR || outcome.status() == IN_DOUBT;
        if (!outcome.message().isEmpty() && (error && outcome.stop().isEnd() || !line.has(Option.QUIET))) {
            terminal.say("vmm: " + message(line, outcome));
        }
        if (line.has(Option.JSON)) {
            terminal.say(outcome.figures().toJson());
        } else if (line.has(Option.STATS)) {
            terminal.say(outcome.statistics());
        }
        return outcome.status();
    }

    /** An interrupted migration can be gone on with, and the outcome says how. */
    private String message(CommandLine line, Outcome outcome) {
        if (!interrupt.happened()) {
            return outcome.message();
        }
        return line.command().migrates() ? "interrupted: " + outcome.message() : "interrupted";
    }

    private int failed(Throwable thrown, boolean debug) {
        if (debug) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace, true));
            terminal.say(trace.toString().stripTrailing());
        }
        terminal.say("vmm: " + ErrorMessage.of(thrown));
        return ERROR;
    }
}
