package io.scratchvm.vmm.cli;

import static io.scratchvm.vmm.cli.Command.DIFF;
import static io.scratchvm.vmm.cli.Command.INSPECT;
import static io.scratchvm.vmm.cli.Command.RECEIVE;
import static io.scratchvm.vmm.cli.Command.RESTORE;
import static io.scratchvm.vmm.cli.Command.RUN;
import static io.scratchvm.vmm.cli.Command.SAVE;
import static io.scratchvm.vmm.cli.Command.SEND;
import static io.scratchvm.vmm.cli.Command.VERIFY;

import io.scratchvm.vmm.api.Setting;
import org.jspecify.annotations.Nullable;

/**
 * Every option: this table is what parsing, help and suggestions read, so a new option is one row (and one
 * {@link Setting} where it is about the VM itself).
 */
enum Option {
    BOOT(
            "boot",
            "FILE",
            null,
            "start in real mode with this boot image; PROGRAM is the application image",
            RUN,
            SAVE,
            SEND),
    FLAT("flat", "ADDRESS", null, "load PROGRAM's raw bytes at ADDRESS and start there in real mode", RUN, SAVE, SEND),
    MULTIBOOT("multiboot", null, null, "PROGRAM is a Multiboot kernel, ARG… its command line", RUN, SAVE, SEND),
    ENV("env", "NAME=VALUE", null, "a variable of PROGRAM's environment; may be given for each", RUN, SAVE, SEND),
    IMAGE("image", "FILE", null, "the image to write (vm.vmimg)", SAVE, SEND),
    AT(
            "at",
            "POINT",
            null,
            "save after N instructions, at the first read of standard 'input', or at a SYMBOL",
            SAVE,
            SEND),
    TO("to", "HOST:PORT", Setting.TO, "where the other VMM listens (localhost:18086)", SEND),
    LISTEN("listen", "HOST:PORT", Setting.LISTEN, "where to wait for a VM (localhost:18086)", RECEIVE),
    RESUME("resume", "TOKEN", null, "go on with an interrupted migration; there is no PROGRAM then", SEND, RECEIVE),
    ABORT("abort", "TOKEN", null, "take back a VM that was offered and not moved; no PROGRAM either", SEND),
    JOURNAL(
            "journal",
            "DIR",
            Setting.JOURNAL,
            "what an interrupted migration goes on from (vmm-journal)",
            SEND,
            RECEIVE),
    WAIT("wait", "DURATION", Setting.WAIT, "how long to wait for the other side (5m)", SEND, RECEIVE),
    PEER_TIMEOUT(
            "peer-timeout",
            "DURATION",
            Setting.PEER_TIMEOUT,
            "the most the other side may take for one step (30s)",
            SEND,
            RECEIVE),
    TLS("tls", "FILE", Setting.TLS, "PKCS #12: our key, and whom to trust; only loopback needs none", SEND, RECEIVE),
    TLS_PASSWORD("tls-password", "FILE", Setting.TLS_PASSWORD, "the file with that store's password", SEND, RECEIVE),
    STORAGE("storage", "KIND", Setting.STORAGE, "copy, or shared: both sides see the same files (copy)", SEND, RECEIVE),
    OVERWRITE("overwrite", null, Setting.OVERWRITE, "replace a different file of a sent file's name", RECEIVE),
    MAX_FILES("max-files", "SIZE", Setting.MAX_FILES, "the most bytes of open files to take (1G)", RECEIVE),
    ON_FAILURE(
            "on-failure",
            "ACTION",
            Setting.ON_FAILURE,
            "keep the image, or resume the guest here, if it cannot be moved (keep)",
            SEND),
    LIVE("live", null, Setting.LIVE, "send memory while the guest runs, stop it only for the rest", SEND),
    MAX_DOWNTIME("max-downtime", "DURATION", Setting.MAX_DOWNTIME, "how long --live may stop the guest (300ms)", SEND),
    MAX_ROUNDS("max-rounds", "N", Setting.MAX_ROUNDS, "after so many rounds --live stops it in any case (30)", SEND),
    MEMORY(
            "memory",
            "SIZE",
            Setting.MEMORY,
            "guest memory: 64K, 1M, 2G (0xF000 with --boot, else 256M); receive: the most"),
    ROOT("root", "DIR", Setting.ROOT, "the directory of the guest's files (the current one)"),
    FILES("files", "POLICY", Setting.FILES, "files open at a save: fail, truncate, accept or embed (fail)"),
    KEY(
            "key",
            "FILE",
            Setting.KEY,
            "the key that seals images",
            RUN,
            SAVE,
            RESTORE,
            SEND,
            RECEIVE,
            INSPECT,
            VERIFY,
            DIFF),
    LAZY("lazy", null, Setting.LAZY, "check each part of the image at its first use", RESTORE),
    SAVE_IMAGE("save-image", "FILE", Setting.SAVE_IMAGE, "where SAVE writes an image while the VM goes on"),
    SAVE_CALL("save-call", "N", Setting.SAVE_CALL, "the number of the system call SAVE (400)"),
    FIRST_DESCRIPTOR(
            "first-descriptor", "N", Setting.FIRST_DESCRIPTOR, "what the first open returns (8 with --boot, else 3)"),
    CLOCK("clock", "SOURCE", Setting.CLOCK, "virtual or host (virtual)"),
    RANDOM("random", "SOURCE", Setting.RANDOM, "seeded or host (seeded)"),
    ENGINE("engine", "NAME", Setting.ENGINE, "interpreter (the fastest that exists)"),
    MAX_INSTRUCTIONS("max-instructions", "N", Setting.MAX_INSTRUCTIONS, "stop after N instructions"),
    TIMEOUT("timeout", "DURATION", Setting.TIMEOUT, "stop after 500ms, 10s, 5m, 1h"),
    MAX_OUTPUT("max-output", "SIZE", Setting.MAX_OUTPUT, "stop after so much output"),
    TRACE("trace", null, null, "show the guest's system calls (default but for run)"),
    NO_TRACE("no-trace", null, null, "do not show them (default for run)"),
    STATS("stats", null, null, "end with a line of figures"),
    QUIET("quiet", null, null, "show errors only", RUN, SAVE, RESTORE, SEND, RECEIVE, VERIFY, DIFF),
    JSON("json", null, null, "answer, or end, with one JSON object", SEND, RECEIVE, INSPECT, DIFF),
    DEBUG(
            "debug",
            null,
            null,
            "show where in the VMM an error came from",
            RUN,
            SAVE,
            RESTORE,
            SEND,
            RECEIVE,
            INSPECT,
            VERIFY,
            DIFF),
    HELP("help", null, null, "show this", Command.values());

