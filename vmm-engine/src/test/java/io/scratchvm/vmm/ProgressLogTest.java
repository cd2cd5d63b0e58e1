package io.scratchvm.vmm;

import static io.scratchvm.vmm.api.MigrationProgress.Phase.TRANSFER;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.MigrationProgress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLogTest {
    private static final int SIZE = 100 << 20;

    private final List<String> lines = new ArrayList<>();
    private long now = -1_000_000_000_000L;
    private final ProgressLog log = new ProgressLog(lines::add, () -> now);

    @Test
    void isSilentAboutAShortTransfer() {
        transfer(9, 100);
        assertThat(lines).isEmpty();
    }

    @Test
    void endsALongerOneWithALine() {
        transfer(20, 100);
        assertThat(lines).containsExactly("moved 100.0 MiB in 2.0 s, 50.0 MiB/s");
    }

    @Test
    void saysSomethingEveryTenSeconds() {
        transfer(50, 500);
        assertThat(lines)
                .containsExactly(
                        "moving the VM: 40.0 MiB of 100.0 MiB, 4.0 MiB/s, 16 s left",
                        "moving the VM: 80.0 MiB of 100.0 MiB, 4.0 MiB/s, 6 s left",
                        "moved 100.0 MiB in 25.0 s, 4.0 MiB/s");
    }

    private void transfer(int steps, int millisecondsEach) {
        log.accept(new MigrationProgress(TRANSFER, 0, SIZE));
        for (int i = 1; i <= steps; i++) {
            now += millisecondsEach * 1_000_000L;
            log.accept(new MigrationProgress(TRANSFER, (long) SIZE * i / steps, SIZE));
        }
    }
}
