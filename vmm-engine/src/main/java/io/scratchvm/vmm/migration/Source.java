package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.MigrationStatistics;
import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.Storage;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.MemoryMap;
import io.scratchvm.vmm.image.MoveMark;
import io.scratchvm.vmm.image.RunDigests;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import io.scratchvm.vmm.memory.PhysicalMemory;
import io.scratchvm.vmm.migration.SourceState.Phase;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/**
 * The end that has the VM and gives it away. It offers the saved VM, sends what the destination lacks, and, once that is
 * prepared, decides: from the moment when the journal says {@code COMMITTED} the VM never runs here again. What is
 * interrupted is begun again by the token, in this process or another.
 */
public final class Source implements Closeable {
    /** Bytes of local work that are given the time of one byte on the link. */
    static final int WORK_PER_LINK_BYTE = 16;

    private final Vmm vmm;
    private final VmConfiguration configuration;
    private final MigrationConfiguration migration;
    private final Connector connector;
    private final Patience patience;
    private final Tally tally;

    @Nullable
    private Token token;

    @Nullable
    private Journal<SourceState> journal;

    @Nullable
    private SavedVm saved;

    /** Of a live migration. */
    @Nullable
    private LiveCopy copy;

    @Nullable
    private RunDigests digests;

    /** Under way while there is no destination for a live migration. */
    @Nullable
    private Search search;

    @Nullable
    private volatile Link link;

    private volatile boolean stopped;

    /**
     * An end that has nothing to give yet.
     *
     * @param vmm this VMM
     * @throws VmmException if the destination's address or the TLS store cannot be used
     */
    public Source(VmConfiguration configuration, Vmm vmm) throws IOException {
        this.vmm = vmm;
        this.configuration = configuration;
        this.migration = configuration.migration();
        this.connector = new Connector(migration);
        this.patience = new Patience(migration.patience());
        this.tally = new Tally(migration);
    }

    // -- the VM on disk ---------------------------------------------------------------------------------------------

    /**
     * Begins a migration under a new {@link #token}, for a guest that has just stopped and is to be saved next.
     *
     * @param image where it will be saved
     */
    public void begin(Path image) throws IOException {
        tally.guestStopped();
        begin(image, 0);
    }

    private void begin(Path image, long staged) throws IOException {
        token = Token.random();
        journal = Journal.create(
                migration.journal(),
                name(token),
                SourceState.saving(
                        image.toAbsolutePath().toString(),
                        staged,
                        migration.peer().toString()));
        saved = savedVm();
    }

    /** The VM is on disk, marked with the token. */
    public void saved() throws IOException {
        journal.write(journal.state().with(Phase.OFFERED));
    }

    /**
     * Takes up a migration that was interrupted.
     *
     * @throws VmmException if there is no such migration, or another process works on it
     */
    public void resume(Token interrupted) throws IOException {
        token = interrupted;
        journal = Journal.open(migration.journal(), name(token), SourceState.class);
        saved = savedVm();
        if (journal.state().phase() == Phase.SAVING && saved.exists()) {
            saved();
        }
    }

    private static String name(Token token) {
        return token + ".send";
    }

    private SavedVm savedVm() throws IOException {
        MarkedImage marked = new MarkedImage(image(), new MoveMark(token.text()), configuration.imageKey());
        long staged = journal.state().staged();
        return staged == 0 ? marked : StagedVm.of(migration.journal(), token, marked, staged);
    }

    public Token token() {
        return token;
    }

    /** Where the VM is an image once it is taken back. */
    public Path image() {
        return Path.of(journal.state().image());
    }

    /** For a person, where the VM is while nothing is decided. */
    public String place() {
        return saved.place();
    }

    /**
     * What was settled before; null if the VM is still to be {@linkplain #move moved}.
     *
     * @throws IOException if what follows from it cannot be done
     */
    @Nullable
    public Verdict settled() throws IOException {
        return switch (journal.state().phase()) {
            case SAVING ->
                new Verdict(Verdict.Kind.ABORTED, "nothing was saved under token " + token + "; run the guest again");
            case OFFERED, COMMITTED -> null;
            case MOVED -> {
                saved.forget();
                yield Verdict.MOVED;
            }
            case ABORTED -> {
                saved.free();
                tellAborted();
                yield new Verdict(Verdict.Kind.ABORTED, journal.state().reason());
            }
        };
    }

    /**
     * The saved VM.
     *
     * @throws VmmException if it is not there any more, or damaged
     */
    public Image open() throws IOException {
        return saved.open();
    }

    // -- live -------------------------------------------------------------------------------------------------------

    /**
     * Begins a migration whose guest runs on while its memory is copied, once a destination is found.
     *
     * @param image what the VM becomes if it is taken back
     * @param memory of the guest
     */
    public void beginLive(Path image, PhysicalMemory memory) throws IOException {
        begin(image, memory.size());
        digests = new RunDigests(memory);
        copy = new LiveCopy(memory, ((StagedVm) saved).memory(), digests, migration);
        lookForDestination(memory.size());
    }

