package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.MigrationStatistics;
import org.junit.jupiter.api.Test;

class OutcomeTest {
    private static final Stop EXITED = new Stop(Stop.Reason.EXITED, 0, "");

    @Test
    void showsItsFigures() {
        assertThat(new Outcome(EXITED, 123_456_789, 2_005_000_000L, "interpreter").statistics())
                .isEqualTo("instructions=123456789 seconds=2.005 mips=61.5 engine=interpreter");
        assertThat(new Outcome(EXITED, 0, 0, "interpreter").statistics())
                .isEqualTo("instructions=0 seconds=0.000 mips=0.0 engine=interpreter");
    }

    @Test
    void addsThoseOfAMigrationUnderNamesOfTheirOwn() {
        assertThat(moved().statistics())
                .isEqualTo("instructions=70 seconds=0.000 mips=0.0 engine=interpreter token=" + "0f".repeat(16)
                        + " bytes=2500000 memory_bytes=2400000 file_bytes=16 rounds=3 connections=2 converged=true"
                        + " downtime=0.012 migration_seconds=0.250 rate=10000000");
    }

    @Test
    void showsTheSameToAProgram() {
        assertThat(moved().figures().toJson())
                .isEqualTo("{\"instructions\": 70, \"seconds\": 0.000, \"mips\": 0.0, \"engine\": \"interpreter\", "
                        + "\"token\": \"" + "0f".repeat(16) + "\", \"bytes\": 2500000, \"memory_bytes\": 2400000, "
                        + "\"file_bytes\": 16, \"rounds\": 3, \"connections\": 2, \"converged\": true, "
                        + "\"downtime\": 0.012, \"migration_seconds\": 0.250, \"rate\": 10000000}");
    }

    private static Outcome moved() {
        MigrationStatistics migration =
                new MigrationStatistics("0f".repeat(16), 2_500_000, 2_400_000, 16, 3, 2, true, 12_345_678, 250_000_000);
        return new Outcome(new Stop(Stop.Reason.MOVED, 0, ""), 70, 900_000, "interpreter", migration);
    }
}
