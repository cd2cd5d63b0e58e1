package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.Storage;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.ImageReader;
import io.scratchvm.vmm.image.MemoryMap;
import io.scratchvm.vmm.image.Publication;
import io.scratchvm.vmm.image.ReadOptions;
import io.scratchvm.vmm.image.RunDigests;
import io.scratchvm.vmm.linux.ProcessesState;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import io.scratchvm.vmm.memory.PhysicalMemory;
import io.scratchvm.vmm.migration.DestinationState.Phase;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What has arrived of one VM: its memory, here and on disk; its image's head; its files; and the journal that says how
 * far it is. Nothing here knows the link.
 */
final class Reception implements Closeable {
    private final Token token;
    private final VmConfiguration configuration;
    private final MigrationConfiguration migration;
    private final Host host;
    private final Journal<DestinationState> journal;
    private final StagedMemory staged;
    private PhysicalMemory memory;
    private RunDigests digests;
    private Image image;
    private IncomingFiles files;

    private Reception(Token token, VmConfiguration configuration, Host host, Journal<DestinationState> journal)
            throws IOException {
        this.token = token;
        this.configuration = configuration;
        this.migration = configuration.migration();
        this.host = host;
        this.journal = journal;
        this.memory = new PhysicalMemory(journal.state().memorySize());
        this.digests = new RunDigests(memory);
        this.staged = StagedMemory.open(path("memory"), memory.size());
    }

    // -- beginnings -------------------------------------------------------------------------------------------------

    /** Whether the migration of {@code token} began here before. */
    static boolean isKnown(Token token, MigrationConfiguration migration) {
        return Journal.exists(migration.journal(), name(token));
    }

    /** Begins to receive the VM that was offered. */
    static Reception begin(Token token, Message.Offer offer, VmConfiguration configuration, Host host)
            throws IOException {
        boolean shared = offer.shared() || configuration.migration().storage() == Storage.SHARED;
        return open(
                token,
                configuration,
                host,
                Journal.create(
                        configuration.migration().journal(),
                        name(token),
                        DestinationState.receiving(
                                Token.random().text(), root(configuration), offer.memorySize(), shared)));
    }

    /**
     * Goes on where an earlier process was interrupted.
     *
     * @throws VmmException if there is no such migration, another process works on it, or it used another root
     */
    static Reception resume(Token token, VmConfiguration configuration, Host host) throws IOException {
        Journal<DestinationState> journal =
                Journal.open(configuration.migration().journal(), name(token), DestinationState.class);
        if (!journal.state().root().equals(root(configuration))) {
            journal.close();
            throw new VmmException("migration " + token + " began under the root "
                    + journal.state().root() + "; name it with --root");
        }
        return open(token, configuration, host, journal);
    }

    private static Reception open(
            Token token, VmConfiguration configuration, Host host, Journal<DestinationState> journal)
            throws IOException {
        try {
            Reception reception = new Reception(token, configuration, host, journal);
            reception.staged.load(reception.memory);
            return reception;
        } catch (IOException | RuntimeException | Error e) {
            journal.close();
            throw e;
        }
    }

    private static String root(VmConfiguration configuration) {
        return configuration.root().toAbsolutePath().normalize().toString();
    }

    private static String name(Token token) {
        return token + ".receive";
    }

    private Path path(String suffix) {
        return migration.journal().resolve(token + "." + suffix);
    }

    Token token() {
        return token;
    }

    DestinationState state() {
        return journal.state();
    }

    /** Whether the VM has begun to run here. */
    boolean hasRun() {
        return state().phase() == Phase.RUNNING || state().phase() == Phase.ENDED;
    }

    /** What tells the source that its VM runs here. */
    Announcement announcement(String writer, Listener listener) {
        return new Announcement(new Message.Commit(token.text(), state().destination()), writer, listener);
    }

    // -- memory -----------------------------------------------------------------------------------------------------

