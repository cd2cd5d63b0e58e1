package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sysinfo(2) tells of memory is what the program has. */
class SysinfoTest {
    @TempDir
    Path directory;

    @Test
    void memoryThatIsUsedIsNotFree() throws Exception {
        Start program = BareProgram.compile(
                directory,
                """
                static long before[14], after[14];
                call(99, before);
                long at = call(9, 0, 1 << 20, 3, 0x22, -1, 0);
                for (int i = 0; i < 1 << 20; i += 4096) ((char *) at)[i] = 1;
                call(99, after);
                if (before[4] != 256 << 20 || after[4] != before[4]) return 1;
                if (before[5] <= 0 || before[5] >= before[4]) return 2;
                return before[5] - after[5] < 1 << 20 ? 3 : 0;
                """);
        RecordedRun run = new RecordedRun(directory);
        assertThat(new Session(run.configuration().build()).run(program).status())
                .isZero();
    }
}
