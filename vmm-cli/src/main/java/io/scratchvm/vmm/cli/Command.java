package io.scratchvm.vmm.cli;

import org.jspecify.annotations.Nullable;

/** What the command line can be asked to do. */
enum Command {
    RUN("run", "PROGRAM [ARG...]", "runs a guest to its end"),
    SAVE("save", "PROGRAM [ARG...]", "runs a guest until it asks for SAVE, writes the image, stops"),
    RESTORE("restore", "IMAGE", "builds a blank VM from an image and runs it"),
    SEND("send", "PROGRAM [ARG...]", "runs a guest until it asks for SAVE, moves the VM to another VMM"),
    RECEIVE("receive", "", "waits for a VM that another VMM sends, and runs it"),
    INSPECT("inspect", "IMAGE", "says what an image holds"),
    VERIFY("verify", "IMAGE", "checks an image whole"),
    DIFF("diff", "IMAGE IMAGE", "says what two saved VMs differ in"),
    HELP("help", "[COMMAND]", "says how a command is used"),
    VERSION("version", "", "says which version this is");

    private static final Command[] ALL = values();

    private final String word;
    private final String operands;
    private final String summary;

    Command(String word, String operands, String summary) {
        this.word = word;
        this.operands = operands;
        this.summary = summary;
    }

    /** The command of this name; null for none. */
    static @Nullable Command named(String word) {
        for (Command command : ALL) {
            if (command.word.equals(word)) {
                return command;
            }
        }
        return null;
    }

    String word() {
        return word;
    }

    /** What follows the options, as help shows it. */
    String operands() {
        return operands;
    }

    String summary() {
        return summary;
    }

    /** Whether this moves a VM between two VMMs. */
    boolean migrates() {
        return this == SEND || this == RECEIVE;
    }

    /** Whether what follows the first operand is the guest's, whatever it looks like. */
    boolean startsGuest() {
        return this == RUN || this == SAVE || this == SEND;
    }
}