    void receive(Data data) throws IOException {
        switch (data.kind()) {
            case MEMORY -> receiveMemory(data);
            case ZEROS -> receiveZeros(data);
            case FILE -> receiveFile(data);
            case HEAD -> throw new ProtocolException("a piece of the head came after the head");
        }
    }

    private void receiveMemory(Data data) throws IOException {
        requireInside(data);
        memory.write(data.offset(), data.buffer(), data.start(), (int) data.length());
        staged.write(data.offset(), data.buffer(), data.start(), (int) data.length());
    }

    private void receiveZeros(Data data) throws IOException {
        requireInside(data);
        memory.clear(data.offset(), data.length());
        staged.clear(data.offset(), data.length());
    }

    private void requireInside(Data data) throws ProtocolException {
        boolean pages = (data.offset() & PhysicalMemory.PAGE_SIZE - 1) == 0
                && (data.length() & PhysicalMemory.PAGE_SIZE - 1) == 0;
        if (!pages || data.length() == 0 || !memory.contains(data.offset(), data.length())) {
            throw new ProtocolException("DATA came for what is not memory of the VM: " + data.length()
                    + " bytes at physical 0x" + Long.toHexString(data.offset()));
        }
    }

    private void receiveFile(Data data) throws IOException {
        if (files == null) {
            throw new ProtocolException("a piece of a file came before the files are known");
        }
        files.write(data.index(), data.offset(), data.buffer(), data.start(), (int) data.length());
    }

    /** A round is complete: what came is on disk, and digested while the guest still runs. */
    void completeRound() throws IOException {
        staged.force();
        digests.refresh();
    }

    // -- the image --------------------------------------------------------------------------------------------------

    /**
     * Takes the head and says what is missing: the runs that are not here, the files that are not under the root.
     *
     * @throws VmmException if the image cannot be used here
     */
    Message.Want receiveHead(byte[] head) throws IOException {
        closeImage();
        Publication.replace(path("head"), head);
        openImage(head, ReadOptions.Runs.AT_USE);
        clearOutsideRuns();
        BitSet missing = missingRuns();
        return new Message.Want(missing.toByteArray(), files.wanted());
    }

    private void openImage(byte[] head, ReadOptions.Runs check) throws IOException {
        ReadOptions options = new ReadOptions(configuration.imageKey(), memory.size(), check);
        image = ImageReader.open(path("head"), new StagedImage(head, staged), options);
        if (image.manifest().memorySize() != memory.size()) {
            throw new VmmException("the image is of " + image.manifest().memorySize()
                    + " bytes of memory, the offer was of " + memory.size());
        }
        files = incoming(travelling());
    }

    private IncomingFiles incoming(List<OpenFileState> openFiles) throws IOException {
        return new IncomingFiles(
                host, path("files"), path("replaced"), openFiles, migration.overwrite(), migration.maxFiles());
    }

    /** With shared storage no file travels; the restore finds them as the user's policy says. */
    private List<OpenFileState> travelling() {
        if (journal.state().shared()) {
            return List.of();
        }
        List<OpenFileState> travelling = new ArrayList<>(image.state().files().files());
        int id = Integer.MAX_VALUE;
        for (String directory : workingDirectories()) {
            travelling.add(new OpenFileState(--id, FileKind.DIRECTORY, directory, 0, 0, 0, 0755, false, null, null));
        }
        return travelling;
    }

    /** Of each process, as if it had it open: it has to be there too. */
    private Set<String> workingDirectories() {
        Set<String> directories = new LinkedHashSet<>();
        directories.add(image.state().process().workingDirectory());
        ProcessesState more = image.state().processes();
        for (ProcessesState.ProcessEntry process :
                more == null ? List.<ProcessesState.ProcessEntry>of() : more.processes()) {
            if (process.state() != null) {
                directories.add(process.state().workingDirectory());
            }
        }
        return directories;
    }

