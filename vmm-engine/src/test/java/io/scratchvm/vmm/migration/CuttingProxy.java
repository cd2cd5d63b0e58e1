package io.scratchvm.vmm.migration;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * The link between two VMMs, in the hand of a test: it carries bytes between a client and a server on loopback until it
 * has carried as many as the connection's {@link Fate} allows.
 */
public final class CuttingProxy implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final ServerSocket listener;
    private volatile int target;
    private final IntFunction<Fate> fates;
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<Direction, ByteArrayOutputStream> records = new ConcurrentHashMap<>();
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(runnable -> {
        Thread thread = new Thread(runnable, "link");
        thread.setDaemon(true);
        return thread;
    });

    /** Which way bytes go: the server is the migration's destination, the client its source. */
    public enum Direction {
        TO_DESTINATION,
        TO_SOURCE
    }

    /** How a connection ends for both sides. */
    public enum Ending {
        /** TCP's RST: what was under way is lost. */
        RESET,
        /** TCP's FIN: what was carried arrives, then the end. */
        END,
        /** Nothing any more, and nobody says so. */
        SILENCE
    }

    /**
     * What becomes of a connection.
     *
     * @param direction whose bytes are counted
     * @param bytes how many are carried before the end; {@link Long#MAX_VALUE} for all
     * @param piece the most bytes that are carried at once
     * @param pause between two pieces
     */
    public record Fate(Direction direction, long bytes, Ending ending, int piece, Duration pause) {
        /** Carries everything. */
        public static final Fate WHOLE = cut(Direction.TO_DESTINATION, Long.MAX_VALUE, Ending.END);

        /** Carries nothing: the link is down. */
        public static final Fate REFUSED = cut(Direction.TO_DESTINATION, 0, Ending.RESET);

        public static Fate cut(Direction direction, long bytes, Ending ending) {
            return new Fate(direction, bytes, ending, BUFFER, Duration.ZERO);
        }

        /** Carries everything, a few bytes at a time. */
        public static Fate dripping(int piece, Duration pause) {
            return new Fate(Direction.TO_DESTINATION, Long.MAX_VALUE, Ending.END, piece, pause);
        }
    }

    /**
     * Listens on loopback and connects each client to {@code target}.
     *
     * @param fates of the connections, by their number from 0
     */
    public CuttingProxy(int target, IntFunction<Fate> fates) throws IOException {
        this.target = target;
        this.fates = fates;
        listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        threads.execute(this::accept);
    }

    /** Connects clients to another port from now on; 0 for none. */
    public void leadTo(int port) {
        target = port;
    }

    /** Where clients connect. */
    public int port() {
        return listener.getLocalPort();
    }

    /** How many connections there were. */
    public int connections() {
        return connections.get();
    }

    /** Keeps the bytes that are carried from here on in one direction; complete once this is closed. */
    public ByteArrayOutputStream record(Direction direction) {
        return records.computeIfAbsent(direction, key -> new ByteArrayOutputStream());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdown();
        try {
            threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                sockets.add(client);
                Fate fate = fates.apply(connections.getAndIncrement());
                threads.execute(() -> connect(client, fate));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void connect(Socket client, Fate fate) {
        Socket server = new Socket();
        sockets.add(server);
        try {
            if (target == 0 || fate.equals(Fate.REFUSED)) {
                reset(client);
                return;
            }
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5000);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Connection connection = new Connection(client, server, fate);
            threads.execute(() -> connection.carry(Direction.TO_SOURCE));
            connection.carry(Direction.TO_DESTINATION);
        } catch (IOException e) {
            // Nobody listens there: the client sees a link that is down.
            reset(client);
        }
    }

    /** A socket closed so lets its peer see an RST. */
    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already.
        }
    }

    /** One client and its way to the server. */
    private final class Connection {
        private final Socket client;
        private final Socket server;
        private final Fate fate;
        private final AtomicBoolean cut = new AtomicBoolean();

        Connection(Socket client, Socket server, Fate fate) {
            this.client = client;
            this.server = server;
            this.fate = fate;
        }

        /** Carries one direction's bytes until the connection is cut or that side has said its last. */
        void carry(Direction direction) {
            Socket from = direction == Direction.TO_DESTINATION ? client : server;
            Socket to = direction == Direction.TO_DESTINATION ? server : client;
            long allowed = direction == fate.direction ? fate.bytes : Long.MAX_VALUE;
            try {
                if (carry(from.getInputStream(), to.getOutputStream(), allowed, records.get(direction))) {
                    cut();
                } else if (!cut.get()) {
                    to.shutdownOutput();
                }
                drain(from.getInputStream());
            } catch (IOException e) {
                // One side is gone, so the other one is to see that the link is.
                if (!cut.get()) {
                    reset(client);
                    reset(server);
                }
            }
        }

        /** Whether all that was allowed has been carried: false where the stream ended before. */
        private boolean carry(InputStream in, OutputStream out, long allowed, OutputStream record) throws IOException {
            byte[] buffer = new byte[fate.piece];
            long left = allowed;
            while (left > 0) {
                int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0 || cut.get()) {
                    return false;
                }
                out.write(buffer, 0, n);
                if (record != null) {
                    record.write(buffer, 0, n);
                }
                left -= n;
                pause();
            }
            return true;
        }

        private void pause() {
            if (fate.pause.isZero()) {
                return;
            }
            try {
                Thread.sleep(fate.pause.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void cut() throws IOException {
            cut.set(true);
            switch (fate.ending) {
                case RESET -> {
                    reset(client);
                    reset(server);
                }
                case END -> {
                    client.shutdownOutput();
                    server.shutdownOutput();
                }
                case SILENCE -> {}
            }
        }

        /** Bytes that are left unread would turn the end of a stream into an RST. */
        private static void drain(InputStream in) throws IOException {
            byte[] buffer = new byte[1024];
            while (in.read(buffer) >= 0) {}
        }
    }
}
