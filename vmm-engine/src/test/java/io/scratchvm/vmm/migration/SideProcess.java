package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One side's session in a process of its own, which can be killed for good: before a step that the test chooses. */
final class SideProcess {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final int KILLED = 128 + 9;

    private final Process process;
    private final Thread reader;

    private SideProcess(Process process, Thread reader) {
        this.process = process;
        this.reader = reader;
    }

    /** What is killed before a step: {@code die.c}, compiled. */
    static Path compileKiller(Path directory) throws Exception {
        HostTools.requireLinuxOnX86();
        HostTools.require("gcc");
        Path source = directory.resolve("die.c");
        try (var in = SideProcess.class.getResourceAsStream("/moving/die.c")) {
            Files.copy(in, source);
        }
        Path killer = directory.resolve("die.so");
        HostTools.run(directory, "gcc", "-shared", "-fPIC", "-O1", "-o", killer.toString(), source.toString(), "-ldl");
        return killer;
    }

    /**
     * Starts a session of {@code side}, which hears of all that it shows.
     *
     * @param session {@code send}, {@code receive}, {@code resumeSend}, {@code resumeReceive}
     * @param step the process is killed before it; 0 for never
     * @param log where the steps are listed
     */
    static SideProcess start(Side side, String session, int port, Path killer, int step, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(side, session, port));
        builder.environment().put("LD_PRELOAD", killer.toString());
        builder.environment().put("DIE_AT", Integer.toString(step));
        builder.environment().put("DIE_UNDER", side.directory.toString());
        builder.environment().put("DIE_LOG", log.toString());
        return start(side, builder);
    }

    /** Starts a session of {@code side} as {@code prefix} starts commands. */
    static SideProcess start(Side side, String session, int port, String... prefix) throws IOException {
        List<String> command = new ArrayList<>(List.of(prefix));
        command.addAll(command(side, session, port));
        return start(side, new ProcessBuilder(command));
    }

    private static List<String> command(Side side, String session, int port) {
        return List.of(
                JAVA.toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                SideProcess.class.getName(),
                side.directory.toString(),
                session,
                Integer.toString(port),
                side.peerHost(),
                side.keyStore() == null ? "" : side.keyStore().toString());
    }

    private static SideProcess start(Side side, ProcessBuilder builder) throws IOException {
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        Thread reader = new Thread(() -> listen(process, side), "process");
        reader.setDaemon(true);
        reader.start();
        return new SideProcess(process, reader);
    }

    private static void listen(Process process, Side side) {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String text = line.isEmpty() ? "" : line.substring(1);
                switch (line.isEmpty() ? ' ' : line.charAt(0)) {
                    case 'T' -> side.trace.add(text);
                    case 'N' -> side.notices.add(text);
                    case 'O' -> side.output(HexFormat.of().parseHex(text));
                    default -> side.notices.add("process: " + line);
                }
            }
        } catch (IOException e) {
            side.notices.add("process: " + e);
        }
    }

    /** Waits for the end; whether it was killed. */
    boolean waitUntilKilled() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the process does not end");
        }
        reader.join(5000);
        return process.exitValue() == KILLED;
    }

    int status() {
        return process.exitValue();
    }

    void kill() {
        ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** The process: a side's directory, what it is to do, port and host, a key store or nothing. */
    public static void main(String[] arguments) {
        PrintStream out = System.out;
        Side side = Side.in(Path.of(arguments[0]))
                .at(arguments[3], arguments[4].isEmpty() ? null : Path.of(arguments[4]))
                .showing(line -> tell(out, "T" + line), line -> tell(out, "N" + line), new OutputStream() {
                    @Override
                    public void write(int value) {
                        write(new byte[] {(byte) value}, 0, 1);
                    }

                    @Override
                    public void write(byte[] from, int offset, int length) {
                        tell(out, "O" + HexFormat.of().formatHex(from, offset, offset + length));
                    }
                });
        int status;
        try {
            Outcome outcome = run(side, arguments[1], Integer.parseInt(arguments[2]));
            tell(out, "N" + outcome.message());
            status = outcome.status();
        } catch (IOException | RuntimeException e) {
            tell(out, "N" + e);
            status = 125;
        }
        // Not System.exit: what a killed process leaves undone, this one is to leave to itself.
        Runtime.getRuntime().halt(status);
    }

    private static void tell(PrintStream out, String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    private static Outcome run(Side side, String session, int port) throws IOException {
        return switch (session) {
            case "send" -> side.send(port);
            case "receive" -> side.receive();
            case "resumeSend" -> side.resumeSend(port);
            case "resumeReceive" -> side.resumeReceive();
            default -> throw new IllegalArgumentException(session);
        };
    }

    static List<String> stepsIn(Path log) throws IOException {
        return Files.readAllLines(log);
    }
}
