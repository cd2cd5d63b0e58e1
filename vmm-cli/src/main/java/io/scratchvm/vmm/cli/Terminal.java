package io.scratchvm.vmm.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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

    private record Trace(Terminal terminal) implements Consumer<String> {
        @Override
        public void accept(String line) {
            terminal.say(line);
        }
    }
}
