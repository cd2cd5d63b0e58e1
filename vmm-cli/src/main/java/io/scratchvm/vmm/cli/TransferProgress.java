package io.scratchvm.vmm.cli;

import io.scratchvm.vmm.ProgressLine;
import io.scratchvm.vmm.api.MigrationProgress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Shows a migration's progress in a status line, which is gone when all has moved. */
final class TransferProgress implements Consumer<MigrationProgress> {
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(200);

    private final StatusLine status;
    private final ProgressLine line = new ProgressLine();
    private long drawn;

    TransferProgress(StatusLine status) {
        this.status = status;
    }

    @Override
    public synchronized void accept(MigrationProgress progress) {
        line.update(progress, System.nanoTime());
        if (line.isComplete()) {
            status.close();
        } else if (line.elapsed() - drawn >= INTERVAL) {
            drawn = line.elapsed();
            status.draw(line.current());
        }
    }
}
