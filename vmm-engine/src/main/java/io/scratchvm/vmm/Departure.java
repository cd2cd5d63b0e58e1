package io.scratchvm.vmm;

import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.OnFailure;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.MoveMark;
import io.scratchvm.vmm.migration.NotMovedException;
import io.scratchvm.vmm.migration.Source;
import io.scratchvm.vmm.migration.Verdict;
import java.io.IOException;
import java.nio.file.Path;

/** A VM's way to another VMM: it is run, saved, moved, and, if it is not taken, kept or taken back. */
final class Departure {
    /** The exit status of a migration in doubt. */
    static final int IN_DOUBT = 124;

    static final int VMM_ERROR = 125;

    private final Session session;
    private final VmConfiguration configuration;
    private final MigrationConfiguration migration;
    private final Source source;

    /** @param configuration of the VM, whose trace says that it moves */
    Departure(Session session, VmConfiguration configuration, Source source) {
        this.session = session;
        this.configuration = configuration;
        this.migration = configuration.migration();
        this.source = source;
    }

    // -- a VM that stands while it moves ----------------------------------------------------------------------------

    Outcome send(VirtualMachine machine, SavePoint point, Path image) throws IOException {
        Outcome outcome = session.execute(machine, point);
        if (outcome.stop().isEnd()) {
            return outcome.with(Session.endedBeforeSave(outcome.stop(), point));
        }
        source.begin(image);
        session.write(machine, image, new MoveMark(source.token().text()));
        source.saved();
        return leave(machine, outcome);
    }

    private Outcome leave(VirtualMachine machine, Outcome before) throws IOException {
        Stop stop = move();
        if (stop.reason() != Stop.Reason.NOT_MOVED || migration.onFailure() != OnFailure.RESUME) {
            return before.with(stop).with(source.statistics());
        }
        if (source.settled() == null) {
            source.abort(stop.message());
            source.tellAborted();
        }
        return goOn(machine, before, stop.message());
    }

    private Outcome goOn(VirtualMachine machine, Outcome before, String why) throws IOException {
        migration.notices().accept("the VM goes on here: " + why);
        return session.execute(machine, null).after(before).with(source.statistics());
    }

    // -- a VM that runs while it moves ------------------------------------------------------------------------------

    Outcome sendLive(VirtualMachine machine, SavePoint point, Path image) throws IOException {
        source.beginLive(image, machine.memory());
        Outcome outcome;
        try {
            outcome = session.executeInSlices(machine, point, source::advance);
        } catch (NotMovedException e) {
            return stay(machine, image, e.getMessage());
        }
        if (outcome.stop().isEnd()) {
            source.abort("the guest has ended");
            source.sayAborted();
            return outcome.with(endedBeforeMove(outcome.stop())).with(source.statistics());
        }
        try {
            source.stopLive();
            source.savedLive(machine.imageHead(source.digests()));
        } catch (IOException e) {
            return stay(machine, image, ErrorMessage.of(e));
        }
        return leave(machine, outcome);
    }

    /** The guest stands between two slices, and nothing of it has left for good. */
    private Outcome stay(VirtualMachine machine, Path image, String why) throws IOException {
        source.abort(why);
        source.sayAborted();
        Outcome before = Outcome.ofMigration(notMoved("the VM was not moved: " + why), source.statistics());
        if (migration.onFailure() == OnFailure.RESUME) {
            return goOn(machine, before, why);
        }
        session.write(machine, image, null);
        return before.with(kept(why));
    }

    private static Stop endedBeforeMove(Stop stop) {
        String how = stop.message().isEmpty() ? "exit status " + stop.status() : stop.message();
        return new Stop(stop.reason(), VMM_ERROR, "the guest ended before it was moved (" + how + ")");
    }

    // -- the move ---------------------------------------------------------------------------------------------------

    /** Moves the saved VM, and says how that ended. */
    Stop move() throws IOException {
        session.publish(source::stop);
        try {
            Verdict verdict = source.settled();
            if (verdict == null) {
                try (Image image = source.open()) {
                    verdict = source.move(image, Hardware.host(configuration));
                }
            }
            return stop(verdict);
        } finally {
            session.publish(null);
        }
    }

    private Stop stop(Verdict verdict) {
        return switch (verdict.kind()) {
            case MOVED -> {
                configuration.trace().accept("VM STATE SENT");
                yield new Stop(Stop.Reason.MOVED, 0, "");
            }
            case ABORTED, OVER -> kept(verdict.reason());
            case INTERRUPTED ->
                notMoved("the VM was not moved: " + verdict.reason() + "; it is in " + source.place() + ", 'vmm send"
                        + again("--resume") + "' goes on, 'vmm send" + again("--abort") + "' takes it back");
            case IN_DOUBT ->
                new Stop(
                        Stop.Reason.IN_DOUBT,
                        IN_DOUBT,
                        "the destination was told to run the VM and has not answered: " + verdict.reason()
                                + "; the VM is in " + source.place() + " should it be lost there, 'vmm send"
                                + again("--resume") + "' asks again");
        };
    }

    private Stop kept(String why) {
        return notMoved("the VM was not moved: " + why + "; 'vmm restore " + source.image() + "' goes on with it here");
    }

    private static Stop notMoved(String message) {
        return new Stop(Stop.Reason.NOT_MOVED, VMM_ERROR, message);
    }

    private String again(String how) {
        return " " + how + " " + source.token() + " --to " + migration.peer() + " --journal " + migration.journal();
    }
}