    /** Pages of an earlier round may have become zero since. */
    private void clearOutsideRuns() throws IOException {
        long from = 0;
        for (MemoryMap.Run run : image.memory().runs()) {
            clear(from, run.address());
            from = run.address() + run.length();
        }
        clear(from, memory.size());
    }

    private void clear(long from, long to) throws IOException {
        for (long page = memory.nextWritten(from, 0); page < to; ) {
            if (!memory.isZeroPage(page)) {
                memory.clear(page, PhysicalMemory.PAGE_SIZE);
                staged.clear(page, PhysicalMemory.PAGE_SIZE);
            }
            page = memory.nextWritten(page + PhysicalMemory.PAGE_SIZE, 0);
        }
    }

    private BitSet missingRuns() {
        List<MemoryMap.Run> runs = image.memory().runs();
        BitSet missing = new BitSet(runs.size());
        for (int i = 0; i < runs.size(); i++) {
            MemoryMap.Run run = runs.get(i);
            missing.set(i, !Arrays.equals(digests.digest(run.address(), run.length()), run.sha256()));
        }
        return missing;
    }

    /** How many bytes {@code want} asks for. */
    long size(Message.Want want) {
        long size = files.missing();
        BitSet runs = BitSet.valueOf(want.runs());
        for (int i = runs.nextSetBit(0); i >= 0; i = runs.nextSetBit(i + 1)) {
            size += image.memory().runs().get(i).length();
        }
        return size;
    }

    // -- decisions --------------------------------------------------------------------------------------------------

    /**
     * Checks all that came, makes it last, and builds the VM.
     *
     * @throws ProtocolException if something is not what the image says
     */
    void prepare(Arrival arrival) throws IOException {
        int damaged = missingRuns().nextSetBit(0);
        if (damaged >= 0) {
            throw new ProtocolException("memory at physical 0x"
                    + Long.toHexString(image.memory().runs().get(damaged).address())
                    + " did not come as the image says: its SHA-256 differs");
        }
        files.verify();
        staged.force();
        files.place();
        arrival.build(image, memory);
        journal.write(journal.state().with(Phase.PREPARED));
    }

    /** Builds the VM that an earlier process had prepared. */
    void prepareAgain(Arrival arrival) throws IOException {
        openImage(Files.readAllBytes(path("head")), ReadOptions.Runs.AT_OPEN);
        files.place();
        arrival.build(image, memory);
    }

    /** From when this returns the VM runs here, and nowhere else, once. */
    void run() throws IOException {
        journal.write(journal.state().with(Phase.RUNNING));
    }

    /** What was kept to begin again is of no use any more. Can be repeated, by a later process too. */
    void cleanUp() throws IOException {
        incoming(List.of()).cleanUp();
        deleteImage();
    }

    private void deleteImage() throws IOException {
        closeImage();
        staged.delete();
        Files.deleteIfExists(path("head"));
        memory = null;
        digests = null;
    }

    /** By another thread than {@link #ended}. */
    synchronized void sourceKnows() throws IOException {
        journal.write(journal.state().heard());
    }

    synchronized void ended(int status) throws IOException {
        journal.write(journal.state().ended(status));
    }

    /** Gives the VM up: takes back what was placed. */
    void abort(String reason, Arrival arrival) throws IOException {
        arrival.discard();
        journal.write(journal.state().aborted(reason));
        takeBack();
    }

    /** What an abort has to do on disk. Can be repeated, by a later process too. */
    void takeBack() throws IOException {
        incoming(List.of()).takeBack().forEach(migration.notices());
        deleteImage();
    }

    private void closeImage() throws IOException {
        if (image != null) {
            image.close();
            image = null;
        }
    }

    /** Lets go of the files on disk, which stay. */
    @Override
    public void close() throws IOException {
        try {
            closeImage();
            staged.close();
        } finally {
            journal.close();
        }
    }
}