    private void lookForDestination(long memorySize) {
        Message.Offer offer = new Message.Offer(
                token.text(), memorySize, 0, vmm.cpuFeatures(), true, configuration.imageKey() != null, isShared());
        search = new Search(() -> accepted(offer), patience);
    }

    private Link accepted(Message.Offer offer) throws IOException {
        connect();
        link.send(offer);
        link.receive(Message.Accept.class);
        return link;
    }

    /**
     * Goes on with the copy for a moment. To be called between the guest's slices, on its thread.
     *
     * @return whether the guest is to go on; if not, {@link #stopLive} is next
     * @throws NotMovedException if there is no destination, or none that takes the VM; the guest can go on
     */
    public boolean advance() throws IOException {
        try {
            if (search != null && !searched()) {
                return true;
            }
            return copy.advance();
        } catch (LinkException e) {
            copy.close();
            disconnect();
            lookForDestination(journal.state().staged());
            return true;
        } catch (NotMovedException e) {
            throw e;
        } catch (IOException | VmmException e) {
            // Another link would not help: the peer refuses, or the disk beside the journal fails.
            throw new NotMovedException(e.getMessage());
        }
    }

    private boolean searched() throws IOException {
        Link found = search.poll();
        if (found != null) {
            search = null;
            copy.begin(found);
        }
        return found != null;
    }

    /** The guest has stopped: copies the rest. */
    public void stopLive() throws IOException {
        tally.guestStopped();
        copy.finish();
        tally.livePart(copy.rounds(), copy.converged(), copy.memoryBytes());
    }

    /** The digests of the memory that {@link #stopLive} has copied. */
    public RunDigests digests() {
        return digests;
    }

    /** The VM is on disk, once this returns. */
    public void savedLive(byte[] head) throws IOException {
        ((StagedVm) saved).seal(head);
        saved();
    }

    // -- the conversation -------------------------------------------------------------------------------------------

    /**
     * Moves the saved VM. Tries again while the link is down, as long as patience lasts.
     *
     * @param image of the saved VM
     * @param host the directory of the guest's files
     */
    public Verdict move(Image image, Host host) throws IOException {
        while (true) {
            try {
                return converse(image, host);
            } catch (VmmException | ProtocolException e) {
                return refused(e.getMessage());
            } catch (LinkException e) {
                if (!patience.pause()) {
                    return gaveUp(e);
                }
            } catch (IOException e) {
                return gaveUp(e);
            } finally {
                disconnect();
            }
        }
    }

    private Verdict converse(Image image, Host host) throws IOException {
        boolean accepted = link != null;
        if (!accepted) {
            connect();
        }
        if (journal.state().phase() == Phase.COMMITTED) {
            return commit();
        }
        Message.Prepared prepared = accepted ? null : preparedBefore(offer(image));
        if (prepared == null) {
            send(image, host);
            prepared = link.receive(Message.Prepared.class);
        }
        requireOurs(prepared.token());
        // To this one and no other: a second destination may have prepared the same VM.
        Token destination = Token.received(prepared.destination());
        journal.write(journal.state().committed(destination.text()));
        return commit();
    }

    private void connect() throws IOException {
        if (stopped) {
            throw new LinkException("stopped by request");
        }
        link = connector.connect();
        tally.connected();
        patience.met();
        link.beginStep(0);
        link.send(Message.Hello.of(vmm.name()));
        link.receive(Message.Hello.class).requireCommonVersion();
    }

    private Message offer(Image image) throws IOException {
        link.beginStep(0);
        link.send(new Message.Offer(
                token.text(),
                image.manifest().memorySize(),
                image.memory().stored(),
                image.manifest().cpuFeatures(),
                false,
                image.seal().keyed(),
                isShared()));
        return link.receive();
    }

    private boolean isShared() {
        return migration.storage() == Storage.SHARED;
    }

    /** Null if the offer is accepted and the VM is to be sent. */
    @Nullable
    private Message.Prepared preparedBefore(Message reply) throws IOException {
        if (reply instanceof Message.Prepared prepared) {
            return prepared;
        }
        if (reply instanceof Message.Accept accept) {
            requireOurs(accept.token());
            return null;
        }
        throw Link.unexpected(reply, "ACCEPT or PREPARED");
    }

    private void requireOurs(String heard) throws ProtocolException {
        if (!heard.equals(token.text())) {
            throw new ProtocolException("the destination answered for another migration");
        }
    }

    private void send(Image image, Host host) throws IOException {
        byte[] head = image.head();
        link.beginStep(head.length);
        link.send(new Message.Image(head.length, image.manifest().uuid()));
        sendBytes(Data.Kind.HEAD, 0, head, head.length);
        OutgoingFiles files = new OutgoingFiles(host, image.state().files().files());
        long all = image.memory().stored() + openFileBytes(image);
        link.beginStep(all / WORK_PER_LINK_BYTE);
        Message.Want want = link.receive(Message.Want.class);
        sendWanted(want, image, files);
        link.send(new Message.Sealed(image.manifest().uuid()));
        link.beginStep(all / WORK_PER_LINK_BYTE);
    }

