package io.scratchvm.vmm;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.semantics.CpuFeature;
import io.scratchvm.vmm.image.MoveMark;
import io.scratchvm.vmm.migration.Destination;
import io.scratchvm.vmm.migration.Source;
import io.scratchvm.vmm.migration.Token;
import io.scratchvm.vmm.migration.Verdict;
import io.scratchvm.vmm.migration.Vmm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One VM's life from blank to stopped, as every face of the VMM leads it: a command or a goal makes one session and
 * calls one of its methods, once. Not thread-safe, except {@link #requestStop}.
 */
public final class Session {
    /** This VMM, as another one is told. */
    private static final Vmm VMM = new Vmm(Version.NAME, CpuFeature.names());

    private final VmConfiguration configuration;
    private final Object lock = new Object();
    private Stoppable running;
    private boolean stopRequested;

    public Session(VmConfiguration configuration) {
        this.configuration = configuration;
    }

    /**
     * Runs a guest to its end.
     *
     * @throws VmmException if the guest cannot be used
     * @throws IOException for trouble of the environment
     */
    public Outcome run(Start start) throws IOException {
        try (VirtualMachine machine = VirtualMachine.blank(configuration)) {
            machine.load(start);
            return execute(machine, null);
        }
    }

    /**
     * Runs a guest to a save point, and writes the VM there to {@code image}. A guest that ends before it: status 125,
     * and nothing is written.
     *
     * @throws VmmException if the guest cannot be used
     * @throws IOException for trouble of the environment
     */
    public Outcome save(Start start, SavePoint point, Path image) throws IOException {
        requireWritable(image);
        try (VirtualMachine machine = VirtualMachine.blank(configuration)) {
            machine.load(start);
            Outcome outcome = execute(machine, point);
            if (outcome.stop().isEnd()) {
                return outcome.with(endedBeforeSave(outcome.stop(), point));
            }
            write(machine, image, null);
            return outcome.with(new Stop(outcome.stop().reason(), 0, ""));
        }
    }

    /**
     * Makes a blank VM the saved one and runs it to the guest's end.
     *
     * @throws VmmException if the image cannot be used
     * @throws IOException for trouble of the environment
     */
    public Outcome restore(Path image) throws IOException {
        // The memory is checked as it is copied, or first touched: checking it now too would be doing it twice.
        try (VmImage saved = VmImage.readLazily(image, configuration.imageKey());
                VirtualMachine machine = VirtualMachine.blank(configuration)) {
            machine.restore(saved);
            return execute(machine, null);
        }
    }

    /**
     * Runs a guest to a save point, writes the VM there to {@code image}, and moves it to another VMM ({@link
     * VmConfiguration#migration}). Status 0 once the VM runs there; 124 where the destination was told to run it and has
     * not answered.
     *
     * @throws VmmException if the guest or the destination cannot be used
     * @throws IOException for trouble of the environment
     */
    public Outcome send(Start start, SavePoint point, Path image) throws IOException {
        requireWritable(image);
        VmConfiguration traced = MovingTrace.of(configuration);
        try (VirtualMachine machine = VirtualMachine.blank(traced);
                Source source = new Source(traced, VMM)) {
            machine.load(start);
            Departure departure = new Departure(this, traced, source);
            Outcome outcome = traced.migration().live()
                    ? departure.sendLive(machine, point, image)
                    : departure.send(machine, point, image);
            return sayExiting(outcome);
        }
    }

    private Outcome sayExiting(Outcome outcome) {
        if (outcome.stop().reason() == Stop.Reason.MOVED) {
            configuration.trace().accept("VMM EXITING");
        }
        return outcome;
    }

    /**
     * Goes on with an interrupted {@link #send}.
     *
     * @param token 32 hexadecimal digits
     * @throws VmmException if there is no such migration, or another process works on it
     * @throws IOException for trouble of the environment
     */
    public Outcome resumeSend(String token) throws IOException {
        VmConfiguration traced = MovingTrace.of(configuration);
        try (Source source = new Source(traced, VMM)) {
            source.resume(new Token(token));
            Stop stop = new Departure(this, traced, source).move();
            return sayExiting(Outcome.ofMigration(stop, source.statistics()));
        }
    }

    /**
     * Takes back a VM that was offered and not moved: its image can be restored here again. Tells the destination, if it
     * is there.
     *
     * @throws VmmException if the destination was already told to run it, or as {@link #resumeSend}
     */
    public Outcome abortSend(String token) throws IOException {
        try (Source source = new Source(configuration, VMM)) {
            source.resume(new Token(token));
            source.abort("the source took the VM back");
            source.tellAborted();
            String free = "the VM stays here: 'vmm restore " + source.image() + "' goes on with it";
            return Outcome.ofMigration(new Stop(Stop.Reason.SAVE, 0, free), source.statistics());
        }
    }

    /**
     * Waits for a VM that another VMM sends, and runs it to the guest's end.
     *
     * @throws VmmException if what was offered cannot be used
     * @throws IOException for trouble of the environment
     */
    public Outcome receive() throws IOException {
        try (Destination destination = destination()) {
            return arrive(destination);
        }
    }

    /**
     * Goes on with an interrupted {@link #receive}.
     *
     * @param token 32 hexadecimal digits
     * @throws VmmException if there is no such migration, or as {@link #receive}
     * @throws IOException for trouble of the environment
     */
    public Outcome resumeReceive(String token) throws IOException {
        try (Destination destination = destination()) {
            destination.resume(new Token(token));
            return arrive(destination);
        }
    }

    private Destination destination() throws IOException {
        Destination destination = new Destination(configuration, VMM, Hardware.host(configuration));
        if (configuration.migration().peer().port() == 0) {
            configuration.migration().notices().accept("listening at " + destination.address());
        }
        return destination;
    }

    private Outcome arrive(Destination destination) throws IOException {
        VmConfiguration traced = MovingTrace.of(configuration);
        try (ArrivedVm arrived = new ArrivedVm(traced)) {
            publish(destination::stop);
            Verdict verdict;
            try {
                verdict = destination.receive(arrived);
            } finally {
                publish(null);
            }
            if (verdict.kind() != Verdict.Kind.MOVED) {
                return Outcome.ofMigration(arrived.stop(verdict, destination.token()), destination.statistics());
            }
            traced.trace().accept("RESTORE OPERATION");
            Outcome outcome = execute(arrived.machine(), null);
            destination.ended(outcome.status());
            return outcome.with(destination.statistics());
        }
    }

    /** Makes the VM stop soon, as a limit would. From any thread, at any time. */
    public void requestStop() {
        synchronized (lock) {
            stopRequested = true;
            if (running != null) {
                running.requestStop();
            }
        }
    }

    /** @param point where to stop; null for the guest's end */
    Outcome execute(VirtualMachine machine, @Nullable SavePoint point) throws IOException {
        return executeInSlices(machine, point, null);
    }

    /**
     * @param point where the slices begin, or where to stop if there is no interlude; null for the start, or never
     * @param interlude called between the slices; null for a run in one piece
     */
    Outcome executeInSlices(VirtualMachine machine, @Nullable SavePoint point, @Nullable Interlude interlude)
            throws IOException {
        long before = machine.instructions();
        long start = System.nanoTime();
        publish(machine);
        try {
            Stop stop = machine.runInSlices(point, interlude);
            long time = System.nanoTime() - start;
            return new Outcome(stop, machine.instructions() - before, time, machine.engine());
        } finally {
            publish(null);
        }
    }

    void write(VirtualMachine machine, Path image, @Nullable MoveMark mark) throws IOException {
        publish(machine);
        try {
            machine.save(image, mark);
        } finally {
            publish(null);
        }
    }

    void publish(Stoppable next) {
        synchronized (lock) {
            running = next;
            if (stopRequested && next != null) {
                next.requestStop();
            }
        }
    }

    static Stop endedBeforeSave(Stop stop, SavePoint point) {
        String why = stop.message().isEmpty() ? "exit status " + stop.status() : stop.message();
        return new Stop(
                stop.reason(),
                125,
                "the guest ended before " + point.description() + " (" + why + "): no image was written");
    }

    /** Said before a run that may be long, not after it. */
    private static void requireWritable(Path image) {
        Path directory = image.toAbsolutePath().getParent();
        if (directory == null || Files.isDirectory(image)) {
            throw new VmmException(image + " is a directory; an image is a file");
        }
        // A device would be moved over, not written to.
        if (Files.exists(image) && !Files.isRegularFile(image)) {
            throw new VmmException(image + " is not a regular file; name another one for the image");
        }
        if (!Files.isDirectory(directory)) {
            throw new VmmException("cannot write " + image + ": there is no directory " + directory);
        }
        if (!Files.isWritable(directory)) {
            throw new VmmException("cannot write " + image + ": the directory " + directory + " is not writable");
        }
    }
}
