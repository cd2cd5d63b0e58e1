package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The other end of a live copy's link: takes memory as it comes, and says what {@link #answer} says to each round. */
class CollectingPeer implements Closeable {
    private static final int PAGE = PhysicalMemory.PAGE_SIZE;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    final PhysicalMemory memory;
    final Link link;
    volatile int rounds;
    volatile long frames;
    private final BitSet pagesOfRound = new BitSet();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Socket socket;
    private final Link own;

    /** @param memory that what comes is put into */
    CollectingPeer(PhysicalMemory memory) throws Exception {
        this.memory = memory;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
            socket = server.accept();
            own = new Link(socket, socket, LIMIT);
            CompletableFuture<Link> greeted = CompletableFuture.supplyAsync(this::greet);
            link = new Link(client, client, LIMIT).greet();
            greeted.get();
        }
        Thread thread = new Thread(this::collect, "collecting peer");
        thread.setDaemon(true);
        thread.start();
    }

    private Link greet() {
        try {
            return own.greet();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void collect() {
        try {
            Message message = own.receive();
            while (!(message instanceof Message.Sealed)) {
                take(message);
                message = own.receive();
            }
            end.complete(null);
        } catch (Throwable e) {
            end.completeExceptionally(e);
        }
    }

    private void take(Message message) throws Exception {
        own.beginStep(0);
        if (message instanceof Message.Round round) {
            rounds++;
            pagesOfRound.clear();
            own.send(answer(round));
        } else {
            take((Data) message);
        }
    }

    /** What is answered to {@code round}. */
    Message answer(Message.Round round) throws Exception {
        return new Message.RoundDone(round.number());
    }

    void take(Data data) throws Exception {
        frames++;
        int first = (int) (data.offset() / PAGE);
        int after = first + (int) (data.length() / PAGE);
        if (!pagesOfRound.get(first, after).isEmpty()) {
            throw new IllegalStateException("sent twice in round " + (rounds + 1) + ": " + data.offset());
        }
        pagesOfRound.set(first, after);
        if (data.kind() == Data.Kind.MEMORY) {
            memory.write(data.offset(), data.buffer(), data.start(), (int) data.length());
        } else {
            memory.clear(data.offset(), data.length());
        }
    }

    /** Waits until all that was sent is here. */
    void awaitEnd() throws Exception {
        link.beginStep(0);
        link.send(new Message.Sealed(new byte[16]));
        end.get(20, TimeUnit.SECONDS);
    }

    /** Breaks the link. */
    void cut() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        link.close();
        own.close();
    }
}
