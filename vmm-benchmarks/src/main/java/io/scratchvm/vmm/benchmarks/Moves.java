package io.scratchvm.vmm.benchmarks;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.SavePoint;
import io.scratchvm.vmm.Session;
import io.scratchvm.vmm.api.MigrationStatistics;
import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * How long it takes to move a VM with 256 MiB in use over loopback, stopped first and live, beside a copy of the same
 * image from file to file, synced, and of as many bytes from socket to socket: all of them in turn, several times, in one
 * run. Both VMMs are in this JVM.
 */
public final class Moves {
    private static final long MEMORY = 288L << 20;
    private static final int TIMES = 5;

    private final Path directory = Files.createTempDirectory("vmm-moves-");
    private final ExecutorService destination = Executors.newSingleThreadExecutor();
    private int move;

    private Moves() throws IOException {}

    public static void main(String[] arguments) throws Exception {
        Moves moves = new Moves();
        try (GuestProgram guest = new GuestProgram("move")) {
            System.out.println("what                    MiB     ms   MiB/s  downtime ms  rounds");
            for (int i = 0; i < TIMES; i++) {
                moves.run(guest);
            }
        } finally {
            moves.close();
        }
    }

    private void run(GuestProgram guest) throws Exception {
        Path image = directory.resolve("stopped.vmimg");
        report("move, stopped first", move(guest, image, false));
        report("move, live", move(guest, directory.resolve("live.vmimg"), true));
        long bytes = Files.size(image);
        report("file to file, synced", bytes, copyFile(image));
        report("socket to socket", bytes, copyOverSocket(bytes));
    }

    private static void report(String what, MigrationStatistics move) {
        System.out.printf(
                Locale.ROOT,
                "%-22s %4d %6d  %6.0f  %11d  %6d%n",
                what,
                move.bytes() >> 20,
                move.nanoseconds() / 1_000_000,
                rate(move.bytes(), move.nanoseconds()),
                move.downtime() / 1_000_000,
                move.rounds());
    }

    private static void report(String what, long bytes, long nanoseconds) {
        System.out.printf(
                Locale.ROOT, "%-22s %4d %6d  %6.0f%n", what, bytes >> 20, nanoseconds / 1_000_000, rate(bytes, nanoseconds));
    }

    private static double rate(long bytes, long nanoseconds) {
        return bytes / 1048576.0 / (nanoseconds / 1e9);
    }

    // -- moves ------------------------------------------------------------------------------------------------------

    private MigrationStatistics move(GuestProgram guest, Path image, boolean live) throws Exception {
        PeerAddress address = freeAddress();
        Session receiver = new Session(configuration("destination" + move, address, false));
        Future<Outcome> received = destination.submit(receiver::receive);
        Session sender = new Session(configuration("source" + move++, address, live));
        Outcome sent = sender.send(guest.start(), new SavePoint.SaveCall(), image);
        Outcome ended = received.get();
        if (sent.status() != 0 || ended.status() != 0) {
            throw new IllegalStateException(sent.message() + " / " + ended.message());
        }
        return sent.migration();
    }

    private VmConfiguration configuration(String side, PeerAddress address, boolean live) throws IOException {
        VmConfiguration.Builder settings = GuestProgram.configuration(MEMORY).toBuilder()
                .root(Files.createDirectories(directory.resolve(side)));
        settings.migration().peer(address).journal(directory.resolve(side + "-journal")).live(live);
        return settings.build();
    }

    private static PeerAddress freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new PeerAddress("localhost", socket.getLocalPort());
        }
    }

    // -- what they are measured by ----------------------------------------------------------------------------------

    private long copyFile(Path image) throws IOException {
        Path copy = directory.resolve("copy");
        long start = System.nanoTime();
        try (FileChannel in = FileChannel.open(image, StandardOpenOption.READ);
                FileChannel out =
                        FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at = 0; at < in.size(); ) {
                at += in.transferTo(at, in.size() - at, out);
            }
            out.force(true);
        }
        long time = System.nanoTime() - start;
        Files.delete(copy);
        return time;
    }

    private long copyOverSocket(long bytes) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Future<Long> drained = destination.submit(() -> drain(server));
            long start = System.nanoTime();
            try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                byte[] piece = new byte[1 << 18];
                OutputStream out = socket.getOutputStream();
                for (long left = bytes; left > 0; left -= piece.length) {
                    out.write(piece, 0, (int) Math.min(left, piece.length));
                }
            }
            drained.get();
            return System.nanoTime() - start;
        }
    }

    private static long drain(ServerSocket server) throws IOException {
        byte[] piece = new byte[1 << 18];
        long bytes = 0;
        try (Socket socket = server.accept();
                InputStream in = socket.getInputStream()) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                bytes += n;
            }
        }
        return bytes;
    }

    private void close() throws IOException {
        destination.shutdown();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
