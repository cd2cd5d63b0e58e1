package io.scratchvm.vmm;

import static io.scratchvm.vmm.api.MigrationProgress.Phase.LIVE;
import static io.scratchvm.vmm.api.MigrationProgress.Phase.TRANSFER;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.MigrationProgress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLineTest {
    private static final long SECOND = 1_000_000_000;
    private static final long MIB = 1 << 20;

    private final ProgressLine line = new ProgressLine();

    @BeforeEach
    void begin() {
        line.update(new MigrationProgress(TRANSFER, 0, 256 * MIB), 5 * SECOND);
    }

    @Test
    void saysHowFarHowFastAndHowLongStill() {
        line.update(new MigrationProgress(TRANSFER, 96 * MIB, 256 * MIB), 7 * SECOND);
        assertThat(line.current()).isEqualTo("moving the VM: 96.0 MiB of 256.0 MiB, 48.0 MiB/s, 4 s left");
        assertThat(line.isComplete()).isFalse();
    }

    @Test
    void saysInTheEndHowLongItTook() {
        line.update(new MigrationProgress(TRANSFER, 96 * MIB, 256 * MIB), 7 * SECOND);
        line.update(new MigrationProgress(TRANSFER, 256 * MIB, 256 * MIB), 9 * SECOND + SECOND / 2);
        assertThat(line.isComplete()).isTrue();
        assertThat(line.summary()).isEqualTo("moved 256.0 MiB in 4.5 s, 56.8 MiB/s");
    }

    @Test
    void countsTheLivePartAndWhatIsSentAgainToo() {
        line.update(new MigrationProgress(LIVE, 100 * MIB, 100 * MIB), 6 * SECOND);
        assertThat(line.isComplete()).isFalse();
        assertThat(line.current()).startsWith("copying the running VM: 100.0 MiB of 100.0 MiB");
        line.update(new MigrationProgress(TRANSFER, 8 * MIB, 10 * MIB), 7 * SECOND);
        line.update(new MigrationProgress(TRANSFER, 2 * MIB, 2 * MIB), 7 * SECOND);
        assertThat(line.summary()).isEqualTo("moved 110.0 MiB in 2.0 s, 55.0 MiB/s");
    }

    @Test
    void hasNoRateBeforeTimeHasPassed() {
        assertThat(line.current()).isEqualTo("moving the VM: 0 B of 256.0 MiB");
    }

    @Test
    void fitsOneLineOfATerminal() {
        line.update(new MigrationProgress(LIVE, 1023, (1L << 40) - 1), 6 * SECOND);
        assertThat(line.current()).hasSizeLessThan(80);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1587, 1.5 KiB",
        "1048575, 1023.9 KiB",
        "1073741824, 1.0 GiB",
        "9223372036854775807, 8388607.9 TiB"
    })
    void writesSizes(long bytes, String text) {
        assertThat(ProgressLine.size(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 s", "59, 59 s", "60, 1 min 0 s", "3599, 59 min 59 s", "3600, 1 h 0 min", "12300, 3 h 25 min"})
    void writesTimes(long seconds, String text) {
        assertThat(ProgressLine.time(seconds)).isEqualTo(text);
    }
}
