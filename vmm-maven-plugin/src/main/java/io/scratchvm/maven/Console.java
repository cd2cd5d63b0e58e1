package io.scratchvm.maven;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.maven.plugin.logging.Log;

/**
 * Where a guest's output and trace go in a build: to the log, and as they are to two files, which a run begins anew.
 */
final class Console implements AutoCloseable {
    private final LineLog lines;
    private final OutputStream file;
    private final Writer traceFile;
    private final Consumer<String> log;

    Console(Path consoleFile, Path traceFile, Log log, boolean quiet) throws IOException {
        this.log = quiet ? log::debug : log::info;
        this.lines = new LineLog(this.log);
        this.file = new BufferedOutputStream(open(consoleFile));
        try {
            this.traceFile = new BufferedWriter(new OutputStreamWriter(open(traceFile), StandardCharsets.UTF_8));
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** What the guest's standard output and error are connected to; closing it does nothing. */
    OutputStream output() {
        return new Output();
    }

    /** What takes the trace's lines. */
    Consumer<String> trace() {
        return line -> {
            log.accept(line);
            try {
                traceFile.write(line);
                traceFile.write('\n');
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    @Override
    public void close() throws IOException {
        lines.close();
        try (file) {
            traceFile.close();
        }
    }

    private static OutputStream open(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.newOutputStream(file);
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            file.write(value);
            lines.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            file.write(bytes, offset, count);
            lines.write(bytes, offset, count);
        }
    }
}
