package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.MigrationConfiguration;
import io.scratchvm.vmm.api.MigrationProgress;
import io.scratchvm.vmm.api.MigrationProgress.Phase;
import io.scratchvm.vmm.api.MigrationStatistics;
import java.util.function.Consumer;

/** Counts what a migration takes, and says how far it is. */
final class Tally {
    private final Consumer<MigrationProgress> progress;
    /** Of the first connection. */
    private long start;

    private long linkBytes;
    private long memoryBytes;
    private long fileBytes;
    private int connections;
    private int rounds;
    private boolean converged = true;
    private long stopped;
    private long downtime;
    private long done;
    private long total;

    Tally(MigrationConfiguration configuration) {
        progress = configuration.progress();
    }

    void connected() {
        start = connections == 0 ? System.nanoTime() : start;
        connections++;
    }

    void disconnected(Link link) {
        linkBytes += link.bytes();
    }

    /** The guest has stopped at the source, or, at the destination, all of it is here. */
    void guestStopped() {
        stopped = System.nanoTime();
    }

    void guestRuns() {
        downtime = System.nanoTime() - stopped;
    }

    void livePart(int rounds, boolean converged, long memoryBytes) {
        this.rounds = rounds;
        this.converged = converged;
        this.memoryBytes += memoryBytes;
    }

    /** {@code bytes} of memory and files are about to move. */
    void expect(long bytes) {
        done = 0;
        total = bytes;
    }

    void moved(Data data) {
        if (data.kind() == Data.Kind.FILE) {
            fileBytes += data.length();
        } else if (data.kind() == Data.Kind.MEMORY) {
            memoryBytes += data.length();
        }
        done += data.length();
        progress.accept(new MigrationProgress(Phase.TRANSFER, done, total));
    }

    /** A piece of memory moved while the guest runs. */
    void movedLive(Data data, long memorySize) {
        memoryBytes += data.kind() == Data.Kind.MEMORY ? data.length() : 0;
        progress.accept(new MigrationProgress(Phase.LIVE, memoryBytes, memorySize));
    }

    MigrationStatistics statistics(Token token) {
        long time = connections == 0 ? 0 : System.nanoTime() - start;
        return new MigrationStatistics(
                token.text(), linkBytes, memoryBytes, fileBytes, rounds, connections, converged, downtime, time);
    }
}
