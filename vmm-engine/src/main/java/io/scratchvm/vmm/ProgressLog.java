package io.scratchvm.vmm;

import io.scratchvm.vmm.api.MigrationProgress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Gives a migration's progress to a log, in few lines: one every ten seconds and one at the end, none of a transfer
 * shorter than a second.
 */
public final class ProgressLog implements Consumer<MigrationProgress> {
    private static final long SHORT = TimeUnit.SECONDS.toNanos(1);
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

    private final Consumer<String> log;
    private final LongSupplier clock;
    private ProgressLine line;
    private long said;

    public ProgressLog(Consumer<String> log) {
        this(log, System::nanoTime);
    }

    ProgressLog(Consumer<String> log, LongSupplier clock) {
        this.log = log;
        this.clock = clock;
    }

    @Override
    public synchronized void accept(MigrationProgress progress) {
        long now = clock.getAsLong();
        if (line == null) {
            line = new ProgressLine();
            said = now;
        }
        line.update(progress, now);
        if (line.isComplete()) {
            end();
        } else if (now - said >= INTERVAL) {
            said = now;
            log.accept(line.current());
        }
    }

    private void end() {
        if (line.elapsed() >= SHORT) {
            log.accept(line.summary());
        }
        line = null;
    }
}
