package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.MigrationStatistics;
import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.migration.DestinationState.Phase;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * The end that takes a VM. It listens, accepts an offer, takes what it lacks, prepares the VM, and runs it when the
 * source says so, and only then. While the VM runs it still answers a source that has not heard of that.
 */
public final class Destination implements Closeable {
    /** What a conversation that came to nothing costs at least, so that nobody can begin them for ever. */
    private static final long LEAST_COST_NANOS = 10_000_000;

    private final VmConfiguration configuration;
    private final MigrationConfiguration migration;
    private final Vmm vmm;
    private final Host host;
    private final Listener listener;
    private final Tally tally;
    private long patienceNanos;

    @Nullable
    private Reception reception;

    @Nullable
    private volatile Link link;

    /** Whether it is the source of {@link #reception} that talks on {@link #link}. */
    private boolean sourceTalks;

    @Nullable
    private volatile Announcement announcement;

    @Nullable
    private Thread following;

    private volatile boolean stopped;

    /**
     * Listens for a VM.
     *
     * @param vmm this VMM
     * @param host the directory of the guest's files
     * @throws VmmException if the address or the TLS store cannot be used
     */
    public Destination(VmConfiguration configuration, Vmm vmm, Host host) throws IOException {
        this.configuration = configuration;
        this.migration = configuration.migration();
        this.vmm = vmm;
        this.host = host;
        this.patienceNanos = migration.patience().toNanos();
        this.tally = new Tally(migration);
        this.listener = Listener.bind(migration);
    }

    /**
     * Takes up an interrupted migration: {@link #receive} goes on with it.
     *
     * @throws VmmException if there is no such migration, or another process works on it
     */
    public void resume(Token token) throws IOException {
        reception = Reception.resume(token, configuration, host);
    }

    /** Where it listens. */
    public PeerAddress address() {
        return listener.address();
    }

    /** The migration under way; null while there is none. */
    @Nullable
    public Token token() {
        return reception == null ? null : reception.token();
    }

    // -- waiting for the source -------------------------------------------------------------------------------------

    /**
     * Takes a VM. When this returns {@link Verdict.Kind#MOVED} the VM that {@code arrival} built is to run.
     *
     * @throws VmmException if what was offered cannot be used here; the source was told
     */
    public Verdict receive(Arrival arrival) throws IOException {
        Verdict verdict = reception == null ? null : takeUp(arrival);
        while (verdict == null) {
            long start = System.nanoTime();
            verdict = acceptOne(arrival);
            patienceNanos -= Math.max(System.nanoTime() - start, LEAST_COST_NANOS);
        }
        return verdict;
    }

    /** Goes on from what the journal says; null where the source is to be heard. */
    @Nullable
    private Verdict takeUp(Arrival arrival) throws IOException {
        DestinationState state = reception.state();
        return switch (state.phase()) {
            case RECEIVING -> null;
            case PREPARED -> {
                reception.prepareAgain(arrival);
                yield null;
            }
            case ABORTED -> {
                reception.takeBack();
                yield new Verdict(Verdict.Kind.ABORTED, state.reason());
            }
            case RUNNING, ENDED -> {
                reception.cleanUp();
                yield state.known() ? over() : null;
            }
        };
    }

    private Verdict over() {
        DestinationState state = reception.state();
        return new Verdict(
                Verdict.Kind.OVER,
                state.phase() == Phase.ENDED
                        ? "the guest ran here and ended with status " + state.status()
                        : "the VM ran here and was killed together with its VMM; it is not run a second time");
    }

    /** One conversation; null where it settled nothing. */
    @Nullable
    private Verdict acceptOne(Arrival arrival) throws IOException {
        if (stopped || patienceNanos <= 0 || !accept()) {
            return gaveUp();
        }
        try {
            return link == null ? null : converse(arrival);
        } catch (ProtocolException e) {
            turnAway(e, arrival);
        } catch (LinkException e) {
            notice(e.getMessage());
        } catch (VmmException e) {
            refuse(e.getMessage(), arrival);
            throw e;
        } catch (IOException e) {
            return inTrouble(e, arrival);
        } finally {
            disconnect();
        }
        return null;
    }

    /** Returns false if patience is over; has no link if who came was turned away. */
    private boolean accept() {
        sourceTalks = false;
        try {
            link = listener.accept(Duration.ofNanos(patienceNanos));
            tally.connected();
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            notice("turned away: " + e.getMessage());
        }
        return true;
    }

    /** Of the host's making: disk full, permission denied. */
    private Verdict inTrouble(IOException e, Arrival arrival) throws IOException {
        refuse("the destination is in trouble: " + e.getMessage(), arrival);
        if (isPrepared()) {
            return new Verdict(Verdict.Kind.IN_DOUBT, e.toString());
        }
        throw e;
    }

    private Verdict gaveUp() {
        if (reception != null && reception.hasRun()) {
            return over();
        }
        return new Verdict(
                isPrepared() ? Verdict.Kind.IN_DOUBT : Verdict.Kind.INTERRUPTED,
                stopped
                        ? "stopped by request"
                        : "no source was heard for " + migration.patience().toSeconds() + " s (--wait)");
    }

    /** A stranger is sent away; a source that breaks the rules while its VM arrives has spoilt it. */
    private void turnAway(ProtocolException e, Arrival arrival) throws IOException {
        if (isArriving()) {
            refuse(e.getMessage(), arrival);
            throw new VmmException("the VM did not arrive whole: " + e.getMessage(), e);
        }
        reject(e.getMessage());
        notice("turned away: " + e.getMessage());
    }