    private static long openFileBytes(Image image) {
        long bytes = 0;
        for (OpenFileState file : image.state().files().files()) {
            bytes += file.size();
        }
        return bytes;
    }

    private void sendWanted(Message.Want want, Image image, OutgoingFiles files) throws IOException {
        List<MemoryMap.Run> runs = image.memory().runs();
        BitSet wanted = BitSet.valueOf(want.runs());
        if (wanted.length() > runs.size()) {
            throw new ProtocolException("the destination wants runs of memory that there are not");
        }
        long total = wanted.stream().mapToLong(i -> runs.get(i).length()).sum() + files.size(want.files());
        tally.expect(total);
        link.beginStep(total);
        byte[] buffer = new byte[MemoryMap.MAX_RUN];
        for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
            image.readRun(i, buffer);
            sendBytes(Data.Kind.MEMORY, runs.get(i).address(), buffer, (int)
                    runs.get(i).length());
        }
        for (Message.WantedFile file : want.files()) {
            files.send(file, this::sendPiece);
        }
    }

    private void sendBytes(Data.Kind kind, long offset, byte[] bytes, int length) throws IOException {
        for (int at = 0; at < length; at += Data.MAX) {
            sendPiece(new Data(kind, 0, offset + at, bytes, at, Math.min(Data.MAX, length - at)));
        }
    }

    private void sendPiece(Data data) throws IOException {
        link.send(data);
        if (data.kind() != Data.Kind.HEAD) {
            tally.moved(data);
        }
    }

    private Verdict commit() throws IOException {
        link.beginStep(0);
        link.send(new Message.Commit(token.text(), journal.state().destination()));
        requireOurs(link.receive(Message.Running.class).token());
        tally.guestRuns();
        journal.write(journal.state().with(Phase.MOVED));
        saved.forget();
        try {
            link.send(new Message.Done(token.text()));
        } catch (IOException e) {
            // The destination runs; that it does not hear of our knowing costs it a little patience.
        }
        return Verdict.MOVED;
    }

    private void disconnect() {
        Link used = link;
        if (used != null) {
            link = null;
            tally.disconnected(used);
            used.close();
        }
    }

    // -- other endings ----------------------------------------------------------------------------------------------

    private Verdict refused(String reason) throws IOException {
        if (journal.state().phase() == Phase.COMMITTED) {
            return inDoubt(reason);
        }
        abort(reason);
        sayAborted();
        return new Verdict(Verdict.Kind.ABORTED, reason);
    }

    private Verdict gaveUp(IOException last) {
        String trouble = stopped ? "stopped by request" : last.getMessage();
        return journal.state().phase() == Phase.COMMITTED
                ? inDoubt(trouble)
                : new Verdict(Verdict.Kind.INTERRUPTED, trouble);
    }

    private Verdict inDoubt(String trouble) {
        return new Verdict(Verdict.Kind.IN_DOUBT, trouble);
    }

    /**
     * Decides that the VM does not move: its image can be restored here again.
     *
     * @throws VmmException if it was decided that it moves
     */
    public void abort(String reason) throws IOException {
        switch (journal.state().phase()) {
            case COMMITTED ->
                throw new VmmException(
                        "migration " + token + " cannot be aborted: the destination was told to run the VM; "
                                + "'vmm send --resume " + token + "' asks whether it does");
            case MOVED -> throw new VmmException("migration " + token + " is over: the VM runs at the destination");
            case SAVING, OFFERED -> {
                endCopy();
                saved.becomeImage();
                journal.write(journal.state().aborted(reason));
                saved.free();
            }
            case ABORTED -> saved.free();
        }
    }

    /** From now on link and staged memory are ours alone. */
    private void endCopy() throws IOException {
        if (copy != null) {
            copy.close();
        }
    }

    /** Tells the destination, if it is there, that the migration was aborted. */
    public void tellAborted() {
        try {
            connect();
            sayAborted();
        } catch (IOException | VmmException e) {
            // It hears of it when it is back.
        } finally {
            disconnect();
        }
    }

    /** Tells the destination, if it is connected. */
    public void sayAborted() {
        Link used = link;
        try {
            if (used != null) {
                used.beginStep(0);
                used.send(new Message.Abort(token.text(), journal.state().reason()));
            }
        } catch (IOException e) {
            // It hears of it when it is back.
        }
    }

    /** What the migration took. */
    public MigrationStatistics statistics() {
        return tally.statistics(token);
    }

    /** Ends {@link #move} soon, as if patience were over. From any thread. */
    public void stop() {
        stopped = true;
        patience.giveUp();
        Link used = link;
        if (used != null) {
            used.close();
        }
    }

    /** Lets go of the journal, which stays on disk. */
    @Override
    public void close() throws IOException {
        endCopy();
        disconnect();
        if (saved instanceof StagedVm staged) {
            staged.close();
        }
        if (journal != null) {
            journal.close();
        }
    }
}
