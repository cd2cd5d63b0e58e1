package io.scratchvm.vmm;

import io.scratchvm.vmm.api.MigrationStatistics;
import java.util.ArrayList;
import java.util.List;

/** Named figures in their order, to be shown as {@code key=value} words or as one JSON object (RFC 8259). */
public final class Figures {
    private static final long MILLISECOND = 1_000_000;

    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private final List<Boolean> quoted = new ArrayList<>();

    private Figures() {}

    static Figures of(Outcome outcome) {
        Figures figures = new Figures();
        figures.add("instructions", outcome.instructions());
        figures.number("seconds", seconds(outcome.nanoseconds()));
        figures.number("mips", millionsASecond(outcome.instructions(), outcome.nanoseconds()));
        figures.word("engine", outcome.engine());
        MigrationStatistics migration = outcome.migration();
        if (migration != null) {
            figures.addMigration(migration);
        }
        return figures;
    }

    private void addMigration(MigrationStatistics migration) {
        word("token", migration.token());
        add("bytes", migration.bytes());
        add("memory_bytes", migration.memoryBytes());
        add("file_bytes", migration.fileBytes());
        add("rounds", migration.rounds());
        add("connections", migration.connections());
        number("converged", String.valueOf(migration.converged()));
        number("downtime", seconds(migration.downtime()));
        number("migration_seconds", seconds(migration.nanoseconds()));
        add("rate", rate(migration.bytes(), migration.nanoseconds()));
    }

    /** {@code instructions=N seconds=S mips=M engine=E}; for a VM that moved, its migration's figures follow. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            text.append(i == 0 ? "" : " ").append(names.get(i)).append('=').append(values.get(i));
        }
        return text.toString();
    }

    /** The same as one JSON object on one line; times are in seconds, the rate in bytes a second. */
    public String toJson() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < names.size(); i++) {
            String quote = quoted.get(i) ? "\"" : "";
            text.append(i == 0 ? "\"" : ", \"").append(names.get(i)).append("\": ");
            text.append(quote).append(values.get(i)).append(quote);
        }
        return text.append('}').toString();
    }

    private void add(String name, long value) {
        number(name, Long.toString(value));
    }

    /** A word of ours: nothing in it needs an escape. */
    private void word(String name, String value) {
        add(name, value, true);
    }

    private void number(String name, String value) {
        add(name, value, false);
    }

    private void add(String name, String value, boolean quote) {
        names.add(name);
        values.add(value);
        quoted.add(quote);
    }

    // By hand, not by String.format: loading a Formatter takes longer than many a guest runs.

    private static String seconds(long nanoseconds) {
        long milliseconds = nanoseconds / MILLISECOND;
        return milliseconds / 1000 + "." + threeDigits(milliseconds % 1000);
    }

    private static String threeDigits(long number) {
        return (number < 100 ? number < 10 ? "00" : "0" : "") + number;
    }

    private static String millionsASecond(long count, long nanoseconds) {
        long tenths = nanoseconds == 0 ? 0 : (long) (count * 10_000.0 / nanoseconds);
        return tenths / 10 + "." + tenths % 10;
    }

    private static long rate(long bytes, long nanoseconds) {
        return nanoseconds == 0 ? 0 : (long) (bytes * 1e9 / nanoseconds);
    }
}
