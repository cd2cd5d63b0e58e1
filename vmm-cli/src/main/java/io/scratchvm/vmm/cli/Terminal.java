package io.scratchvm.vmm.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The three standard streams of the command. A line goes out in one write, so that two writers do not mix. */
record Terminal(InputStream in, OutputStream out, OutputStream err) {
    /**
     * Answers on standard output.
     *
     * @throws IOException if nobody reads it any more
     */
    void answer(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Says something on standard error, if anybody listens. */
    void say(String line) {
        try {
            err.write((line + '\n').getBytes(StandardCharsets.UTF_8));
            err.flush();
        } catch (IOException e) {
            // Nobody is left to be told.
        }
    }

    /** Where a trace goes. A named class: the first lambda of a process costs several milliseconds. */
    Consumer<String> trace() {
        return new Trace(this);
    }

    /** Where lines about the command itself go. */
    Consumer<String> notices() {
        return new Notices(this);
    }

    /** Whether a person sees standard error, and sees it change. */
    boolean isInteractive() {
        try {
            boolean ofProcess = err instanceof FileOutputStream file && file.getFD() == FileDescriptor.err;
            String kind = System.getenv("TERM");
            return ofProcess && kind != null && !kind.equals("dumb") && isTerminal();
        } catch (IOException e) {
            return false;
        }
    }

    /** Linux says what standard error is; elsewhere Java says whether standard input and output are a terminal. */
    private static boolean isTerminal() {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException notLinux) {
            // Since Java 22 there is a console without a terminal too, unless one asks for the plain kind.
            System.setProperty("jdk.console", "java.base");
            return System.console() != null;
        }
    }

    private record Notices(Terminal terminal) implements Consumer<String> {
        @Override
        public void accept(String line) {
            terminal.say("vmm: " + line);
        }
    }

    private record Trace(Terminal terminal) implements Consumer<String> {
        @Override
        public void accept(String line) {
            terminal.say(line);
        }
    }
}
