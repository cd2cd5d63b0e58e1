package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.SavePoint;
import io.scratchvm.vmm.Session;
import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One side of a migration: a directory with a root for the guest's files and a journal, and all that its sessions, one
 * after the other, have shown.
 */
final class Side {
    private static final Pattern PORT = Pattern.compile(":(\\d+)");
    private static final Pattern TOKEN = Pattern.compile("([0-9a-f]{32})\\.(send|receive)");

    final Path directory;
    final Path root;
    final Path journal;
    final Path image;
    final List<String> trace = new CopyOnWriteArrayList<>();
    final List<String> notices = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private String peerHost = "127.0.0.1";
    private Path keyStore;
    private Consumer<String> traceShown = trace::add;
    private Consumer<String> noticesShown = notices::add;
    private OutputStream outputShown = output;
    private final String input;
    private Duration patience = Duration.ofSeconds(20);
    private Duration stepLimit = Duration.ofSeconds(2);

    private Side(Path directory, String input) {
        this.directory = directory;
        this.root = directory.resolve("root");
        this.journal = directory.resolve("journal");
        this.image = directory.resolve("vm.vmimg");
        this.input = input;
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Side source(Path directory) {
        return new Side(directory.resolve("source"), MovingGuest.SOURCE_INPUT);
    }

    static Side destination(Path directory) {
        return new Side(directory.resolve("destination"), MovingGuest.DESTINATION_INPUT);
    }

    /** The side that has this directory already. */
    static Side in(Path directory) {
        return directory.endsWith("source") ? source(directory.getParent()) : destination(directory.getParent());
    }

    /** Shows its sessions' lines and output to these, keeping nothing. */
    Side showing(Consumer<String> trace, Consumer<String> notices, OutputStream output) {
        traceShown = trace;
        noticesShown = notices;
        outputShown = output;
        return this;
    }

    /** As if its sessions so far had not been: for a guest that is started again from its beginning. */
    void forget() throws IOException {
        trace.clear();
        output.reset();
        for (String token : tokenIfAny().stream().toList()) {
            Files.delete(journal.resolve(token + ".send"));
        }
    }

    /** What a process of this side has written. */
    void output(byte[] bytes) {
        output.writeBytes(bytes);
    }

    /** Waits no longer than this for the other side. */
    Side patient(Duration patience, Duration stepLimit) {
        this.patience = patience;
        this.stepLimit = stepLimit;
        return this;
    }

    VmConfiguration.Builder configuration(int port) {
        VmConfiguration.Builder builder = VmConfiguration.builder()
                .root(root)
                .trace(traceShown)
                .standardInput(new ByteArrayInputStream(input.getBytes(StandardCharsets.US_ASCII)))
                .standardOutput(outputShown)
                .standardError(outputShown);
        builder.migration()
                .peer(new PeerAddress(peerHost, port))
                .journal(journal)
                .patience(patience)
                .stepLimit(stepLimit)
                .notices(noticesShown);
        if (keyStore != null) {
            builder.migration().tls(keyStore).tlsPassword(KeyStores.PASSWORD.toCharArray());
        }
        return builder;
    }

    /** Meets the other side at this address, over TLS with this key store. */
    Side at(String host, Path tls) {
        peerHost = host;
        keyStore = tls;
        return this;
    }

    String peerHost() {
        return peerHost;
    }

    /** Null for a link in the clear. */
    Path keyStore() {
        return keyStore;
    }

    Outcome send(int port) throws IOException {
        return session(port).send(MovingGuest.start(), new SavePoint.SaveCall(), image);
    }

    Outcome resumeSend(int port) throws IOException {
        return session(port).resumeSend(token());
    }

    Outcome abortSend(int port) throws IOException {
        return session(port).abortSend(token());
    }

    Outcome receive() throws IOException {
        return session(0).receive();
    }

    Outcome resumeReceive() throws IOException {
        return session(0).resumeReceive(token());
    }

    Session session(int port) {
        return new Session(configuration(port).build());
    }

    String output() {
        return output.toString(StandardCharsets.US_ASCII);
    }

    /** How often a guest has come to its end here. */
    long ends() {
        return trace.stream().filter(line -> line.contains("EXIT ")).count();
    }

    /** The token of the one migration in the journal. */
    String token() throws IOException {
        return tokenIfAny().orElseThrow(() -> new IllegalStateException("no migration in " + journal));
    }

    Optional<String> tokenIfAny() throws IOException {
        if (!Files.isDirectory(journal)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(journal)) {
            List<String> tokens = files.map(
                            file -> TOKEN.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(match -> match.group(1))
                    .toList();
            if (tokens.size() > 1) {
                throw new IllegalStateException("several migrations in " + journal + ": " + tokens);
            }
            return tokens.stream().findAny();
        }
    }

    /** The port that the {@code number}th session of this side, from 1, listens at; waits until it does. */
    int port(int number) throws InterruptedException {
        await(() -> ports().size() >= number, "it does not say where it listens");
        return ports().get(number - 1);
    }

    /** Waits until the trace has this line. */
    void awaitTrace(String line) throws InterruptedException {
        await(() -> trace.contains(line), "its trace has no " + line);
    }

    private void await(BooleanSupplier condition, String otherwise) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(otherwise + ": " + trace + notices);
            }
            Thread.sleep(0, 200_000);
        }
    }

    /** The ports that its sessions have listened at, one after the other. */
    List<Integer> ports() {
        return notices.stream()
                .filter(line -> line.startsWith("listening"))
                .map(PORT::matcher)
                .filter(Matcher::find)
                .map(match -> Integer.valueOf(match.group(1)))
                .toList();
    }
}
