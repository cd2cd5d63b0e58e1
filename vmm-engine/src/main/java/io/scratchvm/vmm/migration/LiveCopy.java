package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.MigrationProgress;
import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.image.RunDigests;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.Closeable;
import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Copies the memory of a running guest, to the destination and to the disk beside the journal: all of it, then what was
 * written since, round after round until the rest is small. Memory is only read between the guest's slices, on their
 * thread, so that no page is torn, and only as far as the batches reach: where disk or link are slow, the guest runs on.
 *
 * <p>Where the link breaks, {@link #advance} says so and the guest can go on: {@link #begin} with another link begins the
 * round again, {@link #finish} puts what is missing on the disk.
 */
final class LiveCopy implements Closeable {
    private static final int PAGE_SIZE = PhysicalMemory.PAGE_SIZE;
    private static final int MEGABYTE = 1 << 20;

    /** What one interlude copies at most. */
    private static final int COPIED_PAGES = (8 << 20) / PAGE_SIZE;

    /** What one interlude looks at: a page of zeros that is known as such costs no copy. */
    private static final int SEEN_PAGES = 4 * COPIED_PAGES;

    private final PhysicalMemory memory;
    private final StagedMemory staged;
    private final RunDigests digests;
    private final StagedDigests stagedDigests;
    private final MigrationConfiguration configuration;
    private final Pace pace = new Pace();

    /** The pages that may not be zero where they were copied to. */
    private final BitSet nonZero = new BitSet();

    @Nullable
    private BatchSender sender;

    @Nullable
    private Batch batch;

    /** What was written before this epoch is on disk at both sides. */
    private long since;

    /** What was written before this epoch is, once the round under way is complete. */
    private long begun;

    /** Up to here this round has been through memory. */
    private long position;

    /** Whether all of this round is on its way. */
    private boolean copied;

    private int rounds;
    private boolean converged;

    /** Bytes of memory that the sender's thread has sent. */
    private final AtomicLong sent = new AtomicLong();

    /** Bytes of this round that are still to be sent, as far as they will not prove to be zero. */
    private final AtomicLong left = new AtomicLong();

    /**
     * A copy not begun.
     *
     * @param staged empty, of the memory's size
     * @param digests are kept up to date for what was copied
     */
    LiveCopy(PhysicalMemory memory, StagedMemory staged, RunDigests digests, MigrationConfiguration configuration) {
        this.memory = memory;
        this.staged = staged;
        this.digests = digests;
        this.stagedDigests = new StagedDigests(staged);
        this.configuration = configuration;
    }

    /** What is left to copy. */
    private record Rest(long bytes, int megabytes) {}

    // -- while the guest runs ---------------------------------------------------------------------------------------

    /**
     * Begins the rounds, or begins the round again that another link could not complete. The link is the copy's until
     * {@link #finish} or {@link #close}.
     *
     * @param link whose peer has accepted a live migration
     */
    void begin(Link link) throws IOException {
        close();
        sender = sender(link);
        beginRound();
    }

    private BatchSender sender(@Nullable Link link) {
        return new BatchSender(link, staged, stagedDigests, this::sent);
    }

    private void beginRound() {
        begun = memory.advanceEpoch();
        position = 0;
        copied = false;
        left.set(rest().bytes);
    }

    /**
     * Goes on with the copy for a moment; to be called between slices.
     *
     * @return whether the guest is to go on; if not, {@link #finish} is next
     * @throws IOException if the link or the disk has failed
     */
    boolean advance() throws IOException {
        sender.check();
        if (!copied) {
            copyALittle();
            return true;
        }
        BatchSender.Completed round = sender.completed();
        return round == null || goesOnAfter(round);
    }

    private boolean goesOnAfter(BatchSender.Completed round) {
        since = begun;
        rounds++;
        pace.add(round.round());
        round.digests().forEach(digest -> digest.tell(digests, begun));
        Rest rest = rest();
        long downtime = pace.downtime(rest.bytes, rest.megabytes);
        // The first round is no measure of how long a small one takes.
        converged = rounds > 1 && downtime <= configuration.maxDowntime().toNanos();
        if (converged || rounds >= configuration.maxRounds()) {
            return false;
        }
        beginRound();
        return true;
    }

    private Rest rest() {
        long bytes = 0;
        int megabytes = 0;
        long lastMegabyte = -1;
        for (long page = memory.nextWritten(0, since); page < memory.size(); ) {
            bytes += PAGE_SIZE;
            megabytes += page / MEGABYTE == lastMegabyte ? 0 : 1;
            lastMegabyte = page / MEGABYTE;
            page = memory.nextWritten(page + PAGE_SIZE, since);
        }
        return new Rest(bytes, megabytes);
    }

    private void copyALittle() {
        int taken = 0;
        int seen = 0;
        long page = memory.nextWritten(position, since);
        while (page < memory.size() && taken < COPIED_PAGES && seen < SEEN_PAGES && hasRoom()) {
            taken += copy(page) ? 1 : 0;
            seen++;
            page = memory.nextWritten(page + PAGE_SIZE, since);
        }
        position = page;
        if (page >= memory.size() && hasRoom()) {
            end(Batch.End.ROUND);
            copied = true;
        }
    }

    private boolean hasRoom() {
        if (batch == null) {
            batch = sender.poll();
        }
        return batch != null;
    }

    /** Returns false for a page of zeros that is known as such. */
    private boolean copy(long page) {
        int number = (int) (page / PAGE_SIZE);
        boolean zero = memory.isZeroPage(page);
        if (zero && !nonZero.get(number)) {
            left.addAndGet(-PAGE_SIZE);
            return false;
        }
        if (zero) {
            // It stays marked: this batch may never arrive.
            batch.addZero(page);
        } else {
            nonZero.set(number);
            batch.add(memory, page);
        }
        if (batch.isFull()) {
            sendBatch();
        }
        return true;
    }

    private void end(Batch.End of) {
        batch.end(of);
        sendBatch();
    }

    private void sendBatch() {
        sender.send(batch);
        batch = null;
    }

    private void sent(Data part) {
        long bytes = sent.addAndGet(part.kind() == Data.Kind.MEMORY ? part.length() : 0);
        long total = bytes + left.addAndGet(-part.length());
        configuration.progress().accept(new MigrationProgress(MigrationProgress.Phase.LIVE, bytes, total));
    }

    // -- once it stands ---------------------------------------------------------------------------------------------

    /**
     * Copies the rest, of a guest that stands. All of its memory is staged on disk when this returns, and on its way as
     * far as the link holds, which is the caller's again.
     *
     * @throws IOException if it could not be staged
     */
    void finish() throws IOException {
        if (sender == null) {
            sender = sender(null);
        }
        left.set(rest().bytes);
        for (long page = memory.nextWritten(0, since); page < memory.size(); ) {
            awaitRoom();
            copy(page);
            page = memory.nextWritten(page + PAGE_SIZE, since);
        }
        awaitRoom();
        end(Batch.End.COPY);
        digests.refresh();
        sender.finish();
        sender = null;
    }

    private void awaitRoom() throws IOException {
        if (batch == null) {
            batch = sender.take();
        }
    }

    /** Gives the copy up, after the piece that is under way; the link is the caller's again, to close or to say why. */
    @Override
    public void close() throws IOException {
        if (sender != null) {
            sender.close();
            sender = null;
            batch = null;
        }
    }

    // -- figures ----------------------------------------------------------------------------------------------------

    /** Rounds that are complete. */
    int rounds() {
        return rounds;
    }

    /** Whether the rest was small enough for the downtime limit. */
    boolean converged() {
        return converged;
    }

    /** Bytes of memory that were sent, repeated ones too. */
    long memoryBytes() {
        return sent.get();
    }
}
