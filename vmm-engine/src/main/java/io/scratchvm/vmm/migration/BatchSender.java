package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Stages batches and sends them, in a thread of its own, so that the vCPU's thread does not wait for disk and link. The
 * staged memory and the link are this thread's alone until {@link #finish} or {@link #close} returns. A link that
 * breaks does not keep batches from the disk.
 */
final class BatchSender implements Closeable {
    /** The most batches under way: 16 MiB. */
    static final int MOST = 64;

    private static final long LOOK_AGAIN_MILLIS = 10;

    private final StagedMemory staged;
    private final StagedDigests digests;
    private final Batch.Taker sent;
    private final Thread thread = new Thread(this::run, "vmm-live-copy");
    private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(MOST);
    private final BlockingQueue<Batch> filled = new ArrayBlockingQueue<>(MOST);
    private int made;
    private volatile boolean closed;
    private volatile Completed completed;
    private volatile Throwable linkTrouble;
    private volatile Throwable diskTrouble;

    // The sender's own.

    /** Null where batches are only to be staged. */
    @Nullable
    private Link link;

    private int round = 1;
    private long start;
    private long bytes;

    /** A round that is on disk at both sides. */
    record Completed(Pace.Round round, List<StagedDigests.Digest> digests) {}

    /**
     * @param link null where batches are only to be staged
     * @param sent told, by this thread, of each part that was sent
     */
    BatchSender(@Nullable Link link, StagedMemory staged, StagedDigests digests, Batch.Taker sent) {
        this.link = link;
        this.staged = staged;
        this.digests = digests;
        this.sent = sent;
        thread.setDaemon(true);
        thread.start();
    }

    // -- the vCPU's side --------------------------------------------------------------------------------------------

    /** An empty batch; null if all are under way. */
    @Nullable
    Batch poll() {
        Batch batch = free.poll();
        if (batch == null && made < MOST) {
            made++;
            return new Batch();
        }
        return batch;
    }

    /** An empty batch, after a wait if all are under way. */
    Batch take() throws IOException {
        Batch batch = poll();
        while (batch == null) {
            throwIfAny(diskTrouble);
            try {
                batch = free.poll(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
        return batch;
    }

    /** Takes {@code batch} over; there is always room for it. */
    void send(Batch batch) {
        filled.add(batch);
    }

    /** The round that was complete since the last call; null if none was. */
    @Nullable
    Completed completed() {
        Completed latest = completed;
        completed = null;
        return latest;
    }

    /** @throws IOException if link or disk have failed */
    void check() throws IOException {
        throwIfAny(diskTrouble);
        throwIfAny(linkTrouble);
    }

    private static void throwIfAny(@Nullable Throwable trouble) throws IOException {
        if (trouble instanceof IOException e) {
            throw e;
        }
        if (trouble instanceof RuntimeException e) {
            throw e;
        }
        if (trouble instanceof Error e) {
            throw e;
        }
    }

    /**
     * Waits until all batches are staged and on disk, and sent as far as the link holds.
     *
     * @throws IOException if they could not be staged
     */
    void finish() throws IOException {
        join();
        throwIfAny(diskTrouble);
    }

    /** Gives up, after what is under way; the link is not closed. */
    @Override
    public void close() throws IOException {
        closed = true;
        join();
    }

    private void join() throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while memory was copied");
    }

    // -- the sender's side ------------------------------------------------------------------------------------------

    private void run() {
        try {
            boolean more = true;
            while (more && !closed) {
                Batch batch = filled.poll(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                more = batch == null || handle(batch) != Batch.End.COPY;
            }
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            diskTrouble = e;
        }
    }

    private Batch.End handle(Batch batch) throws IOException {
        if (bytes == 0) {
            start = System.nanoTime();
        }
        batch.forEach(this::stage);
        overLink(() -> send(link, batch));
        Batch.End end = batch.end();
        batch.clear();
        free.add(batch);
        switch (end) {
            case NONE -> {}
            case ROUND -> completeRound();
            case COPY -> staged.force();
        }
        return end;
    }

    private void stage(Data part) throws IOException {
        if (part.kind() == Data.Kind.MEMORY) {
            staged.write(part.offset(), part.buffer(), part.start(), (int) part.length());
        } else {
            staged.clear(part.offset(), part.length());
        }
        digests.changed(part);
    }

    /** Something that needs the link. */
    private interface Exchange {
        void run() throws IOException;
    }

    private void overLink(Exchange exchange) {
        if (link != null) {
            try {
                exchange.run();
            } catch (IOException | VmmException e) {
                linkTrouble = e;
                link = null;
            }
        }
    }

    private void send(Link to, Batch batch) throws IOException {
        to.beginStep(Data.MAX);
        batch.forEach(part -> {
            to.send(part);
            bytes += part.kind() == Data.Kind.MEMORY ? part.length() : 0;
            sent.take(part);
        });
    }

    /** Syncs and digests here while the destination does. */
    private void completeRound() throws IOException {
        overLink(() -> {
            link.beginStep(bytes);
            link.send(new Message.Round(round));
        });
        long sentAt = System.nanoTime();
        staged.force();
        int megabytes = digests.changedMegabytes();
        long digesting = System.nanoTime();
        List<StagedDigests.Digest> changed = digests.digestChanged();
        long digested = System.nanoTime();
        overLink(() -> {
            awaitDone();
            long waiting = System.nanoTime() - sentAt;
            completed = new Completed(
                    new Pace.Round(bytes, sentAt - start, waiting, megabytes, digested - digesting), changed);
        });
        round++;
        bytes = 0;
    }

    private void awaitDone() throws IOException {
        int done = link.receive(Message.RoundDone.class).number();
        if (done != round) {
            throw new ProtocolException(
                    "round " + done + " was said to be done where round " + round + " is under way");
        }
    }
}
