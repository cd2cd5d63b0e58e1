package io.scratchvm.vmm;

import io.scratchvm.vmm.api.MigrationProgress;
import java.util.concurrent.TimeUnit;

/** Puts into words how far a migration is: bytes, rate, remaining time. For one migration; not thread-safe. */
public final class ProgressLine {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private static final MigrationProgress NOTHING =
            new MigrationProgress(MigrationProgress.Phase.TRANSFER, 0, Long.MAX_VALUE);

    private MigrationProgress latest = NOTHING;
    private long start;
    private long moved;
    private long now;

    /** Takes note of {@code progress} at {@code nanoTime}, as {@link System#nanoTime} counts. */
    public void update(MigrationProgress progress, long nanoTime) {
        if (latest == NOTHING) {
            start = nanoTime;
        }
        boolean goesOn = progress.phase() == latest.phase() && progress.bytes() >= latest.bytes();
        moved += goesOn ? progress.bytes() - latest.bytes() : progress.bytes();
        latest = progress;
        now = nanoTime;
    }

    /** Whether all has moved, as far as is known; of memory that a guest still writes to, that is never known. */
    public boolean isComplete() {
        return latest.phase() == MigrationProgress.Phase.TRANSFER && latest.bytes() >= latest.total();
    }

    /** Nanoseconds from the first update to the latest one. */
    public long elapsed() {
        return now - start;
    }

    /** While it moves, {@code moving the VM: 96.0 MiB of 256.0 MiB, 480.0 MiB/s, 1 s left}; less than 80 characters. */
    public String current() {
        long rate = rate();
        long rest = Math.max(0, latest.total() - latest.bytes());
        String what = latest.phase() == MigrationProgress.Phase.LIVE ? "copying the running VM: " : "moving the VM: ";
        String amount = size(latest.bytes()) + " of " + size(latest.total());
        return what + amount + (rate == 0 ? "" : ", " + size(rate) + "/s, " + time(rest / rate + 1) + " left");
    }

    /** When it has moved, {@code moved 256.0 MiB in 0.5 s, 480.0 MiB/s}. */
    public String summary() {
        long tenths = TimeUnit.NANOSECONDS.toMillis(elapsed()) / 100;
        return "moved " + size(moved) + " in " + tenths / 10 + "." + tenths % 10 + " s, " + size(rate()) + "/s";
    }

    /** Bytes a second, over all that has moved so far. */
    private long rate() {
        return elapsed() == 0 ? 0 : (long) (moved * 1e9 / elapsed());
    }

    /** {@code 512 B}, {@code 1.5 KiB}: in the largest unit that there is one of. */
    static String size(long bytes) {
        int unit = 0;
        long whole = bytes;
        long tenths = 0;
        while (whole >= 1024 && unit < UNITS.length - 1) {
            tenths = whole % 1024 * 10 / 1024;
            whole /= 1024;
            unit++;
        }
        return whole + (unit == 0 ? "" : "." + tenths) + ' ' + UNITS[unit];
    }

    /** {@code 7 s}, {@code 2 min 5 s}, {@code 3 h 20 min}. */
    static String time(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds / 3600 + " h " + seconds / 60 % 60 + " min";
    }
}
