package io.scratchvm.vmm;

import io.scratchvm.vmm.api.OnFailure;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.cpu.semantics.CpuFeature;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.migration.Source;
import io.scratchvm.vmm.migration.Verdict;
import io.scratchvm.vmm.migration.Vmm;
import java.io.IOException;

/** What becomes of a VM that is to leave: the migration's verdict, put into an outcome and words. */
final class Departure {
    /** The exit status of a migration in doubt. */
    static final int IN_DOUBT = 124;

    static final int VMM_ERROR = 125;

    /** This VMM, as another one is told. */
    static final Vmm VMM = new Vmm(Version.NAME, CpuFeature.names());

    private final VmConfiguration configuration;
    private final Source source;

    Departure(VmConfiguration configuration, Source source) {
        this.configuration = configuration;
        this.source = source;
    }

    /** Moves the saved VM, and says how that ended. */
    Stop go() throws IOException {
        Verdict verdict = source.settled();
        if (verdict == null) {
            try (Image image = source.open()) {
                verdict = source.move(image, Hardware.host(configuration));
            }
        }
        return stop(verdict);
    }

    /** Whether the VM is to go on here after {@code stop}. */
    boolean isTakenBack(Stop stop) throws IOException {
        if (stop.reason() != Stop.Reason.NOT_MOVED || configuration.migration().onFailure() != OnFailure.RESUME) {
            return false;
        }
        if (source.settled() == null) {
            source.abort(stop.message());
            source.tellAborted();
        }
        configuration.migration().notices().accept("the VM goes on here: " + stop.message());
        return true;
    }

    private Stop stop(Verdict verdict) {
        return switch (verdict.kind()) {
            case MOVED -> {
                configuration.trace().accept("VM STATE SENT");
                yield new Stop(Stop.Reason.MOVED, 0, "");
            }
            case ABORTED, OVER ->
                notMoved("the VM was not moved: " + verdict.reason() + "; 'vmm restore " + source.image()
                        + "' goes on with it here");
            case INTERRUPTED ->
                notMoved("the VM was not moved: " + verdict.reason() + "; it is in " + source.image() + ", 'vmm send"
                        + again("--resume") + "' goes on, 'vmm send" + again("--abort") + "' takes it back");
            case IN_DOUBT ->
                new Stop(
                        Stop.Reason.IN_DOUBT,
                        IN_DOUBT,
                        "the destination was told to run the VM and has not answered: " + verdict.reason()
                                + "; the VM is in " + source.image() + " should it be lost there, 'vmm send"
                                + again("--resume") + "' asks again");
        };
    }

    private static Stop notMoved(String message) {
        return new Stop(Stop.Reason.NOT_MOVED, VMM_ERROR, message);
    }

    private String again(String how) {
        return " " + how + " " + source.token() + " --to "
                + configuration.migration().peer() + " --journal "
                + configuration.migration().journal();
    }
}