    /** Tells the source why not. A VM that is not prepared is given up; one that is waits for the decision. */
    private void refuse(String reason, Arrival arrival) throws IOException {
        reject(reason);
        if (isArriving()) {
            reception.abort(reason, arrival);
        }
    }

    private boolean isPrepared() {
        return reception != null && reception.state().phase() == Phase.PREPARED;
    }

    /** Whether what goes wrong on the link goes wrong with the VM, and not with a stranger's. */
    private boolean isArriving() {
        return sourceTalks && reception != null && reception.state().phase() == Phase.RECEIVING;
    }

    private void reject(String reason) {
        Link used = link;
        try {
            if (used != null) {
                used.reject(reason);
            }
        } catch (IOException e) {
            // It finds out in another way.
        }
    }

    private void notice(String line) {
        if (!stopped) {
            migration.notices().accept(line);
        }
    }

    private void disconnect() {
        Link used = link;
        if (used != null) {
            link = null;
            tally.disconnected(used);
            used.close();
        }
    }

    // -- the conversation -------------------------------------------------------------------------------------------

    /** Null where nothing was decided. */
    @Nullable
    private Verdict converse(Arrival arrival) throws IOException {
        link.beginStep(0);
        link.receive(Message.Hello.class).requireCommonVersion();
        link.send(Message.Hello.of(vmm.name()));
        Message message = link.receive();
        if (message instanceof Message.Offer offer) {
            take(offer, arrival);
            message = link.receive();
        }
        if (message instanceof Message.Commit commit) {
            requireCurrent(Token.received(commit.token()), arrival);
            return commit(commit.destination());
        }
        if (message instanceof Message.Abort abort) {
            requireCurrent(Token.received(abort.token()), arrival);
            return abort(abort.reason(), arrival);
        }
        throw Link.unexpected(message, "COMMIT or ABORT");
    }

    private void take(Message.Offer offer, Arrival arrival) throws IOException {
        Token token = Token.received(offer.token());
        if (reception == null && !Reception.isKnown(token, migration)) {
            vmm.requireUsable(offer, configuration);
            reception = Reception.begin(token, offer, configuration, host);
        }
        requireCurrent(token, arrival);
        sourceTalks = true;
        switch (reception.state().phase()) {
            case RECEIVING -> {
                link.send(new Message.Accept(offer.token()));
                new Transfer(link, reception, tally).run(offer);
                reception.prepare(arrival);
            }
            case PREPARED -> {}
            case ABORTED -> throw new VmmException(reception.state().reason());
            case RUNNING, ENDED -> throw new ProtocolException(over().reason());
        }
        link.beginStep(0);
        link.send(new Message.Prepared(offer.token(), reception.state().destination()));
    }

    /** Takes up the migration of {@code token}, if none is under way and it was interrupted here. */
    private void requireCurrent(Token token, Arrival arrival) throws IOException {
        if (reception == null && Reception.isKnown(token, migration)) {
            resume(token);
            takeUp(arrival);
        }
        if (reception == null) {
            throw new ProtocolException("this destination knows nothing of migration " + token
                    + "; give it the journal of before (--journal)");
        }
        if (!reception.token().equals(token)) {
            throw new ProtocolException("this destination is busy with another migration");
        }
    }

    /** @param destination that is to run the VM */
    private Verdict commit(String destination) throws IOException {
        if (!destination.equals(reception.state().destination())) {
            throw new ProtocolException("another destination was told to run the VM of migration " + reception.token());
        }
        switch (reception.state().phase()) {
            case PREPARED -> {
                reception.run();
                tally.guestRuns();
                announcement = reception.announcement(vmm.name(), listener);
                follow();
                return Verdict.MOVED;
            }
            case RUNNING, ENDED -> {
                if (reception.announcement(vmm.name(), listener).over(link)) {
                    reception.sourceKnows();
                }
                return over();
            }
            default -> throw new ProtocolException("migration " + reception.token() + " is not prepared here");
        }
    }

    private Verdict abort(String reason, Arrival arrival) throws IOException {
        if (reception.hasRun()) {
            throw new ProtocolException(over().reason());
        }
        reception.abort(reason, arrival);
        return new Verdict(Verdict.Kind.ABORTED, reason);
    }

    // -- after the decision -----------------------------------------------------------------------------------------

    /** Sees to it that the source knows, while the VM runs. */
    private void follow() {
        Link decided = link;
        link = null;
        following = new Thread(() -> announce(decided), "vmm-migration");
        following.setDaemon(true);
        following.start();
    }

    private void announce(Link decided) {
        try {
            boolean known = announcement.over(decided);
            tally.disconnected(decided);
            reception.cleanUp();
            if (known || announcement.overNewLinks(migration.patience())) {
                reception.sourceKnows();
            }
        } catch (IOException e) {
            notice("the migration's journal cannot be kept: " + e.getMessage());
        }
    }

    /**
     * The guest has ended. Waits for the source to know that it ran, no longer than for a step of the conversation.
     *
     * @param status its exit status
     */
    public void ended(int status) throws IOException {
        reception.ended(status);
        try {
            following.join(migration.stepLimit().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the migration took; null if there was none. */
    @Nullable
    public MigrationStatistics statistics() {
        return reception == null ? null : tally.statistics(reception.token());
    }

    /** Ends {@link #receive} soon, as if patience were over, and all waiting after it. From any thread. */
    public void stop() {
        stopped = true;
        listener.close();
        Link used = link;
        if (used != null) {
            used.close();
        }
        Announcement announcing = announcement;
        if (announcing != null) {
            announcing.close();
        }
    }

    /** Stops listening and lets go of what is on disk, which stays. */
    @Override
    public void close() throws IOException {
        stop();
        if (following != null) {
            try {
                following.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (reception != null) {
            reception.close();
        }
    }
}
