package io.scratchvm.vmm.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A line at the bottom of a terminal that is drawn again and again. Whatever else goes to the terminal must come through
 * {@link #terminal}: the line makes room for it, so that it stands there as if there were no such line.
 */
final class StatusLine implements AutoCloseable {
    /** Carriage return, and "erase in line" of ECMA-48. */
    private static final String ERASE = "\r\u001b[K";

    private final Terminal under;
    private boolean drawn;
    private boolean atLineStart = true;

    StatusLine(Terminal under) {
        this.under = under;
    }

    /** The terminal for everybody else. */
    Terminal terminal() {
        return new Terminal(under.in(), new Above(under.out()), new Above(under.err()));
    }

    /** Draws {@code text}, unless somebody else's line has not ended yet. */
    synchronized void draw(String text) {
        if (atLineStart) {
            write(ERASE + text);
            drawn = true;
        }
    }

    /** Leaves the terminal as if nothing had been drawn. */
    @Override
    public synchronized void close() {
        if (drawn) {
            write(ERASE);
            drawn = false;
        }
    }

    private void write(String text) {
        try {
            under.err().write(text.getBytes(StandardCharsets.UTF_8));
            under.err().flush();
        } catch (IOException e) {
            // Nobody is left to be shown.
        }
    }

    /** Somebody else's output. */
    private final class Above extends OutputStream {
        private final OutputStream out;

        Above(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            synchronized (StatusLine.this) {
                StatusLine.this.close();
                out.write(bytes, offset, count);
                atLineStart = count == 0 ? atLineStart : bytes[offset + count - 1] == '\n';
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }
}
