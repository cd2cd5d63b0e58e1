package io.scratchvm.vmm.cli;

import io.scratchvm.vmm.api.VmmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command with its options and operands, as the user wrote them. An option given twice counts the last time, unless all
 * its values are asked for.
 */
final class CommandLine {
    private final Command command;
    private final Map<Option, List<String>> values = new EnumMap<>(Option.class);
    private final List<String> operands = new ArrayList<>();

    private CommandLine(Command command) {
        this.command = command;
    }

    /**
     * Reads the arguments of the process. {@code --name value} and {@code --name=value} are the same, {@code --} ends
     * the options, and so does PROGRAM: what follows is the guest's.
     *
     * @throws VmmException if there is no such command or option, or a value is missing
     */
    static CommandLine parse(String[] arguments) {
        if (arguments.length == 0) {
            throw new VmmException("which command? 'vmm help' lists them");
        }
        CommandLine line = new CommandLine(command(arguments[0]));
        int next = 1;
        boolean options = true;
        while (next < arguments.length) {
            String argument = arguments[next++];
            if (options && argument.equals("--")) {
                options = false;
            } else if (options && argument.length() > 1 && argument.charAt(0) == '-') {
                next += line.option(argument, next < arguments.length ? arguments[next] : null);
            } else {
                line.operands.add(argument);
                options &= !line.command.startsGuest();
            }
        }
        return line;
    }

    Command command() {
        return command;
    }

    boolean has(Option option) {
        return values.containsKey(option);
    }

    /** The value given; null if the option was not given. */
    @Nullable
    String value(Option option) {
        List<String> given = values(option);
        return given.isEmpty() ? null : given.get(given.size() - 1);
    }

    /** All values given, in their order. */
    List<String> values(Option option) {
        return values.getOrDefault(option, List.of());
    }

    String value(Option option, String otherwise) {
        String value = value(option);
        return value == null ? otherwise : value;
    }

    List<String> operands() {
        return operands;
    }

    /**
     * The one operand of a command that takes one.
     *
     * @throws VmmException if there are none or more
     */
    String operand() {
        if (operands.size() > 1) {
            throw new VmmException("'" + operands.get(1) + "' is one too many: 'vmm " + command.word() + "' takes one "
                    + command.operands());
        }
        return firstOperand();
    }

    /**
     * Of a command, or a use of it, that takes no operand.
     *
     * @throws VmmException if there is one
     */
    void noOperand() {
        if (!operands.isEmpty()) {
            String use = has(Option.RESUME) ? " --resume" : has(Option.ABORT) ? " --abort" : "";
            throw new VmmException(
                    "'" + operands.get(0) + "' is one too many: 'vmm " + command.word() + use + "' takes none");
        }
    }

    /**
     * The two operands of a command that takes two.
     *
     * @throws VmmException if there are fewer or more
     */
    List<String> twoOperands() {
        if (operands.size() != 2) {
            throw new VmmException("'vmm " + command.word() + "' takes two operands, " + command.operands() + ", not "
                    + operands.size());
        }
        return operands;
    }

    /**
     * The first operand.
     *
     * @throws VmmException if there is none
     */
    String firstOperand() {
        if (operands.isEmpty()) {
            throw new VmmException("missing " + command.operands() + ": 'vmm help " + command.word() + "' tells more");
        }
        return operands.get(0);
    }

    private static Command command(String word) {
        Command command = Command.named(word);
        if (command != null) {
            return command;
        }
        if (word.equals("--help") || word.equals("-h")) {
            return Command.HELP;
        }
        if (word.equals("--version") || word.equals("-V")) {
            return Command.VERSION;
        }
        throw new VmmException("'" + word + "' is no command" + Suggestion.ofCommand(word) + "; 'vmm help' lists them");
    }

    /** Takes an option and returns how many of the following arguments it used. */
    private int option(String argument, @Nullable String following) {
        int equals = argument.indexOf('=');
        String spelling = equals < 0 ? argument : argument.substring(0, equals);
        Option option = option(spelling);
        boolean inline = equals >= 0;
        if (!option.takesValue()) {
            if (inline) {
                throw new VmmException(spelling + " takes no value");
            }
            add(option, "true");
            return 0;
        }
        String value = inline ? argument.substring(equals + 1) : following;
        if (value == null) {
            throw new VmmException(spelling + " needs a value: " + spelling + ' ' + option.valueName());
        }
        add(option, value);
        return inline ? 0 : 1;
    }

    private void add(Option option, String value) {
        values.computeIfAbsent(option, none -> new ArrayList<>()).add(value);
    }

    private Option option(String spelling) {
        Option option = spelling.equals("-h") ? Option.HELP : Option.named(word(spelling));
        if (option == null) {
            throw new VmmException("'" + spelling + "' is no option" + Suggestion.ofOption(command, spelling)
                    + "; 'vmm help " + command.word() + "' lists them");
        }
        if (!option.appliesTo(command)) {
            throw new VmmException(
                    spelling + " is not for 'vmm " + command.word() + "' but for " + Help.commandsOf(option));
        }
        return option;
    }

    private static String word(String spelling) {
        return spelling.startsWith("--") ? spelling.substring(2) : "";
    }
}
