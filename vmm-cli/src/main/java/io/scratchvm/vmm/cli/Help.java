package io.scratchvm.vmm.cli;

/** The help texts, made from the tables of commands and options. */
final class Help {
    private static final int COLUMN = 28;

    private Help() {}

    /** All commands. */
    static String general() {
        StringBuilder text = new StringBuilder();
        text.append(
                "usage: vmm COMMAND [OPTION...] ...\n\nBoots, saves, restores and moves x86-64 micro virtual machines.\n\n");
        for (Command command : Command.values()) {
            row(text, "vmm " + command.word() + ' ' + command.operands(), command.summary());
        }
        text.append(
                "\nOptions end at PROGRAM; what follows is the guest's. 'vmm help COMMAND' lists a command's options.\n");
        text.append(
                "\nExit status: the guest's own; 128+N for a guest ended by signal N; 0 for a save or send that worked;\n"
                        + "1 for a diff that found something; 124 for a migration in doubt; 125 for every other error of\n"
                        + "the VMM itself.\n");
        return text.toString();
    }

    /** One command with its options. */
    static String of(Command command) {
        StringBuilder text = new StringBuilder("usage: vmm ").append(command.word());
        text.append(command == Command.HELP || command == Command.VERSION ? "" : " [OPTION...]");
        text.append(command.operands().isEmpty() ? "" : ' ' + command.operands());
        text.append("\n\n").append(sentence(command)).append("\n\n");
        for (Option option : Option.values()) {
            if (option.appliesTo(command)) {
                row(text, option.spelling() + (option.takesValue() ? ' ' + option.valueName() : ""), option.help());
            }
        }
        return text.toString();
    }

    /** The commands that know an option, for a message. */
    static String commandsOf(Option option) {
        StringBuilder text = new StringBuilder();
        for (Command command : Command.values()) {
            if (option.appliesTo(command)) {
                text.append(text.isEmpty() ? "'vmm " : ", 'vmm ")
                        .append(command.word())
                        .append('\'');
            }
        }
        return text.toString();
    }

    private static String sentence(Command command) {
        String summary = command.summary();
        return Character.toUpperCase(summary.charAt(0)) + summary.substring(1) + '.';
    }

    private static void row(StringBuilder text, String left, String right) {
        text.append("  ").append(left);
        for (int i = left.length(); i < COLUMN; i++) {
            text.append(' ');
        }
        text.append(left.length() < COLUMN ? "" : "  ").append(right).append('\n');
    }
}