    private static final Option[] ALL = values();

    private final String word;
    private final @Nullable String valueName;
    private final @Nullable Setting setting;
    private final String help;
    private final int commands;

    /** Of every command that runs a guest. */
    Option(String word, @Nullable String valueName, @Nullable Setting setting, String help) {
        this(word, valueName, setting, help, RUN, SAVE, RESTORE, SEND, RECEIVE);
    }

    Option(String word, @Nullable String valueName, @Nullable Setting setting, String help, Command... commands) {
        this.word = word;
        this.valueName = valueName;
        this.setting = setting;
        this.help = help;
        int set = 0;
        for (Command command : commands) {
            set |= 1 << command.ordinal();
        }
        this.commands = set;
    }

    /** The option of this name, which stands after {@code --}; null for none. */
    static @Nullable Option named(String word) {
        for (Option option : ALL) {
            if (option.word.equals(word)) {
                return option;
            }
        }
        return null;
    }

    /** The name that stands after {@code --}. */
    String word() {
        return word;
    }

    /** How the option is written, without its value. */
    String spelling() {
        return "--" + word;
    }

    boolean takesValue() {
        return valueName != null;
    }

    /** What help calls the value; null for an option that takes none. */
    @Nullable
    String valueName() {
        return valueName;
    }

    /** The setting of the VM that this option gives; null for an option about the command itself. */
    @Nullable
    Setting setting() {
        return setting;
    }

    /** One line, with the default in parentheses. */
    String help() {
        return help;
    }

    boolean appliesTo(Command command) {
        return (commands & 1 << command.ordinal()) != 0;
    }
}
